import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { readQr } from './qr-reader.ts';

/** The code as a camera might see it: `scale` pixels a module, on grey, with noise. */
function picture(value: string, scale: number, noise = 0): ImageData {
  const { data, size } = encode(value, { border: 4, ecc: 'M' });
  const width = size * scale;
  const pixels = new Uint8ClampedArray(width * width * 4);
  for (let at = 0; at < width * width; at += 1) {
    const [x, y] = [Math.floor((at % width) / scale), Math.floor(at / width / scale)];
    const shade = (data[y]?.[x] === true ? 30 : 220) + ((at * 7919) % 97) * noise;
    pixels.set([shade, shade, shade, 255], at * 4);
  }
  return { width, height: width, data: pixels, colorSpace: 'srgb' };
}

describe('a QR code', () => {
  it.each([
    ['an identity token', `LOOM-${'ABCDEFGH234567'.repeat(8).slice(0, 106)}`],
    ['the longest invite', `LOOM-${'ABCDEFGH234567'.repeat(50)}`],
    ['a safety number', `loom-safety:${'12345'.repeat(12)}`],
  ])('of %s is read', (_, value) => {
    expect(readQr(picture(value, 4))).toBe(value);
    expect(readQr(picture(value, 6, 0.5))).toBe(value);
  });

  it('that is not there is not read', () => {
    const { width, height, colorSpace } = picture('x', 4);
    expect(readQr({ width, height, colorSpace, data: new Uint8ClampedArray(width * height * 4) })).toBeNull();
  });
});
