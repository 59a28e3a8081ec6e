// A picture that somebody gives themselves: what is kept of it, and what it is known by.
import { hash } from 'node:crypto';
import { CommandError } from '../../contract/errors.ts';
import { toHex } from '../../crypto/bytes.ts';
import { PICTURE_BYTES, PICTURE_SIDE } from '../../protocol/limits.ts';
import { sidesOf } from '../../protocol/content/picture-sides.ts';
import { pictureType } from '../../protocol/content/picture-type.ts';

/** Of the digest, bytes that tell one picture from another. */
const ID_BYTES = 16;

/** @returns SHA-256, 32 bytes. */
export function digestOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer'));
}

/** What the page knows it by, hex. @param digest SHA-256 of the picture. */
export function pictureId(digest: Uint8Array): string {
  return toHex(digest.subarray(0, ID_BYTES));
}

/** By its header: a picture that is small enough to draw, in a format that browsers take. */
export function isPortrait(bytes: Uint8Array): boolean {
  const type = pictureType(bytes);
  const sides = type && sidesOf(type, bytes);
  return sides !== null && Math.max(sides.width, sides.height) <= PICTURE_SIDE;
}

/** @throws CommandError picture-too-large, picture-invalid. */
export function readPicture(base64: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  if (bytes.length > PICTURE_BYTES)
    throw new CommandError('picture-too-large', `a picture has at most ${PICTURE_BYTES} bytes`);
  if (!isPortrait(bytes)) {
    throw new CommandError(
      'picture-invalid',
      `a picture is JPEG, PNG or WebP, of at most ${PICTURE_SIDE} pixels a side`,
    );
  }
  return bytes;
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
