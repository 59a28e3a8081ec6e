import { describe, expect, it } from 'vitest';
import { choosePrimitives } from '../crypto/choose.ts';
import { fromHex, toHex } from '../crypto/bytes.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import {
  HINT_LENGTH,
  SLOTS_LENGTH,
  clockDifference,
  rendezvousSlots,
  presenceHint,
  quarterHour,
  turnOf,
} from './hint.ts';
import { PresenceMatcher, isLabel, newLabel } from './presence.ts';
import type { PresenceClaim } from './presence.ts';

const primitives = choosePrimitives(undefined);
const NOW = 1_800_000_000_000;
const QUARTER_HOUR = 900_000;
const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const label = 'abcdefghij234567';
const nonce = fromHex('0102030405060708');

// The expected values come from Python's hmac module:
//   H = lambda data: hmac.new(key, data, 'sha256').digest()
//   rest = label + nonce + port.to_bytes(2, 'big'); x = H(b'loom/2 presence' + rest); time = quarter.to_bytes(4, 'big')
//   x[:8] + bytes(a ^ b for a, b in zip(time, x[8:12])) + H(b'loom/2 presence time' + time + rest)[:4]
const vectors = [
  { key, quarter: 2_000_000, label, nonce, port: 4712, hint: '1250e3121c2c1b34174e7ed84f11a438' },
  {
    key: new Uint8Array(32).fill(255),
    quarter: 0,
    label: 'z'.repeat(16),
    nonce: new Uint8Array(8),
    port: 1,
    hint: '1d4edbbebf380e68e2dcc81f0f5a369f',
  },
  {
    key: new Uint8Array(32),
    quarter: 4_294_967_295,
    label,
    nonce: new Uint8Array(8).fill(255),
    port: 65_535,
    hint: '0b831828ae728845c25d892fbf8d7a47',
  },
];

function claimAt(time: number, changes: Partial<PresenceClaim> = {}): PresenceClaim {
  const hint = presenceHint(primitives, key, { quarter: quarterHour(time), label, nonce, port: 4712 });
  return { label, nonce, port: 4712, hint, ...changes };
}

describe('a hint', () => {
  it.each(vectors)('agrees with an independent computation: quarter $quarter, port $port', (vector) => {
    expect(toHex(presenceHint(primitives, vector.key, vector))).toBe(vector.hint);
  });

  it('counts quarter-hours since 1970, by any clock', () => {
    expect(quarterHour(NOW)).toBe(2_000_000);
    expect(quarterHour(NOW - 1)).toBe(1_999_999);
    expect(quarterHour(NOW + QUARTER_HOUR - 1)).toBe(2_000_000);
    expect(quarterHour(-1)).toBe(0);
    expect(quarterHour(8.64e15)).toBe(2 ** 32 - 1);
  });

  it('has nothing in it of the time for strangers: not one bit stays the same from one advert to the next', () => {
    const random = seededRandom('hints');
    const all = Array.from({ length: 200 }, () =>
      presenceHint(primitives, key, { quarter: 2_000_000, label: newLabel(random), nonce: random(8), port: 4712 }),
    );
    const ones = Array.from({ length: 8 * HINT_LENGTH }, (_, bit) =>
      all.reduce((sum, hint) => sum + ((hint[bit >> 3]! >> (bit & 7)) & 1), 0),
    );
    expect(Math.min(...ones)).toBeGreaterThan(50);
    expect(Math.max(...ones)).toBeLessThan(150);
  });

  it.each([
    [0, 0],
    [1, 0],
    [-1, 0],
    [2, 2 * QUARTER_HOUR],
    [-2, -2 * QUARTER_HOUR],
  ])('%i quarter-hours away is a difference of %i ms', (quarters, difference) =>
    expect(clockDifference(quarterHour(NOW) + quarters, NOW)).toBe(difference),
  );
});

describe('labels', () => {
  it('are 80 random bits as 16 characters of base32', () => {
    expect(newLabel((length) => Uint8Array.from({ length }, (_, i) => i))).toBe('aaaqeayeaudaocaj');
    const random = seededRandom('labels');
    const labels = Array.from({ length: 1000 }, () => newLabel(random));
    expect(labels.every(isLabel)).toBe(true);
    expect(new Set(labels).size).toBe(1000);
  });

  it.each([
    '',
    'abc',
    'ABCDEFGHIJ234567',
    'abcdefghij234568',
    'abcdefghij23456',
    'abcdefghij2345677',
    'abcdefg.ij234567',
  ])('refuses %j', (text) => expect(isLabel(text)).toBe(false));
});

describe('presence book', () => {
  const others = Array.from({ length: 20 }, (_, i) => ({ contact: `other${i}`, key: seededRandom(`key${i}`)(32) }));
  const book = (): PresenceMatcher => new PresenceMatcher(primitives, [...others, { contact: 'ann', key }]);

  it.each([0, -1, 1, 2, -4, 105_120, -105_120, -2_000_000])(
    'knows a contact by a clock %i quarter-hours away, and how far',
    (offset) => {
      const claim = claimAt(NOW + offset * QUARTER_HOUR);
      const ann = { kind: 'contact', contact: 'ann', quarter: 2_000_000 + offset };
      expect(book().match(claim, NOW)).toEqual(ann);
      expect(book().match(claim, NOW, 'ann')).toEqual(ann);
      expect(book().match(claim, NOW, 'other3')).toEqual(ann);
    },
  );

  it('takes no time that somebody else put in', () => {
    const { hint } = claimAt(NOW);
    for (let bit = 64; bit < 128; bit += 1) {
      const forged = hint.slice();
      forged[bit >> 3]! ^= 1 << (bit & 7);
      expect(book().match(claimAt(NOW, { hint: forged }), NOW)).toEqual({ kind: 'stranger' });
    }
  });

  it('knows a claim no more that it was told to disown', () => {
    const kept = book();
    kept.match(claimAt(NOW), NOW);
    kept.disown(claimAt(NOW));
    expect(kept.match(claimAt(NOW), NOW)).toEqual({ kind: 'stranger' });
    expect(kept.match(claimAt(NOW + QUARTER_HOUR), NOW).kind).toBe('contact');
  });

  it.each<Partial<PresenceClaim>>([
    { label: 'abcdefghij234566' },
    { port: 4713 },
    { nonce: fromHex('0102030405060709') },
    { hint: new Uint8Array(16) },
    { hint: new Uint8Array(15) },
    { hint: new Uint8Array() },
  ])('covers every part of the claim: %j', (changes) => {
    expect(book().match(claimAt(NOW, changes), NOW)).toEqual({ kind: 'stranger' });
  });

  it('keeps copies of keys and tells whether it has one', () => {
    const mine = key.slice();
    const kept = new PresenceMatcher(primitives, [{ contact: 'ann', key: mine }]);
    mine.fill(0);
    expect(kept.match(claimAt(NOW), NOW).kind).toBe('contact');
    expect(kept.has({ contact: 'ann', key })).toBe(true);
    expect(kept.has({ contact: 'ann', key: new Uint8Array(32) })).toBe(false);
    expect(kept.has({ contact: 'bob', key })).toBe(false);
    kept.close();
    expect(kept.has({ contact: 'ann', key })).toBe(false);
  });

  it('hashes a claim once, whoever repeats it', () => {
    let hashes = 0;
    const counting = {
      hmacSha256: (k: Uint8Array, data: Uint8Array) => {
        hashes += 1;
        return primitives.hmacSha256(k, data);
      },
    };
    const kept = new PresenceMatcher(counting, others);
    const claim = claimAt(NOW);
    for (let i = 0; i < 50; i += 1) kept.match(claim, NOW);
    expect(hashes).toBe(others.length);
  });

  it('bounds the work of a second and the answers kept', () => {
    const random = seededRandom('flood');
    const kept = book();
    const verdicts = Array.from({ length: 1_000 }, () => kept.match(claimAt(NOW, { hint: random(16) }), NOW).kind);
    expect(verdicts[0]).toBe('stranger');
    expect(verdicts.at(-1)).toBe('later');
    expect(kept.match(claimAt(NOW), NOW).kind).toBe('later');
    expect(kept.match(claimAt(NOW), NOW + 1000).kind).toBe('contact');
    const small = new PresenceMatcher(primitives, [{ contact: 'ann', key }]);
    for (let i = 0; i < 1100; i += 1) small.match(claimAt(NOW, { hint: random(16) }), NOW);
    expect(small.size).toBe(1024);
    expect(small.match(claimAt(NOW), NOW).kind).toBe('contact');
  });
});

describe('slots of those who have not met', () => {
  const random = seededRandom('slots');
  const [ours, theirs] = [random(32), random(32)];
  const ann = { contact: 'ann', ours: theirs, theirs: ours };
  const slotted = (time: number, keys: readonly Uint8Array[]): PresenceClaim => {
    const slots = rendezvousSlots(primitives, random, keys, { quarter: quarterHour(time), label, nonce, port: 4712 });
    return claimAt(time, { hint: new Uint8Array(16), slots });
  };
  const matched = (claim: PresenceClaim): string => {
    const verdict = new PresenceMatcher(primitives, [], [ann]).match(claim, NOW);
    return verdict.kind === 'contact' ? verdict.contact : verdict.kind;
  };

  it('agree with an independent computation', () => {
    // In Python as above, with "loom/2 meeting" for "loom/2 presence".
    const slots = rendezvousSlots(primitives, random, [key], { quarter: 2_000_000, label, nonce, port: 4712 });
    const all = Array.from({ length: 8 }, (_, i) => toHex(slots.subarray(i * 16, i * 16 + 16)));
    expect(all).toContain('6ac8a001f5ad73fb503cec72aa5a996a');
  });

  it.each([0, 1, 7, 8, 20])('are as many, and as long, whether %i wait', (count) => {
    const keys = Array.from({ length: count }, () => random(32));
    const slots = slotted(NOW, keys).slots!;
    expect(slots.length).toBe(SLOTS_LENGTH);
    const each = new Set(Array.from({ length: 8 }, (_, i) => toHex(slots.subarray(i * 16, i * 16 + 16))));
    expect(each.size).toBe(8);
  });

  it('are recognised by the one they are for, whatever their clocks say', () => {
    const others = Array.from({ length: 5 }, () => random(32));
    for (const offset of [0, 1, -4, 105_120, -105_120])
      expect(matched(slotted(NOW + offset * QUARTER_HOUR, [...others, ours]))).toBe('ann');
    expect(matched(slotted(NOW, others))).toBe('stranger');
    // What we say ourselves is said under the other key: an echo is nobody.
    expect(matched(slotted(NOW, [theirs]))).toBe('stranger');
  });

  it.each<Partial<PresenceClaim>>([
    { label: 'abcdefghij234566' },
    { port: 4713 },
    { nonce: fromHex('0102030405060709') },
  ])('cover every part of the claim: %j', (changes) => {
    expect(matched({ ...slotted(NOW, [ours]), ...changes })).toBe('stranger');
  });

  it('change with every advert, and so does their order', () => {
    const places = new Set<number>();
    const mine = rendezvousSlots(primitives, random, [ours], { quarter: 1, label, nonce, port: 1 });
    for (let i = 0; i < 40; i += 1) {
      const again = rendezvousSlots(primitives, random, [ours], { quarter: 1, label, nonce, port: 1 });
      const known = Array.from({ length: 8 }, (_, j) => toHex(mine.subarray(j * 16, j * 16 + 16)));
      for (let j = 0; j < 8; j += 1) if (known.includes(toHex(again.subarray(j * 16, j * 16 + 16)))) places.add(j);
    }
    expect(places.size).toBeGreaterThan(4);
  });

  it('go round when more wait than there are slots', () => {
    const all = Array.from({ length: 11 }, (_, i) => i);
    expect(turnOf(all.slice(0, 8), 5)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(turnOf(all, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(turnOf(all, 1)).toEqual([8, 9, 10, 0, 1, 2, 3, 4]);
  });
});
