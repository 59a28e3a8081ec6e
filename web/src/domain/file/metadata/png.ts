// What a PNG file says beside its picture (PNG 3 §5, §11).
import { orientationOf, orientationTiff, ascii, startsWith } from './orientation.ts';
import type { Bytes } from './without-metadata.ts';

export const PNG_MAGIC = '\x89PNG\r\n\x1a\n';

/** Beside those without which there is no picture: colours, sizes, moving pictures. What is not known here goes. */
const KEPT: ReadonlySet<string> = new Set(
  'tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD hIST sPLT pHYs acTL fcTL fdAT'.split(' '),
);

/** Without Exif, texts, times, what makers add, and what stands behind it. One that ends too early keeps what can be drawn of it. @returns its parts; null: no picture. */
export function pngParts(file: Bytes): readonly Bytes[] | null {
  if (!startsWith(file, PNG_MAGIC)) return null;
  const kept: Bytes[] = [file.subarray(0, PNG_MAGIC.length)];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let isDrawn = false;
  for (let at = PNG_MAGIC.length; at + 12 <= file.length;) {
    const end = Math.min(at + 12 + view.getUint32(at), file.length);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    const chunk = file.subarray(at, end);
    const turned = type === 'eXIf' ? orientationOf(chunk.subarray(8, -4)) : null;
    if (turned !== null) kept.push(exifChunk(turned));
    if (/^[A-Z]/.test(type) || KEPT.has(type)) kept.push(chunk);
    isDrawn ||= type === 'IDAT';
    if (type === 'IEND') break;
    at = end;
  }
  return isDrawn ? kept : null;
}

function exifChunk(turned: number): Bytes {
  const tiff = orientationTiff(turned);
  const chunk = new Uint8Array(12 + tiff.length);
  chunk.set(ascii('eXIf'), 4);
  chunk.set(tiff, 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, tiff.length);
  view.setUint32(8 + tiff.length, crc32(chunk.subarray(4, 8 + tiff.length)));
  return chunk;
}

/** ISO 3309, as PNG has it. */
function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
