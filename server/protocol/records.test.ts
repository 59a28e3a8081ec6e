import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../crypto/bytes.ts';
import { codeOf } from '../testing/code-of.ts';
import { encodeEnvelope, parseEnvelope } from './envelope.ts';
import { ACK_IDS, ENVELOPE_HEADER_BYTES, RECORD_BYTES, TAG_BYTES } from './limits.ts';
import {
  BYE,
  NACK,
  encodeAck,
  encodeBye,
  encodeNack,
  encodeTyping,
  parseAck,
  parseBye,
  parseNack,
  parsePing,
  parseRoom,
  parseTyping,
} from './records.ts';
import loom2 from './testdata/loom2-answer.json' with { type: 'json' };

fc.configureGlobal({ seed: 2 });

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u8 = fc.integer({ min: 0, max: 255 });

describe('small records', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.array(bytes(16), { minLength: 1 }), u8, fc.boolean(), (ids, reason, typing) => {
        expect(parseAck(encodeAck(ids))).toEqual(ids);
        expect(parseNack(encodeNack(ids[0]!, reason))).toEqual({ messageId: ids[0], reason });
        expect(parseBye(encodeBye(reason))).toBe(reason);
        expect(parseTyping(encodeTyping(typing))).toBe(typing);
      }),
    );
  });

  it('are taken at their exact length only', () => {
    for (let length = 0; length < 40; length += 1) {
      const body = new Uint8Array(length);
      const accepts = (parse: (body: Uint8Array) => unknown) => codeOf(() => parse(body)) === null;
      expect(accepts(parseAck), `ACK of ${length}`).toBe(length === 16 || length === 32);
      expect(accepts(parseNack), `NACK of ${length}`).toBe(length === 17);
      expect(accepts(parsePing), `PING of ${length}`).toBe(length === 8);
      expect(accepts(parseBye), `BYE of ${length}`).toBe(length === 1);
      expect(accepts(parseRoom), `ROOM of ${length}`).toBe(length === 0);
      expect(accepts(parseTyping), `TYPING of ${length}`).toBe(length === 1);
    }
    expect(codeOf(() => parseAck(new Uint8Array(17)))).toBe('record-length');
    expect(codeOf(() => parseTyping(Uint8Array.of(2)))).toBe('record-value');
  });

  it('are what the table of the specification says', () => {
    expect(encodeBye(BYE.busy)).toEqual(Uint8Array.of(3));
    expect(encodeTyping(true)).toEqual(Uint8Array.of(1));
    expect(encodeNack(new Uint8Array(16), NACK.tooLarge)).toEqual(Uint8Array.of(...new Uint8Array(16), 4));
    expect(parsePing(utf8('12345678'))).toEqual(utf8('12345678'));
  });

  it('are not made of parts of another size', () => {
    expect(() => encodeAck([])).toThrow('1 to ACK_IDS');
    expect(() => encodeAck(new Array<Uint8Array>(ACK_IDS + 1).fill(new Uint8Array(16)))).toThrow('1 to ACK_IDS');
    expect(() => encodeAck([new Uint8Array(15)])).toThrow('expected 16 bytes');
    expect(() => encodeNack(new Uint8Array(17), 1)).toThrow('expected 16 bytes');
    const all = encodeAck(new Array<Uint8Array>(ACK_IDS).fill(new Uint8Array(16)));
    expect(parseAck(all).length).toBe(ACK_IDS);
    expect(codeOf(() => parseAck(concat(all, new Uint8Array(16))))).toBe('record-length');
  });

  it('are copied out of the frame they came in', () => {
    const body = Buffer.alloc(17, 1);
    const { messageId } = parseNack(body);
    const [id] = parseAck(body.subarray(0, 16));
    body.fill(2);
    expect([messageId, id]).toEqual([new Uint8Array(16).fill(1), new Uint8Array(16).fill(1)]);
  });
});

describe('ENVELOPE', () => {
  it('comes back as it went', () => {
    const ciphertext = fc.uint8Array({ minLength: TAG_BYTES, maxLength: 600 });
    fc.assert(
      fc.property(bytes(16), bytes(16), bytes(32), u32, u32, bytes(16), ciphertext, (...fields) => {
        const [sessionId, messageId, ratchetKey, pn, n, salt, sealed] = fields;
        const envelope = { sessionId, messageId, ratchetKey, pn, n, salt, ciphertext: sealed };
        expect(parseEnvelope(encodeEnvelope(envelope))).toEqual(envelope);
      }),
    );
  });

  it.each(loom2.messages)('has the layout of the vector "$text"', ({ envelope, mid, salt }) => {
    const body = Uint8Array.from(Buffer.from(envelope, 'hex'));
    const parsed = parseEnvelope(body);
    expect(Buffer.from(parsed.sessionId).toString('hex')).toBe(loom2.session.id);
    expect(Buffer.from(parsed.messageId).toString('hex')).toBe(mid);
    expect(Buffer.from(parsed.salt).toString('hex')).toBe(salt);
    expect(encodeEnvelope(parsed)).toEqual(body);
  });

  it('is bounded both ways', () => {
    const shortest = ENVELOPE_HEADER_BYTES + TAG_BYTES;
    const parse = (length: number) => codeOf(() => parseEnvelope(new Uint8Array(length)));
    expect([0, shortest - 1, shortest, RECORD_BYTES, RECORD_BYTES + 1].map(parse)).toEqual([
      'envelope-length',
      'envelope-length',
      null,
      null,
      'envelope-length',
    ]);
    const good = parseEnvelope(new Uint8Array(200));
    expect(() => encodeEnvelope({ ...good, salt: new Uint8Array(15), ciphertext: new Uint8Array(97) })).toThrow(
      'wrong size',
    );
    expect(() => encodeEnvelope({ ...good, ciphertext: new Uint8Array(15) })).toThrow('wrong size');
    expect(() => encodeEnvelope({ ...good, ciphertext: new Uint8Array(RECORD_BYTES) })).toThrow('wrong size');
  });
});
