// What a WebP file says beside its picture (RFC 9649 §2).
import { ascii, orientationOf, orientationTiff, startsWith } from './orientation.ts';
import type { Bytes } from './without-metadata.ts';

const HEADER_BYTES = 12;
const EXIF_FLAG = 0x08;
const XMP_FLAG = 0x04;

/** What is not known here goes. */
const KEPT: ReadonlySet<string> = new Set(['VP8X', 'ICCP', 'ANIM', 'ANMF', 'ALPH', 'VP8 ', 'VP8L']);

/** Without Exif, XMP, what makers add, and what stands behind it. One that ends too early keeps what can be drawn of it. @returns its parts; null: no picture. */
export function webpParts(file: Bytes): readonly Bytes[] | null {
  if (!startsWith(file, 'RIFF') || !startsWith(file, 'WEBP', 8)) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const all = Math.min(8 + view.getUint32(4, true), file.length);
  const chunks: Bytes[] = [];
  let turned: number | null = null;
  for (let at = HEADER_BYTES; at + 8 <= all;) {
    const length = view.getUint32(at + 4, true);
    const end = Math.min(at + 8 + length + (length % 2), all);
    const type = String.fromCharCode(...file.subarray(at, at + 4));
    if (type === 'EXIF') turned ??= orientationOf(file.subarray(at + 8, at + 8 + length));
    if (KEPT.has(type)) chunks.push(file.slice(at, end));
    at = end;
  }
  const [first] = chunks;
  if (!first) return null;
  if (startsWith(first, 'VP8X')) {
    first[8] = ((first[8] ?? 0) & ~(EXIF_FLAG | XMP_FLAG)) | (turned === null ? 0 : EXIF_FLAG);
    if (turned !== null) chunks.push(chunkOf('EXIF', orientationTiff(turned)));
  }
  const size = 4 + chunks.reduce((sum, { length }) => sum + length, 0);
  return [ascii('RIFF'), uint32(size), ascii('WEBP'), ...chunks];
}

function chunkOf(type: string, body: Bytes): Bytes {
  return Uint8Array.of(...ascii(type), ...uint32(body.length), ...body);
}

function uint32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
