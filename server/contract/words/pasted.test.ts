import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitsIn, pastedAddress, phraseWords, plainText } from './pasted.ts';

describe('plain text', () => {
  it('has nothing invisible, nothing full-width, and one kind of hyphen', () => {
    expect(plainText('\ufeffa\u00ad\u200bb\u2060\u200e\u2066c\u2069')).toBe('abc');
    expect(plainText('ＬＯＯＭ－Ａ')).toBe('LOOM-A');
    expect(plainText('a\u2010b\u2011c\u2012d\u2013e\u2212f')).toBe('a-b-c-d-e-f');
  });
});

describe('the digits of a code', () => {
  it.each([
    ['123456', '123456'],
    [' 123 456\n', '123456'],
    ['12-34\u201156', '123456'],
    ['1\u200b2\u00a03.4,5;6', '123456'],
    ['１２３４５６', '123456'],
    ['١٢٣٤٥٦', '123456'],
    ['۱۲۳ ۴۵۶', '123456'],
    ['१२३४५६', '123456'],
    ['𝟏𝟐𝟑𝟺𝟻𝟼', '123456'],
    ['code: 04', '04'],
    ['', ''],
  ])('are read out of %j as %j', (typed, digits) => expect(digitsIn(typed)).toBe(digits));
});

describe('the words of a phrase', () => {
  const words = ['abandon', 'ability', 'able'];
  it.each([
    ['', []],
    [' \n ', []],
    ['abandon  Ability\nABLE', words],
    [' 1 abandon  2 ability 3 able', words],
    ['1. abandon\n2.ability\n 3) able', words],
    ['1abandon 2ability 3able', words],
    ['abandon, ability; able.', words],
    ['| 1 | abandon | 2 | ability | 3 | able |', words],
    ['“abandon” (ability) • able', words],
    ['\ufeffaban\u00addon abi\u200blity ａｂｌｅ', words],
    ['١ abandon ٢ ability ٣ able', words],
    ['ABANDON ABILİTY ABLE', words],
    ['2 ability\n1 abandon\n3 able', words],
  ])('are found in “%s”', (text, found) => expect(phraseWords(text)).toEqual(found));

  it('stay in the order of the text when not each has its own number', () => {
    expect(phraseWords('2 ability abandon 3 able')).toEqual(['ability', 'abandon', 'able']);
    expect(phraseWords('1 ability 1 abandon 3 able')).toEqual(['ability', 'abandon', 'able']);
  });

  it('keep their place when they are misspelt', () => {
    expect(phraseWords('ab4ndon abil-ity able')).toEqual(['ab4ndon', 'abil-ity', 'able']);
  });
});

describe('a pasted address', () => {
  it.each([
    ['192.168.1.20:41197', '192.168.1.20:41197'],
    ['http://192.168.1.20:41197/', '192.168.1.20:41197'],
    ['loom://ann@laptop.local:41197/x?y#z', 'laptop.local:41197'],
    ['192.168.1.20 : 41197', '192.168.1.20:41197'],
    ['192.168.1.20 port 41197', '192.168.1.20:41197'],
    ['192.168.1.20:41197\u200b', '192.168.1.20:41197'],
    ['１９２．１６８。１．２０：４１１９７', '192.168.1.20:41197'],
    ['١٩٢.١٦٨.١.٢٠:٤١١٩٧', '192.168.1.20:41197'],
    ['“192.168.1.20:41197”.', '192.168.1.20:41197'],
    ['<192.168.1.20:41197>', '192.168.1.20:41197'],
    ['laptop.local.:4711', 'laptop.local:4711'],
    ['[fe80::1%25eth0]:4000', '[fe80::1%eth0]:4000'],
    ['[fe80::1%25]:4000', '[fe80::1%25]:4000'],
    ['fe80::1%eth0:4000', '[fe80::1%eth0]:4000'],
    ['http://[2001:db8::1]:4000/', '[2001:db8::1]:4000'],
    ['2001:db8:0:0:0:0:0:1:4000', '[2001:db8:0:0:0:0:0:1]:4000'],
    // Whether the last group is the port, nobody can tell.
    ['2001:db8::1:4000', '2001:db8::1:4000'],
  ])('%j becomes %s', (text, address) => expect(pastedAddress(text)).toBe(address));

  it('with a zone that could be either of two keeps a sign that no zone has', () => {
    expect(pastedAddress('[fe80::1%2512]:4000')).toBe('[fe80::1%25%12]:4000');
  });

  it('stays what it is when it was one', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
        ),
        fc.integer({ min: 1, max: 65_535 }),
        (ip, port) => {
          expect(pastedAddress(`${ip}:${port}`)).toBe(`${ip}:${port}`);
        },
      ),
    );
  });
});
