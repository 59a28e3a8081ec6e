import { describe, expect, it } from 'vitest';
import { jsonLine, printable } from './printable.ts';

describe('printable', () => {
  it('leaves words of any script alone', () => {
    const text = 'Zoë, Łukasz, 李, שלום, نمی‌خواهم, 👩‍🚀 ❤️ – “ok”';
    expect(printable(text)).toBe(text);
  });

  it.each([
    '\u0000',
    '\u0007',
    '\u001b',
    '\r',
    '\n',
    '\u007f',
    '\u009b',
    '\u2028',
    '\u200f',
    '\u202e',
    '\u2066',
    '\u200b',
    '\u00ad',
    '\u3164',
    '\u{e0041}',
  ])('shows %j as �', (character) => {
    expect(printable(`a${character}b`)).toBe('a\ufffdb');
  });
});

describe('a line of JSON', () => {
  it('says the same, and steers no terminal', () => {
    const value = { body: 'a\u001b[2J\u009b2J\u0090\u202eb\u200b\u{e0041}\n', name: 'Zoë 👩‍🚀', at: 1 };
    const line = jsonLine(value);
    expect(JSON.parse(line)).toEqual(value);
    expect(line).toMatch(/^[^\p{Cc}\u200b\u202e\u{e0041}]+$/u);
    expect(line).toContain('Zoë 👩‍🚀');
  });
});
