import { describe, expect, it } from 'vitest';
import { findToken, tokenIn } from './token.ts';

const token = `LOOM-${'ABCDEFGH234567'.repeat(8)}`;

describe('a token', () => {
  it.each([
    ['alone', token],
    ['with spaces around it', `  ${token}\n`],
    ['in a sentence', `Here is my invite: ${token} – see you!`],
    ['broken into lines', token.replaceAll(/(.{20})/g, '$1\r\n')],
    ['quoted', `“${token}”`],
  ])('is found %s', (_, text) => {
    expect(findToken(text)).toBe(token);
    expect(tokenIn(text)).toBe(token);
  });

  it.each(['', 'Ann', 'LOOM-', 'LOOM-ABC', token.slice(0, 60), token.toLowerCase()])('is not in %j', (text) => {
    expect(findToken(text)).toBeNull();
  });

  it('that is cut off is handed on as it is, to be told what is wrong with it', () => {
    expect(tokenIn(' LOOM-AB CD\n')).toBe('LOOM-ABCD');
  });
});
