// Pictures are sent without what cameras and programs write beside them: where and when they were taken, with what, by whom.
// The picture itself is not touched. What is no JPEG, PNG or WebP, or cannot be read as one, is as it was.
import { jpegParts } from './jpeg.ts';
import { pngParts } from './png.ts';
import { webpParts } from './webp.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Larger ones than this are files, and sent as they are: all of it is in memory for a moment. */
const PICTURE_BYTES = 256 * 1024 * 1024;

const CLEANED = /^image\/(?:png|jpeg|webp)$/;

/** @throws DOMException NotFoundError, NotReadableError: it is gone. */
export async function withoutMetadata(file: File): Promise<File> {
  const { name, type, lastModified } = file;
  if (!CLEANED.test(type) || file.size > PICTURE_BYTES) return file;
  const parts = partsOf(new Uint8Array(await file.arrayBuffer()));
  return parts ? new File([...parts], name, { type, lastModified }) : file;
}

/** By what it is, and not by what it is called. */
function partsOf(bytes: Bytes): readonly Bytes[] | null {
  return jpegParts(bytes) ?? pngParts(bytes) ?? webpParts(bytes);
}
