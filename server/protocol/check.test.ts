import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codeOf } from '../testing/code-of.ts';
import { encodeCbor, type CborRecord } from './cbor/cbor.ts';
import { DIAL_OUTCOMES, encodeCheck, encodeChecked, parseCheck, parseChecked, type Checked } from './check.ts';
import { encodeEndpoint } from './endpoint.ts';
import { ProtocolError } from './errors.ts';
import { CHECK_BYTES, CHECK_DEADLINE_MS, CHECK_TRIES, CHECKED_BYTES } from './limits.ts';

fc.configureGlobal({ seed: 2 });

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const ms = fc.integer({ min: 0, max: CHECK_DEADLINE_MS });
const port = fc.integer({ min: 1, max: 0xffff });
const host = fc.oneof(fc.ipV4(), fc.constantFrom('fe80::1', 'fd00::1:2', '2001:db8::7'));
const dial = fc.record({
  endpoint: fc.record({ host, port }),
  outcome: fc.constantFrom(...DIAL_OUTCOMES),
  ms,
});
const checkedRecord: fc.Arbitrary<Checked> = fc.record({
  id: bytes(8),
  at: fc.maxSafeNat(),
  took: ms,
  nearby: fc.boolean(),
  tried: fc.array(dial, { maxLength: CHECK_TRIES }),
});

const id = new Uint8Array(8).fill(1);
const at = encodeEndpoint({ host: '192.168.1.5', port: 4000 });
const body = (part: CborRecord = {}) => encodeCbor({ id, at: 5, took: 6, nearby: true, tried: [], ...part });
const tried = (part: CborRecord) => body({ tried: [{ at, outcome: 0, ms: 1, ...part }] });
const refusal = (bytes: Uint8Array) => codeOf(() => parseChecked(bytes));

it('both come back as they went, within their bounds', () => {
  fc.assert(
    fc.property(checkedRecord, (checked) => {
      const encoded = encodeChecked(checked);
      expect(encoded.length).toBeLessThanOrEqual(CHECKED_BYTES);
      expect(parseChecked(encoded)).toEqual(checked);
      expect(parseCheck(encodeCheck(checked.id))).toEqual(checked.id);
    }),
  );
});

it('both have the bytes that CBOR gives them', () => {
  const hex = (encoded: Uint8Array) => Buffer.from(encoded).toString('hex');
  const field = '626964' + '48' + '01'.repeat(8);
  expect(hex(encodeCheck(id))).toBe(`a1${field}`);
  const endpoint = '47' + '04' + 'c0a80105' + '0fa0';
  const dialled = `a3626174${endpoint}626d7301676f7574636f6d6500`;
  expect(hex(tried({}))).toBe(`a562617405${field}64746f6f6b0665747269656481${dialled}666e6561726279f5`);
  expect(hex(encodeChecked(parseChecked(tried({}))))).toBe(hex(tried({})));
});

it('whatever comes is taken or refused', () => {
  const [check, checked] = [encodeCheck(id), tried({})];
  const twisted = fc.tuple(fc.constantFrom(check, checked), fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat());
  fc.assert(
    fc.property(twisted, fc.uint8Array(), ([sample, place, value, length], tail) => {
      const changed = sample.slice(0, 1 + (length % sample.length));
      changed[place % changed.length] = value;
      for (const input of [changed, tail, Uint8Array.from([...changed, ...tail])])
        for (const parse of [parseCheck, parseChecked]) {
          try {
            parse(input);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        }
    }),
    { numRuns: 2_000 },
  );
});

it('of CHECKED every field has its bounds', () => {
  expect(refusal(tried({}))).toBeNull();
  expect(refusal(tried({ later: 'a field' }))).toBeNull();
  for (const bad of [{ id: id.slice(1) }, { at: -1 }, { took: CHECK_DEADLINE_MS + 1 }, { nearby: 1 }, { tried: {} }])
    expect(refusal(body(bad)), JSON.stringify(bad)).toBe('field-type');
  for (const bad of [{ outcome: DIAL_OUTCOMES.length }, { ms: CHECK_DEADLINE_MS + 1 }, { at: 'localhost:4000' }])
    expect(refusal(tried(bad)), JSON.stringify(bad)).toBe('field-type');
  for (const bad of [at.slice(1), at.slice(0, -1), Uint8Array.from([...at, 0]), new Uint8Array(7)])
    expect(refusal(tried({ at: bad }))).toBe('field-type');
  expect(refusal(body({ tried: ['an address'] }))).toBe('field-type');
  expect(refusal(body({ tried: new Array<CborRecord>(CHECK_TRIES + 1).fill({ at, outcome: 0, ms: 1 }) }))).toBe(
    'field-type',
  );
  expect(refusal(encodeCbor({ id, at: 5, took: 6, nearby: true }))).toBe('field-missing');
});

it('neither is taken over its length, or made beyond its bounds', () => {
  expect(codeOf(() => parseCheck(encodeCbor({ id, more: new Uint8Array(CHECK_BYTES) })))).toBe('record-length');
  expect(refusal(body({ more: new Uint8Array(CHECKED_BYTES) }))).toBe('record-length');
  expect(() => encodeCheck(new Uint8Array(7))).toThrow('8 bytes');
  const one = parseChecked(tried({}));
  const many = new Array<Checked['tried'][number]>(CHECK_TRIES + 1).fill(one.tried[0]!);
  expect(() => encodeChecked({ ...one, tried: many })).toThrow('CHECK_TRIES');
});
