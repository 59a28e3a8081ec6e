// How large a picture says it is, by its header alone: a few bytes can say a size that a browser would take gigabytes to draw.

/** What a browser takes 256 MB to draw; larger than any camera's whole picture. */
export const PICTURE_PIXELS = 64_000_000;

interface Sides {
  readonly width: number;
  readonly height: number;
}

const readers: Readonly<Record<string, (head: DataView) => Sides | null>> = {
  'image/png': ofPng,
  'image/jpeg': ofJpeg,
  'image/gif': ofGif,
  'image/webp': ofWebp,
};

/**
 * @param type by its first bytes. @param head where its size stands.
 * @returns false: it is no picture, it is larger than `PICTURE_PIXELS`, or does not say how large it is.
 */
export function isDrawable(type: string, head: Uint8Array): boolean {
  const sides = sidesOf(type, head);
  return sides !== null && sides.width * sides.height <= PICTURE_PIXELS;
}

/** In pixels, as it is stored. @returns null: it does not say. */
export function sidesOf(type: string, head: Uint8Array): Sides | null {
  try {
    const sides = readers[type]?.(new DataView(head.buffer, head.byteOffset, head.byteLength)) ?? null;
    return sides && sides.width > 0 && sides.height > 0 ? sides : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // The header ends too early.
    throw error;
  }
}

function ofPng(head: DataView): Sides | null {
  return isAt(head, 12, 'IHDR') ? { width: head.getUint32(16), height: head.getUint32(20) } : null;
}

/** ITU T.81 B.1: segments, up to the frame header. */
function ofJpeg(head: DataView): Sides | null {
  for (let at = 2; head.getUint8(at) === 0xff;) {
    const marker = head.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (isFrame(marker)) return { width: head.getUint16(at + 7), height: head.getUint16(at + 5) };
    else if (marker === 0xda) return null;
    else at += 2 + head.getUint16(at + 2);
  }
  return null;
}

/** SOF0 to SOF15, without DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** The screen, or the first picture on it: browsers make the screen as large as that. */
function ofGif(head: DataView): Sides | null {
  const flags = head.getUint8(10);
  let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  while (head.getUint8(at) === 0x21) {
    at += 2;
    while (head.getUint8(at) !== 0) at += 1 + head.getUint8(at);
    at += 1;
  }
  if (head.getUint8(at) !== 0x2c) return null;
  const end = (side: number): number => head.getUint16(at + 1 + side, true) + head.getUint16(at + 5 + side, true);
  return {
    width: Math.max(head.getUint16(6, true), end(0)),
    height: Math.max(head.getUint16(8, true), end(2)),
  };
}

/** RFC 9649 §2.5 to §2.7. */
function ofWebp(head: DataView): Sides | null {
  if (isAt(head, 12, 'VP8X')) return { width: 1 + uint24(head, 24), height: 1 + uint24(head, 27) };
  if (isAt(head, 12, 'VP8L') && head.getUint8(20) === 0x2f) {
    const bits = head.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (isAt(head, 12, 'VP8 ') && head.getUint8(23) === 0x9d)
    return { width: head.getUint16(26, true) & 0x3fff, height: head.getUint16(28, true) & 0x3fff };
  return null;
}

function uint24(head: DataView, at: number): number {
  return head.getUint16(at, true) + head.getUint8(at + 2) * 0x10000;
}

function isAt(head: DataView, at: number, letters: string): boolean {
  return Array.from(letters).every((letter, index) => head.getUint8(at + index) === letter.charCodeAt(0));
}
