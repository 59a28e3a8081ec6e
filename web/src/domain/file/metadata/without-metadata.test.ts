import { describe, expect, it } from 'vitest';
import { orientationOf, orientationTiff } from './orientation.ts';
import * as pictures from './testdata/pictures.ts';
import { UnreadablePicture, withoutMetadata } from './without-metadata.ts';

// Bytes are strings here, a character for each.
const bytesOf = (binary: string): Uint8Array<ArrayBuffer> => Uint8Array.from(binary, (byte) => byte.charCodeAt(0));
const binaryOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const uint = (value: number, length: number): string =>
  Array.from({ length }, (_, at) => String.fromCharCode((value >>> (8 * (length - 1 - at))) & 0xff)).join('');

async function sent(binary: string, type: string): Promise<string> {
  const cleaned = await withoutMetadata(new File([bytesOf(binary)], 'a picture', { type, lastModified: 5 }));
  expect([cleaned.name, cleaned.type, cleaned.lastModified]).toEqual(['a picture', type, 5]);
  return binaryOf(new Uint8Array(await cleaned.arrayBuffer()));
}

/** Of a camera: its maker, how it is turned, and a pointer to where it was. Big-endian, as many write it. */
const exif = (turned: number): string =>
  [
    'MM\0*\0\0\0\x08\0\x03',
    '\x01\x0f\0\x02\0\0\0\x04Acme',
    `\x01\x12\0\x03\0\0\0\x01${uint(turned, 2)}\0\0`,
    '\x88\x25\0\x04\0\0\0\x01\0\0\0\x32\0\0\0\0 52 31 12 N',
  ].join('');

describe('a JPEG picture', () => {
  const plain = pictures.jpeg;
  const segment = (marker: number, body: string): string => `\xff${uint(marker, 1)}${uint(2 + body.length, 2)}${body}`;
  const [start, rest] = [plain.slice(0, 20), plain.slice(20)]; // Behind JFIF.
  const colours = segment(0xe2, 'ICC_PROFILE\0\x01\x01colours');
  const withAll = (turned: number): string =>
    [
      start,
      segment(0xe1, `Exif\0\0${exif(turned)}`),
      segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>'),
      colours,
      segment(0xe2, 'MPF\0where the second picture is'),
      segment(0xed, 'Photoshop 3.0\x008BIM'),
      segment(0xfe, 'by me'),
      '\xff',
      rest,
      plain,
      'a film',
    ].join('');

  it('loses where and with what it was taken, and what stands behind it; its colours and its picture stay', async () => {
    expect(await sent(withAll(1), 'image/jpeg')).toBe(start + colours + rest);
  });

  it('keeps how it is turned, and that alone of Exif', async () => {
    const kept = segment(0xe1, `Exif\0\0${binaryOf(orientationTiff(6))}`);
    expect(kept.length).toBe(36);
    const cleaned = await sent(withAll(6), 'image/jpeg');
    expect(cleaned).toBe(start + kept + colours + rest);
    expect(await sent(cleaned, 'image/jpeg')).toBe(cleaned);
  });

  it('without anything beside it is as it was', async () => {
    expect(await sent(plain, 'image/jpeg')).toBe(plain);
  });

  it('that ends too early loses all of that as well; one without a picture is not sent', async () => {
    const whole = withAll(6).slice(0, withAll(6).indexOf(plain.slice(-40)) + 40);
    const from = whole.indexOf('\xff\xda');
    for (let end = from + 20; end < whole.length; end += 7) {
      const cleaned = await sent(whole.slice(0, end), 'image/jpeg');
      expect(cleaned.startsWith(start)).toBe(true);
      expect(cleaned).not.toMatch(/Acme|xmpmeta|8BIM|by me|52 31/);
    }
    for (let end = 3; end < from; end += 7)
      await expect(sent(whole.slice(0, end), 'image/jpeg')).rejects.toThrow(UnreadablePicture);
  });
});

describe('a PNG picture', () => {
  const plain = pictures.png;
  const chunk = (type: string, body: string): string => `${uint(body.length, 4)}${type}${body}\0\0\0\0`;
  const [start, rest] = [plain.slice(0, 33), plain.slice(33)];
  const colours = chunk('gAMA', uint(45_455, 4));
  const withAll = (turned: number): string =>
    [
      start + colours,
      ...['tEXt', 'zTXt', 'iTXt', 'tIME', 'caBX'].map((type) => chunk(type, 'where it was')),
      chunk('eXIf', exif(turned)),
      rest,
      'behind it',
    ].join('');

  it('loses its texts, its time, what makers add, and what stands behind it', async () => {
    expect(await sent(withAll(1), 'image/png')).toBe(start + colours + rest);
  });

  it('keeps how it is turned', async () => {
    // The sum at its end is by another implementation (zlib's).
    const kept = `${uint(26, 4)}eXIf${binaryOf(orientationTiff(8))}\xa2\xc2\x03\x1b`;
    expect(await sent(withAll(8), 'image/png')).toBe(start + colours + kept + rest);
  });

  it('that ends too early loses all of that as well; one without a picture is not sent', async () => {
    const whole = withAll(8);
    const from = whole.indexOf('IDAT') + 12;
    for (let end = from; end < whole.length; end += 1)
      expect(await sent(whole.slice(0, end), 'image/png')).not.toMatch(/where it was|Acme|52 31/);
    for (let end = 8; end < from - 16; end += 1)
      await expect(sent(whole.slice(0, end), 'image/png')).rejects.toThrow(UnreadablePicture);
  });
});

describe('a WebP picture', () => {
  const { webp: plain, webpWithAll } = pictures;

  it('loses where and with what it was taken; keeps how it is turned', async () => {
    expect(webpWithAll).toMatch(/Camera.*xmpmeta/s);
    const cleaned = await sent(webpWithAll, 'image/webp');
    const exifOnly = `VP8X\x0a\0\0\0\x08${webpWithAll.slice(21, 30)}`;
    const chunks = `WEBP${exifOnly}${plain.slice(12)}EXIF\x1a\0\0\0${binaryOf(orientationTiff(6))}`;
    expect(cleaned).toBe(`RIFF${uint(chunks.length, 1)}\0\0\0${chunks}`);
  });

  it('without anything beside it is as it was; what stands behind it goes', async () => {
    expect(await sent(plain, 'image/webp')).toBe(plain);
    expect(await sent(`${plain}behind`, 'image/webp')).toBe(plain);
  });

  it('that ends too early loses all of that as well; one without a picture is not sent', async () => {
    for (let end = 40; end < webpWithAll.length; end += 1)
      expect(await sent(webpWithAll.slice(0, end), 'image/webp')).not.toMatch(/Camera|xmpmeta/);
    await expect(sent(webpWithAll.slice(0, 14), 'image/webp')).rejects.toThrow(UnreadablePicture);
  });
});

it('knows a picture by what it is, whatever it is called, and leaves everything else alone', async () => {
  for (const type of ['', 'image/jpeg', 'image/pjpeg', 'application/octet-stream'])
    expect(await sent(pictures.webpWithAll, type)).not.toContain('Camera');
  for (const other of ['', 'GIF89a Camera', 'RIFF\0\0\0\0WAVE Camera', '\xff\xd8'])
    expect(await sent(other, 'image/jpeg')).toBe(other);
});

it('takes no orientation from what is not there', () => {
  const whole = exif(6);
  expect(orientationOf(bytesOf(whole))).toBe(6);
  expect(orientationOf(bytesOf(exif(9)))).toBeNull();
  for (let end = 0; end < 30; end += 1) expect(orientationOf(bytesOf(whole.slice(0, end)))).toBeNull();
});
