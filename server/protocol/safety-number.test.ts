import { describe, expect, it } from 'vitest';
import { fromHex } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import type { IdentityPublicKey } from '../crypto/keys.ts';
import { asIdentityKey } from '../testing/keys.ts';
import { safetyNumber } from './safety-number.ts';
import loom2 from './testdata/loom2-answer.json' with { type: 'json' };

describe.each([undefined, 'portable'] as const)('the safety number (%s)', (wanted) => {
  const primitives = choosePrimitives(wanted);
  const [ours, theirs] = loom2.identity.map(({ ik }) => asIdentityKey(fromHex(ik))) as [
    IdentityPublicKey,
    IdentityPublicKey,
  ];

  it('is that of the vectors, on both sides', () => {
    expect(safetyNumber(primitives, ours, theirs)).toBe(loom2.safety_number);
    expect(safetyNumber(primitives, theirs, ours)).toBe(loom2.safety_number);
  });

  it('changes with either key', () => {
    const other = asIdentityKey(new Uint8Array(theirs));
    other[31]! ^= 1;
    const number = safetyNumber(primitives, ours, other);
    expect(number).toMatch(/^\d{60}$/);
    expect(number).not.toBe(loom2.safety_number);
    expect(() => safetyNumber(primitives, ours, asIdentityKey(theirs.subarray(1)))).toThrow('32 bytes');
  });
});
