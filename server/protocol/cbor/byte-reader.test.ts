import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../crypto/bytes.ts';
import { ByteReader } from './byte-reader.ts';

fc.configureGlobal({ seed: 2 });

describe('ByteReader', () => {
  it('gives pieces whole and in order, however they are chunked', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), (list, sizes) => {
        const reader = new ByteReader();
        const taken: Uint8Array[] = [];
        const stream = concat(...list);
        const takeAll = () => {
          while (taken.length < list.length) {
            const piece = reader.take(list[taken.length]!.length);
            if (!piece) return;
            taken.push(new Uint8Array(piece));
          }
        };
        takeAll();
        for (let at = 0, i = 0; at < stream.length; i += 1) {
          const size = sizes[i % sizes.length]!;
          reader.feed(stream.subarray(at, at + size));
          takeAll();
          at += size;
        }
        expect(taken).toEqual(list);
      }),
    );
  });

  it('copies nothing that lies whole in a chunk', () => {
    const reader = new ByteReader();
    const chunk = Uint8Array.of(1, 2, 3, 4);
    reader.feed(chunk);
    expect(reader.take(3)?.buffer).toBe(chunk.buffer);
    expect(reader.take(3)).toBeNull();
    reader.feed(Uint8Array.of(5, 6));
    expect(reader.take(3)).toEqual(Uint8Array.of(4, 5, 6));
  });

  it('holds about what was sent, whatever length was promised', () => {
    const reader = new ByteReader();
    const promised = 1024 * 1024;
    for (let i = 0; i < 3000; i += 1) {
      reader.feed(Uint8Array.of(i));
      expect(reader.take(promised)).toBeNull();
    }
    expect(reader.capacity).toBeLessThan(3000 * 2);
  });

  it('takes no new chunk while the last one lies there', () => {
    const reader = new ByteReader();
    reader.feed(Uint8Array.of(1));
    expect(() => reader.feed(Uint8Array.of(2))).toThrow('not used up');
  });
});
