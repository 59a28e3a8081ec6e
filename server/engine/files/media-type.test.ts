import { expect, it } from 'vitest';
import { shownType } from './media-type.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

it.each([
  ['\x89PNG\r\n\x1a\n....IHDR\0\0\x1f\x40\0\0\x1f\x40', 'image/png'],
  ['\x89PNG\r\n\x1a\n....IHDR\0\0\xea\x60\0\0\xea\x60', null],
  ['\x89PNG\r\n\x1a\n....', null],
  ['\xff\xd8\xff\xc0\0\x11\x08\0\x10\0\x10', 'image/jpeg'],
  ['GIF89a\x10\0\x10\0\0\0\0,\0\0\0\0\x10\0\x10\0', 'image/gif'],
  ['RIFF....WEBPVP8X....\0\0\0\0\x10\0\0\x10\0\0', 'image/webp'],
  ['RIFF....WAVEfmt ', 'audio/wav'],
  ['....ftypisom', 'video/mp4'],
  ['\x1a\x45\xdf\xa3....webm', 'video/webm'],
  ['OggS....', 'audio/ogg'],
  ['fLaC....', 'audio/flac'],
  ['ID3\x04....', 'audio/mpeg'],
  ['\xff\xfb\x90\x64', 'audio/mpeg'],
  ['<svg xmlns="http://www.w3.org/2000/svg">', null],
  ['<!doctype html>', null],
  ['%PDF-1.7', null],
  ['\x89PNG', null],
  ['', null],
])('%j is shown as %s', (head, type) => {
  expect(shownType(bytes(head))).toBe(type);
});
