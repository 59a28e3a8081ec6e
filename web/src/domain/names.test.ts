import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byteLength,
  foldText,
  hueOf,
  initials,
  isolateName,
  keyTag,
  patternOf,
  plainName,
  splitName,
} from './names.ts';

describe('names', () => {
  it('stay as they are in every script', () => {
    for (const name of ['Ada Lindgren', 'محمد الأحمد', '山田 太郎', 'Zoë', 'Łukasz', '👩‍💻 Mira', 'नमस्ते']) {
      expect(plainName(name)).toBe(name);
    }
  });

  it('spell out what hides or reorders', () => {
    expect(plainName('Evil\u202egnp.exe')).toBe('Evil⟨U+202E⟩gnp.exe');
    expect(plainName('a\u200bb\u2066c\u0007')).toBe('a⟨U+200B⟩b⟨U+2066⟩c⟨U+0007⟩');
    expect(plainName('A\u200dda')).toBe('A⟨U+200D⟩da');
    expect(plainName('tag\u{e0041}')).toBe('tag⟨U+E0041⟩');
    expect(splitName('a\u202eb')).toEqual([
      { text: 'a', spelled: false },
      { text: '⟨U+202E⟩', spelled: true },
      { text: 'b', spelled: false },
    ]);
  });

  it('never show a control or direction character, whatever came', () => {
    const nasty = fc.constantFrom('\u202e', '\u2066', '\u0000', '\u200f', '\u061c', '\ufeff', '\u2028', '\u3164');
    fc.assert(
      fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' }))), (pieces) => {
        expect(plainName(pieces.join(''))).not.toMatch(
          /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u,
        );
      }),
    );
  });

  it('cannot wear a badge', () => {
    expect(plainName('Ann ✓')).toBe('Ann ⟨U+2713⟩');
    for (const like of '🗹⍻√🮱ꪜ⛨') expect(plainName(`Bob ${like}`)).not.toContain(like);
    expect(plainName('✅🛡️Bob')).toMatch(/^⟨U\+2705⟩⟨U\+1F6E1⟩/);
  });

  it('are isolated inside a sentence', () => {
    expect(isolateName('Ada')).toBe('\u2068Ada\u2069');
    expect(isolateName('\u2069Ada')).toBe('\u2068⟨U+2069⟩Ada\u2069');
  });
});

describe('initials', () => {
  it.each([
    ['Ada Lindgren', 'AL'],
    ['ada', 'A'],
    ['Ada Maria van Lindgren', 'AL'],
    ['jean-paul', 'JP'],
    ['👩‍👩‍👧‍👦 family', '👩‍👩‍👧‍👦'],
    ['🇸🇪 Sven', '🇸🇪'],
    ['Mira 🌊', 'M'],
    ['ทิพย์', 'ท'],
    ['', '?'],
    ['\u202e', '?'],
    ['…', '?'],
  ])('of %j are %s', (name, letters) => expect(initials(name)).toBe(letters));
});

describe('the rest', () => {
  it('gives a hue between 0 and 360, the same for the same key', () => {
    expect(hueOf('0000'.padEnd(64, 'a'))).toBe(0);
    expect(hueOf('ffff'.padEnd(64, '0'))).toBe(360);
    expect(hueOf('')).toBe(0);
  });

  it('draws the same pattern for the same key, mirrored, and another for another', () => {
    const pattern = patternOf('0000a5f1');
    expect(pattern).toEqual(patternOf('0000a5f1'));
    expect(pattern).not.toEqual(patternOf('0000a5f2'));
    expect(new Set(pattern.map(([x, y]) => `${4 - x} ${y}`))).toEqual(new Set(pattern.map(([x, y]) => `${x} ${y}`)));
    expect(patternOf('')).toEqual([]);
    expect(keyTag('0123456789')).toBe('0123 4567');
  });

  it('folds case and accents for searching', () => expect(foldText('ZOË Łuk')).toBe('zoe łuk'));

  it('measures as UTF-8', () => expect(byteLength('aé€😀')).toBe(10));
});
