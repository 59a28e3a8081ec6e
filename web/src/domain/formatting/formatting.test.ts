import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATTED_LENGTH, mayHaveFormat, parseBlocks, type Block } from './blocks.ts';
import { parseInline, type Inline } from './inline.ts';

/** As tags, so that a test reads like what people see. */
function tagged(inlines: readonly Inline[]): string {
  return inlines.map((each) => (each.kind === 'text' ? each.text : `<${each.kind}>${inner(each)}</>`)).join('');
}

function inner(each: Inline): string {
  return 'children' in each ? tagged(each.children) : each.text;
}

function leaves(inlines: readonly Inline[]): string {
  return inlines.map((each) => ('children' in each ? leaves(each.children) : each.text)).join('');
}

function textOf(block: Block): string {
  if (block.kind === 'code') return block.text;
  if (block.kind === 'quote') return block.blocks.map(textOf).join('\n');
  return (block.kind === 'paragraph' ? block.lines : block.items).map(leaves).join('\n');
}

describe('formatting in a line', () => {
  it.each([
    ['*bold* _italic_ ~struck~ `code`', '<bold>bold</> <italic>italic</> <struck>struck</> <code>code</>'],
    ['**bold** __italic__ ~~struck~~', '<bold>bold</> <italic>italic</> <struck>struck</>'],
    ['*a _b ~c~ d_ e*', '<bold>a <italic>b <struck>c</> d</> e</>'],
    ['*a _b* c_', '<bold>a _b</> c_'],
    ['(*yes*), "_no_"!', '(<bold>yes</>), "<italic>no</>"!'],
    ['snake_case_name and 2*3*4 = 24', 'snake_case_name and 2*3*4 = 24'],
    ['* no * and _ no _', '* no * and _ no _'],
    ['*open and _never closed', '*open and _never closed'],
    ['****four**** ***three***', '****four**** ***three***'],
    ['`*not bold*` and ``a ` b``', '<code>*not bold*</> and <code>a ` b</>'],
    ['one ` tick and `` two', 'one ` tick and `` two'],
    ['see https://a.example/_x_/*y* *now*', 'see https://a.example/_x_/*y* <bold>now</>'],
    ['*https://a.example/x*', '*https://a.example/x*'],
    ['茶*很好*喝', '茶*很好*喝'],
    ['茶 *很好* 喝', '茶 <bold>很好</> 喝'],
    ['~__~', '<struck>__</>'],
  ])('%s', (line, expected) => {
    expect(tagged(parseInline(line))).toBe(expected);
  });
});

describe('formatting by lines', () => {
  it('tells paragraphs, code, quotes and lists apart', () => {
    const text = 'Hello\nthere\n> said\n> - *so*\n- one\n- two\n3. three\n4) four\n```js\nlet *x*;\n\n```\nend';
    expect(parseBlocks(text)).toEqual([
      { kind: 'paragraph', lines: [[text1('Hello')], [text1('there')]] },
      {
        kind: 'quote',
        blocks: [
          { kind: 'paragraph', lines: [[text1('said')]] },
          { kind: 'bullets', items: [[{ kind: 'bold', children: [text1('so')] }]] },
        ],
      },
      { kind: 'bullets', items: [[text1('one')], [text1('two')]] },
      { kind: 'numbers', start: 3, items: [[text1('three')], [text1('four')]] },
      { kind: 'code', text: 'let *x*;\n' },
      { kind: 'paragraph', lines: [[text1('end')]] },
    ]);
  });

  it('leaves a fence that is not closed as it is, and the depth of quotes at four', () => {
    expect(parseBlocks('```\nlet x').map(textOf)).toEqual(['```\nlet x']);
    expect(parseBlocks('>'.repeat(40)).map(textOf)).toEqual(['>'.repeat(36)]);
  });

  it('loses nothing but marks', () => {
    const unit = fc.constantFrom(
      'a',
      'B',
      ' ',
      '\n',
      '*',
      '_',
      '~',
      '`',
      '```',
      '>',
      '- ',
      '1. ',
      'https://x.y/',
      '茶',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const plain = (each: string): string => each.replace(/[^\p{L}:/]/gu, '');
        const code = text.includes('```');
        const shown = parseBlocks(text).map(textOf).join('\n');
        if (!code) expect(plain(shown)).toBe(plain(text));
        else expect(plain(text).length).toBeGreaterThanOrEqual(plain(shown).length);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['*', '_a', '*a ', '`', '` ', '`` ` ', '~*_', '> ', '>', '- ', '1. ', '```\n', '*_~a~_* ', 'a* ', '\n'])(
    'reads a hostile text of %j',
    (piece) => {
      const text = piece.repeat(64 * 1024);
      expect(parseBlocks(text.slice(0, 64 * 1024)).length).toBeGreaterThan(0);
    },
  );
});

describe('whether a text needs reading', () => {
  it.each(['Hello there', 'a > b', '3 apples', 'well-known', ''])('%s does not', (text) => {
    expect(mayHaveFormat(text)).toBe(false);
  });

  it.each(['*a*', 'x\n> y', '- a', 'x\n1. a', '`x`'])('%s does', (text) => {
    expect(mayHaveFormat(text)).toBe(true);
  });

  it('is not read when it is long', () => {
    expect(mayHaveFormat('*'.repeat(FORMATTED_LENGTH + 1))).toBe(false);
  });
});

function text1(text: string): Inline {
  return { kind: 'text', text };
}
