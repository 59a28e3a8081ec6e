import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, toHex, u32 } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { codeOf } from '../testing/code-of.ts';
import { FrameReader, RecordReader, encodeFrame, layOutFlush, openFrame, paddedLength, sealFrames } from './frames.ts';
import { FRAME_BYTES, FRAME_PLAINTEXT_BYTES, RECORD_BYTES } from './limits.ts';
import { CipherState } from './noise/symmetric.ts';
import { RECORD, type LinkRecord } from './records.ts';

fc.configureGlobal({ seed: 2 });

const primitives = choosePrimitives(undefined);
const cipher = () => new CipherState(primitives, new Uint8Array(32).fill(5));

function takeAll(reader: RecordReader): LinkRecord[] {
  const list: LinkRecord[] = [];
  for (let record = reader.take(); record; record = reader.take()) list.push(record);
  return list;
}

describe('padding', () => {
  it.each([
    [0, 0],
    [1, 256],
    [251, 256],
    [252, 512],
    [255, 512],
    [256, 256],
    [257, 512],
    [4091, 4096],
    [4092, 8192],
    [4096, 4096],
    [4097, 8192],
    [8187, 8192],
    [8188, 12288],
    [8192, 8192],
  ])('fills %i bytes up to %i', (length, padded) => {
    expect(paddedLength(length)).toBe(padded);
  });

  it('always lands on a step and is always read back as at most one PAD at the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 255 }), (size, type) => {
        const record = { type, body: new Uint8Array(size).fill(1) };
        const plaintext = layOutFlush([record]);
        expect(plaintext.length % (plaintext.length > 4096 ? 4096 : 256)).toBe(0);
        const reader = new RecordReader();
        reader.feed(plaintext);
        const [first, ...rest] = takeAll(reader);
        expect(first && toHex(first.body)).toBe(toHex(record.body));
        expect(first?.type).toBe(type);
        expect(rest.length).toBeLessThanOrEqual(1);
        if (rest[0]) expect([rest[0].type, rest[0].body.length]).toEqual([RECORD.pad, plaintext.length - size - 10]);
        else expect(plaintext.length).toBe(size + 5);
      }),
    );
  });
});

describe('records in a stream', () => {
  it('come out whole from any chunking', () => {
    const record = fc.record({ type: fc.integer({ min: 0, max: 255 }), body: fc.uint8Array({ maxLength: 100 }) });
    fc.assert(
      fc.property(fc.array(record), fc.integer({ min: 1, max: 150 }), (list, size) => {
        const stream = concat(...list.map(({ type, body }) => concat(Uint8Array.of(type), u32(body.length), body)));
        const reader = new RecordReader();
        const read: LinkRecord[] = [];
        for (let at = 0; at < stream.length; at += size) {
          reader.feed(stream.subarray(at, at + size));
          read.push(...takeAll(reader));
        }
        expect(read).toEqual(list);
      }),
    );
  });

  it('may have RECORD_BYTES and no more', () => {
    const take = (length: number) => {
      const reader = new RecordReader();
      reader.feed(concat(Uint8Array.of(2), u32(length)));
      return reader.take();
    };
    expect(take(RECORD_BYTES)).toBeNull();
    expect(codeOf(() => take(RECORD_BYTES + 1))).toBe('record-too-large');
    expect(codeOf(() => take(0xffffffff))).toBe('record-too-large');
  });
});

describe('frames', () => {
  it('come out whole when fed byte by byte, and are refused at their length', () => {
    const reader = new FrameReader();
    const frames = [new Uint8Array(20).fill(1), new Uint8Array(300).fill(2)];
    const read: Uint8Array[] = [];
    for (const byte of concat(...frames.map(encodeFrame))) {
      reader.feed(Uint8Array.of(byte));
      const frame = reader.takeFrame(16, 300);
      if (frame) read.push(frame);
    }
    expect(read).toEqual(frames);
    for (const length of [15, 301]) {
      reader.feed(Uint8Array.of(length >>> 8, length));
      expect(codeOf(() => reader.takeFrame(16, 300))).toBe('frame-length');
    }
  });

  it.each([
    [0, []],
    [1, [1]],
    [FRAME_PLAINTEXT_BYTES, [FRAME_PLAINTEXT_BYTES]],
    [FRAME_PLAINTEXT_BYTES + 1, [FRAME_PLAINTEXT_BYTES, 1]],
    [2 * FRAME_PLAINTEXT_BYTES + 7, [FRAME_PLAINTEXT_BYTES, FRAME_PLAINTEXT_BYTES, 7]],
  ])('cut a flush of %i bytes into %j', (length, sizes) => {
    const reader = new FrameReader();
    const receiving = cipher();
    reader.feed(sealFrames(cipher(), new Uint8Array(length).fill(8)));
    const read: number[] = [];
    for (let frame = reader.takeFrame(16, FRAME_BYTES); frame; frame = reader.takeFrame(16, FRAME_BYTES))
      read.push(openFrame(receiving, frame).length);
    expect(read).toEqual(sizes);
  });

  it('open once, in order, and leave the cipher where it was when they do not', () => {
    const [sending, receiving] = [cipher(), cipher()];
    const [one, two] = [sending.encrypt(Uint8Array.of(1)), sending.encrypt(Uint8Array.of(2))];
    expect(codeOf(() => openFrame(receiving, two))).toBe('frame-tag');
    expect(openFrame(receiving, one)).toEqual(Uint8Array.of(1));
    expect(codeOf(() => openFrame(receiving, one))).toBe('frame-tag');
    expect(openFrame(receiving, two)).toEqual(Uint8Array.of(2));
  });
});
