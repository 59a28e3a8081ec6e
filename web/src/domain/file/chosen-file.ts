// What can be told of a file that is to be sent: whether it is a picture, what cameras may have written in it, and what it
// measures, so that its place is kept before it is there.
import { FILE_SIDE } from '../../../../server/contract/limits.ts';

/** Pictures and films in which cameras write where they were, and which are sent as they are. */
const KEEPS_PLACE = /\.(?:heic|heif|avif|tiff?|dng|gif|mov|mp4|m4v)$/i;

export function keepsPlace({ name }: Pick<File, 'name'>): boolean {
  return KEEPS_PLACE.test(name);
}

/** By what the browser takes it for: one of those out of which place and camera are taken. */
export function mayHoldMetadata({ type }: Pick<File, 'type'>): boolean {
  return /^image\/(?:png|jpeg|webp)$/.test(type);
}

/** One that is shown by itself, and small enough to be opened at once. */
export function isShownPicture({ type, size }: Pick<File, 'type' | 'size'>): boolean {
  return /^image\/(?:png|jpeg|gif|webp)$/.test(type) && size <= MEASURED_BYTES;
}

/** A picture larger than this is not opened to be measured. */
const MEASURED_BYTES = 32 * 1024 * 1024;

/** A film that says nothing of itself for so long is measured no further, ms. */
const FILM_MS = 3_000;

interface Sides {
  readonly width: number;
  readonly height: number;
}

/** Of a picture or film, in pixels. @returns null: it is none, or not to be measured. */
export async function sidesOf(file: File): Promise<Sides | null> {
  const sides = file.type.startsWith('video/') ? await ofFilm(file) : await ofPicture(file);
  return sides && sides.width > 0 && Math.max(sides.width, sides.height) <= FILE_SIDE ? sides : null;
}

async function ofPicture(file: File): Promise<Sides | null> {
  if (!isShownPicture(file)) return null;
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    // Not a picture, whatever it is called.
    return null;
  }
}

async function ofFilm(file: File): Promise<Sides | null> {
  const film = document.createElement('video');
  const address = URL.createObjectURL(file);
  try {
    return await new Promise((resolve) => {
      film.onloadedmetadata = () => resolve({ width: film.videoWidth, height: film.videoHeight });
      film.onerror = () => resolve(null);
      setTimeout(() => resolve(null), FILM_MS);
      film.preload = 'metadata';
      film.src = address;
    });
  } finally {
    film.removeAttribute('src');
    URL.revokeObjectURL(address);
  }
}
