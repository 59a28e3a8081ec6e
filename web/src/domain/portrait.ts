// A picture of oneself, made from any: a square out of its middle, small enough to be sent to everybody.
import { PICTURE_BYTES } from '../../../server/contract/limits.ts';

/** Larger files are not opened: a browser decodes all of it. */
const FILE_BYTES = 32 * 1024 * 1024;

/** Pixels of a side, the largest first: for what stays too large even at the worst quality. */
const SIDES = [256, 192, 128] as const;

/** The best first. */
const QUALITIES = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3] as const;

/** The square in the middle of a picture. */
export function middleOf({ width, height }: { readonly width: number; readonly height: number }): {
  readonly x: number;
  readonly y: number;
  readonly side: number;
} {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/**
 * @returns WebP, or JPEG where the browser writes no WebP, of at most PICTURE_BYTES; whatever else was in the file is left out.
 * Null: it is no picture, or stays too large.
 */
export async function makePortrait(file: Blob): Promise<Blob | null> {
  const bitmap = file.size > FILE_BYTES ? null : await createImageBitmap(file).catch(() => null);
  if (bitmap === null || bitmap.width === 0 || bitmap.height === 0) return null;
  try {
    for (const side of SIDES) {
      const made = await smallest(drawn(bitmap, side));
      if (made !== null) return made;
    }
    return null;
  } finally {
    bitmap.close();
  }
}

function drawn(bitmap: ImageBitmap, side: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  const middle = middleOf(bitmap);
  if (context !== null) {
    context.imageSmoothingQuality = 'high';
    // What can be seen through would be black in a JPEG.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, side, side);
    context.drawImage(bitmap, middle.x, middle.y, middle.side, middle.side, 0, 0, side, side);
  }
  return canvas;
}

/** In the best quality that fits; null: none does. */
async function smallest(canvas: HTMLCanvasElement): Promise<Blob | null> {
  for (const quality of QUALITIES) {
    const made = (await written(canvas, 'image/webp', quality)) ?? (await written(canvas, 'image/jpeg', quality));
    if (made !== null && made.size <= PICTURE_BYTES) return made;
  }
  return null;
}

/** Null: the browser does not write this type, and would write a PNG. */
async function written(canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob | null> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  return blob?.type === type ? blob : null;
}

export async function toBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
