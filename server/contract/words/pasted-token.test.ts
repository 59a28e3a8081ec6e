import { describe, expect, it } from 'vitest';
import { holdsToken, tokenRuns } from './pasted-token.ts';

const token = `LOOM-${'ABCDEFGH234567'.repeat(8)}`;

describe('a text', () => {
  it.each([
    ['alone', token],
    ['with spaces around it', `  ${token}\n`],
    ['in a sentence', `Here is my invite: ${token} – see you!`],
    ['broken into lines', token.replaceAll(/(.{20})/g, '$1\r\n')],
    ['broken within its prefix', `LO\n> OM\n> -${token.slice(5)}`],
    ['quoted twice over', token.replaceAll(/(.{20})/g, '$1\n> > ')],
    ['in a field that took its line breaks out', token.replaceAll(/(.{20})/g, '$1> ')],
    ['quoted-printable', token.replaceAll(/(.{20})/g, '$1=\r\n')],
    ['in lower case', token.toLowerCase()],
    ['in full-width letters', token.replaceAll(/[A-Z2-7-]/g, (c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0))],
    ['with marks of byte order and direction', `\ufeff\u200e${token}\u2069`],
    ['behind a link', `http://127.0.0.1:7467/#invite=${token}`],
    ['in other letters', `“${token}”`],
  ])('holds a token %s', (_, text) => {
    expect(holdsToken(text)).toBe(true);
    expect(tokenRuns(text)[0]?.written.toUpperCase()).toBe(token.slice(5));
  });

  it.each(['', 'Ann', 'LOOM-', 'LOOM-ABC', token.slice(0, 60), `LOOM-${'A1'.repeat(100)}`])(
    'holds none that is whole: %j',
    (text) => expect(holdsToken(text)).toBe(false),
  );

  it('names a letter that cannot be in one', () => {
    expect(tokenRuns(`LOOM-AB0${token.slice(8)}`)).toEqual([{ written: 'AB', foreign: '0' }]);
    expect(tokenRuns('LOOM-ABÄ')).toEqual([{ written: 'AB', foreign: 'Ä' }]);
    expect(tokenRuns('LOOM-AB.')).toEqual([{ written: 'AB', foreign: '' }]);
  });

  it('in another case than the token is no part of it', () => {
    expect(tokenRuns('LOOM-ABCD\n\nThanks\nBob')).toEqual([{ written: 'ABCD', foreign: '' }]);
    expect(tokenRuns('loom-abcd\nBOB')).toEqual([{ written: 'abcd', foreign: '' }]);
  });

  it('is looked at with bounds', () => {
    expect(tokenRuns('LOOM-A '.repeat(1000))).toHaveLength(16);
    const [run] = tokenRuns(`LOOM-${'A '.repeat(30_000)}`);
    expect(run?.written).toHaveLength(1024);
  });
});
