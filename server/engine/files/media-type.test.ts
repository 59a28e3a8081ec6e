import { expect, it } from 'vitest';
import { shownType } from './media-type.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

it.each([
  ['\x89PNG\r\n\x1a\n....', 'image/png'],
  ['\xff\xd8\xff\xe0....', 'image/jpeg'],
  ['GIF89a....', 'image/gif'],
  ['RIFF....WEBPVP8 ', 'image/webp'],
  ['RIFF....WAVEfmt ', 'audio/wav'],
  ['....ftypisom', 'video/mp4'],
  ['OggS....', 'audio/ogg'],
  ['<svg xmlns="http://www.w3.org/2000/svg">', null],
  ['<!doctype html>', null],
  ['%PDF-1.7', null],
  ['\x89PNG', null],
  ['', null],
])('%j is shown as %s', (head, type) => {
  expect(shownType(bytes(head))).toBe(type);
});
