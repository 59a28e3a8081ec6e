import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineEditor } from './line-editor.ts';

function typed(...pieces: string[]): string[] {
  const editor = new LineEditor();
  const lines: string[] = [];
  for (const piece of pieces) {
    editor.feed(piece);
    for (let next = editor.next(); next !== null; next = editor.next()) {
      lines.push(next.kind === 'line' ? next.text : next.kind);
    }
  }
  return lines;
}

describe('a hidden line', () => {
  it.each([
    ['as it was typed', 'correct horse\r', 'correct horse'],
    ['begun anew by Ctrl-U', 'oops\u0015correct horse\r', 'correct horse'],
    ['without the word Ctrl-W takes', 'correct mule \u0017horse\r', 'correct horse'],
    ['without the word Alt and backspace take', 'correct mule\u001b\u007fhorse\r', 'correct horse'],
    ['without an arrow', 'correct\u001b[C horse\u001b[D\u001b[A\u001b[1;5C\r', 'correct horse'],
    ['without an arrow in application mode', 'correct horse\u001bOC\r', 'correct horse'],
    [
      'without Home, Delete and F1 of any terminal',
      '\u001b[H\u001b[3~\u001bOP\u001b[[Acorrect horse\u001b[1~\r',
      'correct horse',
    ],
    ['without the marks of a bracketed paste', '\u001b[200~correct horse\u001b[201~\r', 'correct horse'],
    [
      'without what the terminal answers by itself',
      '\u001b]11;rgb:0000/0000/0000\u0007correct \u001bP1+r\u001b\\horse\u001b[I\r',
      'correct horse',
    ],
    [
      'without Alt with a letter, Tab, Ctrl-A, Ctrl-V and zero',
      '\u001bxcorrect\t\u0001\u0016\u0000 horse\r',
      'correct horse',
    ],
    ['with Escape before Enter', 'correct horse\u001b\r', 'correct horse'],
    ['without the last character, as a person sees it', 'horsee\u0301\u007f👩‍👩‍👧‍👦\u007fநி\u007f\r', 'horse'],
    ['with more deleted than there is', '\u007f\u0017horse\r', 'horse'],
  ])('is read %s', (_, keys, line) => {
    expect(typed(keys)).toEqual([line]);
    // In pieces of one character; Escape comes with what it begins, or goes on with [ or O.
    // eslint-disable-next-line no-control-regex -- what keys send
    expect(typed(...(keys.match(/\u001b?[^]/gu) ?? []))).toEqual([line]);
  });

  it('keeps a letter behind Escape that was pressed by itself', () => {
    expect(typed('horse', '\u001b', 's', '\r')).toEqual(['horses']);
  });

  it('leaves what was pasted behind it to the next', () => {
    expect(typed('one two\rthree\r\u001b[200~four\nfive\u001b[201~\n')).toEqual(['one two', 'three', 'four', 'five']);
  });

  it('is given up with Ctrl-C, and with Ctrl-D where nothing was typed', () => {
    expect(typed('horse\u0003')).toEqual(['stopped']);
    expect(typed('\u0004')).toEqual(['stopped']);
    expect(typed('horse\u0004\r')).toEqual(['horse']);
  });

  it('never holds a control character, whatever keys come, and always ends', () => {
    const key = fc.constantFrom(
      '\u001b',
      '[',
      'O',
      ']',
      'P',
      '0',
      ';',
      '~',
      'A',
      '\u0007',
      '\u0015',
      '\u009b',
      'é',
      '😀',
      '\\',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.array(key).map((keys) => keys.join(''))), (pieces) => {
        const lines = typed(...pieces, '\u0007', '\u001b\\', '\r');
        expect(lines).toHaveLength(1);
        // eslint-disable-next-line no-control-regex -- what must not be there
        expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
      { seed: 14, numRuns: 2000 },
    );
  });
});
