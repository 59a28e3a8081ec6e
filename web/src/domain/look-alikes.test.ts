import { describe, expect, it } from 'vitest';
import { doubleOf, skeleton, twinsOf } from './look-alikes.ts';

const person = (id: string, name: string): { id: string; name: string; publicKey: string } => ({
  id,
  name,
  publicKey: id.repeat(64),
});

describe('names that look alike', () => {
  it.each([
    ['Bob', 'bob'],
    ['Bob', 'B o b'],
    ['Anna', 'Аnnа'],
    ['Paypal', 'PaypaI'],
    ['paul', 'pau1'],
    ['Olaf', '0laf'],
    ['Marie', 'rnarie'],
    ['Zoë', 'Zoe'],
    ['Ada', 'A\u200bda'],
    ['Ada', 'Ada ✓'],
    ['Ἀnn', 'Ann'],
  ])('%j and %j', (one, other) => {
    expect(skeleton(other)).toBe(skeleton(one));
  });

  it.each([
    ['Bob', 'Rob'],
    ['Ann', 'Anna'],
    ['山田', '川田'],
    ['محمد', 'أحمد'],
    ['Ana 1', 'Ana 2'],
  ])('are not %j and %j', (one, other) => {
    expect(skeleton(other)).not.toBe(skeleton(one));
  });

  it.each(
    Array.from('аaсcԁdеeһhіiјjкkмmпnоoρpрpѕsтtυuνvѡwхxуyᴢz'.matchAll(/(.)(.)/gu), ([, like, latin]) => [like, latin]),
  )('by the letter: %s is drawn as %s', (like, latin) => expect(skeleton(like!)).toBe(skeleton(latin!)));

  it('are found among many, and only they', () => {
    const people = [person('a', 'Bob'), person('b', 'Carl'), person('c', 'b0b'), person('d', 'BOB')];
    expect([...twinsOf(people)].sort()).toEqual(['a', 'c', 'd']);
    expect(doubleOf(people, { name: 'CarI', publicKey: 'other' })?.id).toBe('b');
    expect(doubleOf(people, { name: 'Carl', publicKey: 'b'.repeat(64) })).toBeUndefined();
    expect(doubleOf(people, { name: 'Dora', publicKey: 'other' })).toBeUndefined();
  });
});
