import { expect, it } from 'vitest';
import { isDrawable, PICTURE_PIXELS, sidesOf } from './picture-sides.ts';

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));

const be = (value: number, length: number): number[] =>
  Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256);
const le = (value: number, length: number): number[] => be(value, length).reverse();

const png = (width: number, height: number): Uint8Array =>
  bytes('\x89PNG\r\n\x1a\n', be(13, 4), 'IHDR', be(width, 4), be(height, 4), [8, 2, 0, 0, 0]);

const jpeg = (width: number, height: number, marker = 0xc2): Uint8Array =>
  bytes(
    [0xff, 0xd8, 0xff, 0xe1, ...be(2 + 300, 2)],
    Array.from({ length: 300 }, () => 0xff),
    [0xff, 0xc4, 0, 4, 9, 9, 0xff, 0xff, marker, 0, 17, 8, ...be(height, 2), ...be(width, 2)],
  );

const gif = (screen: readonly [number, number], at: readonly [number, number], size: readonly [number, number]) =>
  bytes(
    ['GIF89a', le(screen[0], 2), le(screen[1], 2), [0x80, 0, 0], be(0, 6), [0x21, 0xf9, 4, 1, 2, 3, 4, 0]].flatMap(
      (part) => (typeof part === 'string' ? [...Buffer.from(part)] : part),
    ),
    [0x2c, ...le(at[0], 2), ...le(at[1], 2), ...le(size[0], 2), ...le(size[1], 2), 0],
  );

const webp = (kind: string, rest: readonly number[]): Uint8Array =>
  bytes('RIFF', le(100, 4), 'WEBP', kind, le(10, 4), rest);

it.each([
  ['image/png', png(640, 320)],
  ['image/jpeg', jpeg(640, 320)],
  ['image/jpeg', jpeg(640, 320, 0xc0)],
  ['image/gif', gif([640, 320], [0, 0], [10, 10])],
  ['image/gif', gif([1, 1], [600, 300], [40, 20])],
  ['image/webp', webp('VP8X', [0, 0, 0, 0, ...le(639, 3), ...le(319, 3)])],
  ['image/webp', webp('VP8L', [0x2f, ...le(639 + 319 * 0x4000, 4)])],
  ['image/webp', webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, ...le(640, 2), ...le(320, 2)])],
])('%s says its size', (type, head) => {
  expect(sidesOf(type, head)).toEqual({ width: 640, height: 320 });
  expect(isDrawable(type, head)).toBe(true);
  for (let end = 0; end < head.length - 13; end += 1) expect(isDrawable(type, head.subarray(0, end))).toBe(false);
});

it('is drawn up to 64 megapixels, and no further', () => {
  expect(isDrawable('image/png', png(8_000, 8_000))).toBe(true);
  expect(isDrawable('image/png', png(PICTURE_PIXELS, 1))).toBe(true);
  expect(isDrawable('image/png', png(PICTURE_PIXELS + 1, 1))).toBe(false);
  expect(isDrawable('image/png', png(60_000, 60_000))).toBe(false);
  expect(isDrawable('image/png', png(0xffffffff, 0xffffffff))).toBe(false);
  expect(isDrawable('image/jpeg', jpeg(0xffff, 0xffff))).toBe(false);
  expect(isDrawable('image/gif', gif([1, 1], [0, 0], [0xffff, 0xffff]))).toBe(false);
});

it.each([
  ['no side', 'image/png', png(0, 10)],
  ['a height that comes later', 'image/jpeg', jpeg(640, 0)],
  ['a scan before its frame', 'image/jpeg', bytes([0xff, 0xd8, 0xff, 0xda, 0, 2, 0, 0])],
  ['something between segments', 'image/jpeg', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0, 0xff])],
  ['another chunk first', 'image/png', bytes('\x89PNG\r\n\x1a\n', be(0, 4), 'IDAT', be(0, 20))],
  ['a chunk of no picture', 'image/webp', webp('EXIF', be(0, 20))],
  ['no picture', 'video/mp4', png(1, 1)],
])('is not drawn: %s', (_, type, head) => {
  expect(isDrawable(type, head)).toBe(false);
});
