// Which of the pictures that people give themselves some bytes are, by the first of them and by nothing that anybody says.
type Magic = readonly (number | null)[];

export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp';

const ascii = (text: string): Magic => Array.from(text, (letter) => letter.charCodeAt(0));

const known: readonly (readonly [type: PictureType, magic: Magic])[] = [
  ['image/png', [0x89, ...ascii('PNG'), 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/webp', [...ascii('RIFF'), null, null, null, null, ...ascii('WEBP')]],
];

/** @param head the first 12 bytes, or more. @returns null: it is none of them. */
export function pictureType(head: Uint8Array): PictureType | null {
  const found = known.find(([, magic]) => magic.every((byte, at) => byte === null || head[at] === byte));
  return found?.[0] ?? null;
}
