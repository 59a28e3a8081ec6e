// What a JPEG file says beside its picture (ITU T.81 B.1).
import { ascii, orientationOf, orientationTiff, startsWith } from './orientation.ts';
import type { Bytes } from './without-metadata.ts';

const [SOI, EOI, SOS, COM, APP0, APP1, APP2, APP14, APP15] = [
  ...[0xd8, 0xd9, 0xda, 0xfe, 0xe0, 0xe1, 0xe2, 0xee, 0xef],
] as const;

/**
 * Without Exif, XMP, IPTC, comments, what makers add, and what stands behind the picture, as a second picture or a film; with its
 * colours and how it is turned. One that ends too early keeps what can be drawn of it. @returns its parts; null: there is no picture.
 */
export function jpegParts(file: Bytes): readonly Bytes[] | null {
  if (file[0] !== 0xff || file[1] !== SOI) return null;
  const kept: Bytes[] = [file.subarray(0, 2)];
  let turned: number | null = null;
  let isDrawn = false;
  for (let at = 2; file[at] === 0xff;) {
    const marker = file[at + 1] ?? 0xff;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === EOI) return [...kept, file.subarray(at, at + 2)];
    const end = endOfSegment(file, at);
    if (end === null) break;
    const body = file.subarray(at + 4, end);
    const behind = marker === SOS ? endOfScan(file, end) : end;
    if (turned === null) {
      turned = isExif(marker, body) ? orientationOf(body) : null;
      if (turned !== null) kept.push(exifSegment(turned));
    }
    if (isKept(marker, body)) kept.push(file.subarray(at, behind));
    isDrawn ||= marker === SOS;
    at = behind;
  }
  return isDrawn ? kept : null;
}

function isExif(marker: number, body: Uint8Array): boolean {
  return marker === APP1 && startsWith(body, 'Exif\0\0');
}

function isKept(marker: number, body: Uint8Array): boolean {
  if (marker === APP0) return startsWith(body, 'JFIF\0');
  if (marker === APP2) return startsWith(body, 'ICC_PROFILE\0');
  if (marker === APP14) return startsWith(body, 'Adobe');
  return marker !== COM && (marker < APP0 || marker > APP15);
}

/** @returns null: it has none. */
function endOfSegment(file: Uint8Array, at: number): number | null {
  const length = ((file[at + 2] ?? 0) << 8) | (file[at + 3] ?? 0);
  const end = at + 2 + length;
  return length < 2 || end > file.length ? null : end;
}

/** The next marker that is neither a stuffed byte nor a restart. */
function endOfScan(file: Uint8Array, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1] ?? 0;
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return file.length;
}

function exifSegment(turned: number): Bytes {
  const body = [...ascii('Exif\0\0'), ...orientationTiff(turned)];
  return Uint8Array.of(0xff, APP1, 0, 2 + body.length, ...body);
}
