import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesFor, offeredName, savedName } from './file-names.ts';

describe('the name a file is saved under', () => {
  it.each([
    ['holiday.jpg', 'holiday.jpg'],
    ['Grüße 🏖.pdf', 'Grüße 🏖.pdf'],
    ['a<b>c:"|?*.txt', 'a_b_c_____.txt'],
    ['photo\u202egpj.exe', 'photo_gpj.exe'],
    ['photo\u061cgpj.exe', 'photo_gpj.exe'],
    ['line\nbreak\u0000.txt', 'line_break_.txt'],
    ['trailing. . ', 'trailing'],
    ['...', '_'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['Aux.tar.gz', '_Aux.tar.gz'],
    ['LPT¹', '_LPT¹'],
    ['COM0.log', '_COM0.log'],
    ['console.log', 'console.log'],
    ['e\u0301.txt', '\u00e9.txt'],
  ])('of %j is %j', (name, saved) => {
    expect(savedName(name)).toBe(saved);
  });

  it('keeps its ending when it is cut, between characters', () => {
    const saved = savedName(`${'é'.repeat(120)}.jpeg`);
    expect(Buffer.byteLength(saved)).toBe(199);
    expect(saved).toMatch(/^é+\.jpeg$/);
    expect(Buffer.byteLength(savedName(`a.${'b'.repeat(300)}`))).toBe(200);
  });

  it('ends in no dot or space that the cut leaves there', () => {
    expect(savedName(`${'a'.repeat(199)}.${'b'.repeat(300)}`)).toBe('a'.repeat(199));
    expect(savedName(`a${' '.repeat(300)}b`)).toBe('a');
    expect(savedName(`${' '.repeat(300)}b`)).toBe('_');
  });

  it('is one part of a path, whatever was offered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const saved = savedName(name);
        expect(saved).not.toMatch(/[/\\<>:"|?*\p{Cc}\u061c\u200e\u200f\u202a-\u202e]|[. ]$/u);
        expect(['', '.', '..']).not.toContain(saved);
        expect(Buffer.byteLength(saved)).toBeLessThanOrEqual(200);
      }),
    );
  });

  it('has a number before its ending where there is one already', () => {
    expect([...namesFor('photo.jpg')].slice(0, 2)).toEqual(['photo.jpg', 'photo (2).jpg']);
    expect([...namesFor('.profile')][2]).toBe('.profile (3)');
  });
});

it('a file of ours is offered under a name that goes on the wire', () => {
  expect(offeredName('..')).toBe('_');
  expect(offeredName('a/b')).toBe('a_b');
  expect(Buffer.byteLength(offeredName(`${'é'.repeat(200)}.txt`))).toBeLessThanOrEqual(255);
});
