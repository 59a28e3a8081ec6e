import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosePrimitives } from '../../crypto/choose.ts';
import { concat, fromHex, toHex } from '../../crypto/bytes.ts';
import { codeOf } from '../../testing/code-of.ts';
import { encodeCbor, type CborRecord } from '../cbor/cbor.ts';
import { encodeContent, parseContent, type Content } from '../content/content.ts';
import { MESSAGE_ID_BYTES, TTL_SECONDS } from '../limits.ts';
import vectors from '../testdata/files.json' with { type: 'json' };
import {
  encodeData,
  encodeEnd,
  encodeGot,
  encodeReady,
  encodeStop,
  encodeWant,
  parseData,
  parseEnd,
  parseGot,
  parseReady,
  parseStop,
  parseWant,
} from './file-records.ts';
import { blockCount, fileRoot } from './file-root.ts';
import {
  FILE_BLOCK_BYTES,
  FILE_CAPTION_BYTES,
  FILE_CHUNK_BYTES,
  FILE_DURATION_MS,
  FILE_HASH_BYTES,
  FILE_NAME_BYTES,
  FILE_SIDE_PIXELS,
  FILE_TYPE_BYTES,
  FILE_WAVEFORM_BYTES,
} from './limits.ts';

fc.configureGlobal({ seed: 2 });

const id = fc.uint8Array({ minLength: MESSAGE_ID_BYTES, maxLength: MESSAGE_ID_BYTES });
const hash = fc.uint8Array({ minLength: FILE_HASH_BYTES, maxLength: FILE_HASH_BYTES });
const position = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });

describe('records of files', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(id, hash, position, bytes, fc.nat({ max: 255 }), (given, root, at, data, reason) => {
        expect(parseWant(encodeWant({ id: given, from: at, hash: root }))).toEqual({ id: given, from: at, hash: root });
        const sent = { id: given, position: at, bytes: data };
        expect(parseData(encodeData(sent))).toEqual(sent);
        expect(parseEnd(encodeEnd({ id: given, root }))).toEqual({ id: given, root });
        expect(parseGot(encodeGot({ id: given, position: at }))).toEqual({ id: given, position: at });
        expect(parseStop(encodeStop({ id: given, reason }))).toEqual({ id: given, reason });
        expect(parseReady(encodeReady(given))).toEqual(given);
      }),
    );
  });

  it('have the length of the table and no other', () => {
    const lengths = [
      [parseWant, 16 + 8 + 32],
      [parseEnd, 16 + 32],
      [parseGot, 16 + 8],
      [parseStop, 17],
      [parseReady, 16],
    ] as const;
    for (const [parse, length] of lengths) {
      expect(codeOf(() => parse(new Uint8Array(length)))).toBeNull();
      for (const wrong of [0, length - 1, length + 1])
        expect(codeOf(() => parse(new Uint8Array(wrong)))).toBe('record-length');
    }
    expect(codeOf(() => parseData(new Uint8Array(24)))).toBe('record-length');
    expect(parseData(new Uint8Array(24 + FILE_CHUNK_BYTES)).bytes.length).toBe(FILE_CHUNK_BYTES);
    expect(codeOf(() => parseData(new Uint8Array(24 + FILE_CHUNK_BYTES + 1)))).toBe('record-length');
    expect(() =>
      encodeData({ id: new Uint8Array(16), position: 0, bytes: new Uint8Array(FILE_CHUNK_BYTES + 1) }),
    ).toThrow();
    expect(() => encodeData({ id: new Uint8Array(16), position: 0, bytes: new Uint8Array(0) })).toThrow();
  });

  it('name no position that is no number here', () => {
    const most = encodeGot({ id: new Uint8Array(16), position: Number.MAX_SAFE_INTEGER });
    expect(parseGot(most).position).toBe(Number.MAX_SAFE_INTEGER);
    expect(codeOf(() => parseGot(concat(new Uint8Array(16), fromHex('0020000000000000'))))).toBe('record-value');
    expect(() => encodeGot({ id: new Uint8Array(16), position: Number.MAX_SAFE_INTEGER + 1 })).toThrow();
  });

  it('are byte for byte those of the vectors', () => {
    const [ours, root] = [fromHex(vectors.id), fromHex(vectors.hash)];
    const made: Record<string, Uint8Array> = {
      WANT: encodeWant({ id: ours, from: 3_145_728, hash: root }),
      DATA: encodeData({ id: ours, position: 65_536, bytes: fromHex('c0ffee') }),
      END: encodeEnd({ id: ours, root }),
      GOT: encodeGot({ id: ours, position: Number.MAX_SAFE_INTEGER }),
      STOP: encodeStop({ id: ours, reason: 5 }),
      READY: encodeReady(ours),
    };
    for (const { name, body } of vectors.records) expect(toHex(made[name]!)).toBe(body);
  });
});

describe('the root of a file', () => {
  it.each(vectors.roots)('of $size bytes is that of the vector', ({ size, blocks, root }) => {
    const primitives = choosePrimitives(undefined);
    const file = Uint8Array.from({ length: size }, (_, i) => (7 * i) % 251);
    const hashes = Array.from({ length: blockCount(size) }, (_, n) =>
      primitives.sha256(file.subarray(n * FILE_BLOCK_BYTES, (n + 1) * FILE_BLOCK_BYTES)),
    );
    expect(hashes.map(toHex)).toEqual(blocks);
    expect(toHex(fileRoot(primitives, size, concat(...hashes)))).toBe(root);
  });
});

describe('an offer', () => {
  const offer = { t: 'file', at: 1, seq: 1, name: 'a.bin', size: 1, type: '' } as const;

  it('comes back as it went', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => {
      const fits = Buffer.byteLength(text) <= FILE_NAME_BYTES && text === text.normalize('NFC');
      return fits && text !== '.' && text !== '..' && !/[/\\\0]/.test(text);
    });
    const side = fc.integer({ min: 1, max: FILE_SIDE_PIXELS });
    const caption = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 });
    const content: fc.Arbitrary<Content> = fc.record(
      {
        ...{ t: fc.constant('file' as const), at: position, seq: fc.integer({ min: 1 }), name, size: position },
        ...{ type: fc.constantFrom('', 'image/png', 'application/vnd.x+json'), width: side, height: side, caption },
        duration: fc.integer({ min: 1, max: FILE_DURATION_MS }),
        waveform: fc.uint8Array({ minLength: 1, maxLength: FILE_WAVEFORM_BYTES }),
        ttl: fc.integer({ min: 1, max: TTL_SECONDS }),
      },
      { requiredKeys: ['t', 'at', 'seq', 'name', 'size', 'type'] },
    );
    fc.assert(
      fc.property(content, (given) => {
        expect(parseContent(encodeContent(given))).toEqual(given);
      }),
    );
  });

  it('is byte for byte that of the vectors', () => {
    for (const { given, content } of vectors.contents) {
      const said = { ...given, ...('waveform' in given && { waveform: fromHex(given.waveform) }) };
      expect(toHex(encodeContent(said as Content))).toBe(content);
      expect(parseContent(fromHex(content))).toEqual(said);
    }
  });

  it.each([
    ['no name', { name: undefined }, 'field-missing'],
    ['an empty name', { name: '' }, 'file-name'],
    ['a name of one byte too many', { name: 'a'.repeat(FILE_NAME_BYTES + 1) }, 'file-name'],
    ['the folder itself', { name: '.' }, 'file-name'],
    ['the folder above', { name: '..' }, 'file-name'],
    ['a path', { name: '../etc/passwd' }, 'file-name'],
    ['a path of Windows', { name: 'a\\b' }, 'file-name'],
    ['a name that ends for C', { name: 'a.txt\0.exe' }, 'file-name'],
    ['a name of a Mac, not in NFC', { name: 'e\u0301' }, 'file-name'],
    ['no size', { size: undefined }, 'field-missing'],
    ['a size below nothing', { size: -1 }, 'field-type'],
    ['a type that is none', { type: 'image' }, 'file-type'],
    ['a type with parameters', { type: 'text/html; charset=utf-8' }, 'file-type'],
    ['a type of one byte too many', { type: `image/${'a'.repeat(FILE_TYPE_BYTES - 5)}` }, 'file-type'],
    ['no pixel', { width: 0 }, 'field-type'],
    ['one pixel too many', { height: FILE_SIDE_PIXELS + 1 }, 'field-type'],
    ['no time', { duration: 0 }, 'field-type'],
    ['a day and a millisecond', { duration: FILE_DURATION_MS + 1 }, 'field-type'],
    ['an empty waveform', { waveform: new Uint8Array(0) }, 'field-type'],
    ['a waveform of one part too many', { waveform: new Uint8Array(FILE_WAVEFORM_BYTES + 1) }, 'field-type'],
    ['a waveform in letters', { waveform: '0123' }, 'field-type'],
    ['an empty caption', { caption: '' }, 'file-caption'],
    ['a life of no time', { ttl: 0 }, 'field-type'],
    ['a life of a second too many', { ttl: TTL_SECONDS + 1 }, 'field-type'],
    ['a caption of one byte too many', { caption: 'a'.repeat(FILE_CAPTION_BYTES + 1) }, 'file-caption'],
  ] satisfies [string, CborRecord, string][])('with %s is refused', (_, change, code) => {
    expect(codeOf(() => parseContent(encodeCbor({ ...offer, ...change })))).toBe(code);
  });

  it('at every bound is taken', () => {
    const most = {
      ...{ name: 'a'.repeat(FILE_NAME_BYTES), type: `image/${'a'.repeat(FILE_TYPE_BYTES - 6)}` },
      ...{ size: Number.MAX_SAFE_INTEGER, width: FILE_SIDE_PIXELS, height: 1, caption: 'a'.repeat(FILE_CAPTION_BYTES) },
      ...{ duration: FILE_DURATION_MS, waveform: new Uint8Array(FILE_WAVEFORM_BYTES).fill(255) },
    };
    expect(parseContent(encodeCbor({ ...offer, ...most }))).toEqual({ ...offer, ...most });
  });
});
