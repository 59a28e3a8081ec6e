import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginning, isEmojiOnly, LONG_TEXT, splitText } from './text-parts.ts';

function links(text: string): string[] {
  return splitText(text)
    .filter((part) => part.kind === 'link')
    .map((part) => part.text);
}

describe('links in a text', () => {
  it.each([
    ['see https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
    ['(https://example.org/a_(b)) and', ['https://example.org/a_(b)']],
    ['(https://example.org)', ['https://example.org']],
    ['HTTPS://EXAMPLE.ORG', ['HTTPS://EXAMPLE.ORG']],
    ['mail mailto:ada@example.org, please', ['mailto:ada@example.org']],
    ['https://a.example https://b.example!', ['https://a.example', 'https://b.example']],
    ['on http://192.168.1.20:8080 or http://[fe80::1]/x', ['http://192.168.1.20:8080', 'http://[fe80::1]/x']],
    ['www.example.org, example.org/a?b and nas.local:5000!', ['www.example.org', 'example.org/a?b', 'nas.local:5000']],
    ['write to bob.b+x@example.org.', ['bob.b+x@example.org']],
    ['(news.example.co.uk)', ['news.example.co.uk']],
  ])('finds them in %j', (text, expected) => expect(links(text)).toEqual(expected));

  it.each([
    'http://user@example.org',
    'README.md main.rs a.b.sh node.js version 1.2.3.4 and 10.30',
    'That is it.is it not? Yes.no',
    'bank.com@evil.example or x.org@',
    'example.invalid and example.organic',
    'аpple.com',
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'ftp://example.org file:///etc/passwd',
    'https://',
    'mailto:nobody',
    'https://bank.example@evil.example/',
    'https://user:secret@evil.example/',
    '//example.org',
  ])('leaves %j as text', (text) => expect(links(text)).toEqual([]));

  it.each([
    ['http://192.168.1.20:8080/a', 'http://192.168.1.20:8080/a', '192.168.1.20:8080'],
    ['example.org', 'https://example.org/', 'example.org'],
    ['printer.lan', 'http://printer.lan/', 'printer.lan'],
    ['bob@example.org', 'mailto:bob@example.org', 'bob@example.org'],
    ['https://bücher.example/x', 'https://xn--bcher-kva.example/x', 'xn--bcher-kva.example'],
  ])('%s leads to %s, and says so', (text, href, goal) => {
    expect(splitText(text)).toEqual([{ kind: 'link', text, href, goal }]);
  });

  it('is found in no time in a text that is made to look like one everywhere', () => {
    const began = performance.now();
    for (const piece of ['a.', 'a-', 'a@', 'a.com@', '.a@a.', 'a/', 'https:'])
      splitText(piece.repeat(256_000 / piece.length));
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it('leaves an address of no sensible length as text', () => {
    expect(links(`https://example.org/${'a'.repeat(3000)}`)).toEqual([]);
    expect(links(`https://example.org/${')'.repeat(200_000)}`)).toEqual([]);
  });

  it('ends a link before characters that would hide or turn the rest', () => {
    expect(links('https://example.org/\u202egpj.exe')).toEqual(['https://example.org/']);
  });

  it('loses nothing, whatever the text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('https://', 'mailto:', 'a@b.com', 'www.', 'b.org', '.', '(', ')', ' '),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const parts = splitText(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        for (const part of parts) if (part.kind === 'link') expect(part.href).toMatch(/^(?:https?|mailto):/);
      }),
    );
  });
});

describe('long texts', () => {
  it('are shown whole up to the bound', () => {
    expect(beginning('a'.repeat(LONG_TEXT))).toBeNull();
    expect(beginning('')).toBeNull();
  });

  it('are cut by length or by lines, never inside a character', () => {
    expect(beginning('a'.repeat(100_000))).toHaveLength(LONG_TEXT);
    expect(beginning('x\n'.repeat(1000))?.split('\n')).toHaveLength(40);
    const cut = beginning(`a${'😀'.repeat(LONG_TEXT)}`);
    expect(cut).toMatch(/^a(?:😀)+$/u);
  });
});

describe('emoji', () => {
  it.each(['👍', '🎉🎉', '👩‍👩‍👧‍👦', '🇸🇪', '👍🏽 ❤️', '🙂', '🎉🎉🎉'])('%s stands alone', (text) =>
    expect(isEmojiOnly(text)).toBe(true),
  );
  it.each(['', ' ', 'ok 👍', '12', '#', '🙂'.repeat(4), 'a'])('%j does not', (text) =>
    expect(isEmojiOnly(text)).toBe(false),
  );
});
