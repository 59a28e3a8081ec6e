// What a file is by its first bytes, and by nothing that anybody says of it: what a browser is given as a picture is one. Only
// what browsers decode by themselves, safely apart from the page, is known here: no SVG, no HTML, no PDF.
import { isDrawable } from '../../protocol/content/picture-sides.ts';
import { pictureType } from '../../protocol/content/picture-type.ts';

type Magic = readonly (number | null)[];

const ascii = (text: string): Magic => Array.from(text, (letter) => letter.charCodeAt(0));
const any = (count: number): Magic => Array.from({ length: count }, () => null);

const others: readonly (readonly [type: string, magic: Magic])[] = [
  ['image/gif', ascii('GIF87a')],
  ['image/gif', ascii('GIF89a')],
  ['audio/wav', [...ascii('RIFF'), ...any(4), ...ascii('WAVE')]],
  ['audio/flac', ascii('fLaC')],
  ['audio/ogg', ascii('OggS')],
  ['audio/mpeg', ascii('ID3')],
  // Layer III without such a tag: MPEG 1, 2 and 2.5, without a checksum.
  ['audio/mpeg', [0xff, 0xfb]],
  ['audio/mpeg', [0xff, 0xf3]],
  ['audio/mpeg', [0xff, 0xe3]],
  ['video/webm', [0x1a, 0x45, 0xdf, 0xa3]],
  ['video/mp4', [...any(4), ...ascii('ftyp')]],
];

/** Bytes of a file that are enough to know it: what a camera writes before a picture's size is seldom more than 130 KiB. */
export const HEAD_BYTES = 256 * 1024;

/** @returns a type that may be shown; null: it is to be saved, and not to be shown, as a picture that is too large to be drawn. */
export function shownType(head: Uint8Array): string | null {
  const other = others.find(([, magic]) => magic.every((byte, at) => byte === null || head[at] === byte));
  const type = pictureType(head) ?? other?.[0] ?? null;
  return type?.startsWith('image/') && !isDrawable(type, head) ? null : type;
}
