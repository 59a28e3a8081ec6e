import { describe, expect, it } from 'vitest';
import { fromHex } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { safetyNumber } from './safety-number.ts';
import loom2 from './testdata/loom2-answer.json' with { type: 'json' };

describe.each([undefined, 'portable'] as const)('the safety number (%s)', (wanted) => {
  const primitives = choosePrimitives(wanted);
  const [ours, theirs] = loom2.identity.map(({ ik }) => fromHex(ik)) as [Uint8Array, Uint8Array];

  it('is that of the vectors, on both sides', () => {
    expect(safetyNumber(primitives, ours, theirs)).toBe(loom2.safety_number);
    expect(safetyNumber(primitives, theirs, ours)).toBe(loom2.safety_number);
  });

  it('changes with either key', () => {
    const other = new Uint8Array(theirs);
    other[31]! ^= 1;
    const number = safetyNumber(primitives, ours, other);
    expect(number).toMatch(/^\d{60}$/);
    expect(number).not.toBe(loom2.safety_number);
    expect(() => safetyNumber(primitives, ours, theirs.subarray(1))).toThrow('32 bytes');
  });
});
