import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('printable', () => {
  it('leaves words of any script alone', () => {
    const text = 'Zoë, Łukasz, 李, שלום, 👩‍🚀 – “ok”';
    expect(printable(text)).toBe(text);
  });

  it.each(['\u0000', '\u0007', '\u001b', '\r', '\n', '\u007f', '\u009b', '\u2028', '\u200f', '\u202e', '\u2066'])(
    'shows %j as �',
    (character) => {
      expect(printable(`a${character}b`)).toBe('a\ufffdb');
    },
  );
});
