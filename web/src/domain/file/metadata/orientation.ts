// How a picture is turned, in the form of Exif (TIFF 6.0): all of Exif that a picture that is sent keeps.

/** 1, not turned at all, to 8. */
const UPRIGHT = 1;
const TURNED_MOST = 8;
const ORIENTATION = 0x0112;
const SHORT = 3;
const PREFIX = 'Exif\0\0';

/** @param exif with or without its prefix. @returns 2 to 8; null: it is not turned, or not said how. */
export function orientationOf(exif: Uint8Array): number | null {
  const tiff = startsWith(exif, PREFIX) ? exif.subarray(PREFIX.length) : exif;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = startsWith(tiff, 'II*\0');
  if (!little && !startsWith(tiff, 'MM\0*')) return null;
  try {
    const directory = view.getUint32(4, little);
    const count = view.getUint16(directory, little);
    for (let n = 0; n < count; n += 1) {
      const entry = directory + 2 + 12 * n;
      if (view.getUint16(entry, little) !== ORIENTATION || view.getUint16(entry + 2, little) !== SHORT) continue;
      const turned = view.getUint16(entry + 8, little);
      return turned > UPRIGHT && turned <= TURNED_MOST ? turned : null;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // It ends too early.
  }
  return null;
}

/** @returns TIFF of one directory with this one entry, 26 bytes. */
export function orientationTiff(turned: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(
    ...[0x49, 0x49, 0x2a, 0, 8, 0, 0, 0],
    ...[1, 0, 0x12, 0x01, SHORT, 0, 1, 0, 0, 0, turned, 0, 0, 0],
    ...[0, 0, 0, 0],
  );
}

export function startsWith(bytes: Uint8Array, letters: string, at = 0): boolean {
  return Array.from(letters).every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
}

export function ascii(letters: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
