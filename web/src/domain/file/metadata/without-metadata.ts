// Pictures are sent without what cameras and programs write beside them: where and when they were taken, with what, by whom.
// The picture itself is not touched. What begins like a JPEG, PNG or WebP is one, whatever it is called.
import { jpegParts } from './jpeg.ts';
import { startsWith } from './orientation.ts';
import { PNG_MAGIC, pngParts } from './png.ts';
import { webpParts } from './webp.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Larger ones than this are files, and sent as they are: all of it is in memory for a moment. */
const PICTURE_BYTES = 256 * 1024 * 1024;

/** What can be told of a picture by its first bytes. */
const HEAD_BYTES = 12;

/** It begins like a picture, and what stands beside it cannot be told from it. */
export class UnreadablePicture extends Error {
  override readonly name = 'UnreadablePicture';
}

/** @throws DOMException NotFoundError, NotReadableError: it is gone; UnreadablePicture. */
export async function withoutMetadata(file: File): Promise<File> {
  const { name, type, lastModified } = file;
  const partsOf = readerOf(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  if (partsOf === null || file.size > PICTURE_BYTES) return file;
  const parts = partsOf(new Uint8Array(await file.arrayBuffer()));
  if (parts === null) throw new UnreadablePicture('it begins like a picture, and is none');
  return new File([...parts], name, { type, lastModified });
}

function readerOf(head: Bytes): ((file: Bytes) => readonly Bytes[] | null) | null {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return jpegParts;
  if (startsWith(head, PNG_MAGIC)) return pngParts;
  return startsWith(head, 'RIFF') && startsWith(head, 'WEBP', 8) ? webpParts : null;
}
