// What a file is called on this computer. A name from elsewhere is the sender's word: what a file system does not take, takes for
// something else, or shows as something else is replaced, alike on all systems.
import { FILE_NAME_BYTES } from '../../protocol/files/limits.ts';

/** With room for ` (2)` and the like within what file systems take. */
const SAVED_BYTES = 200;

/** Controls; what turns the direction of text around, so that `gpj.exe` reads `exe.jpg`; what Windows or a shell takes for its own. */
const FORBIDDEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"|?*/\\]/gu;

/** Names of devices on Windows, whatever follows a dot. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=$|[. ])/i;

const TRAILING = /[. ]+$/u;

/** @param name as it was offered. @returns a name of at most SAVED_BYTES that is safe on any system. */
export function savedName(name: string): string {
  const clean = name.normalize('NFC').replace(FORBIDDEN, '_');
  const safe = DEVICE.test(clean) ? `_${clean}` : clean;
  // What it ends in after the cut counts: Windows leaves dots and spaces out there.
  const cut = cutName(safe.replace(TRAILING, ''), SAVED_BYTES).replace(TRAILING, '');
  return cut === '' ? '_' : cut;
}

/** As a file of ours is offered: its name, cut to what goes on the wire. */
export function offeredName(name: string): string {
  const clean = name.normalize('NFC').replace(/[/\\\0]/g, '_');
  const named = clean === '' || clean === '.' || clean === '..' ? '_' : clean;
  return cutName(named, FILE_NAME_BYTES);
}

/** Files of one name in a folder: nobody looks through more. */
export const SAME_NAMES = 1000;

/** The name, then the same with a number, `a (2).txt`, as there may be files of these names. */
export function* namesFor(name: string): Generator<string> {
  yield name;
  const { stem, ending } = split(name);
  for (let n = 2; n <= SAME_NAMES; n += 1) yield `${stem} (${n})${ending}`;
}

/** Between code points; the ending stays, unless it alone is too long. */
function cutName(name: string, most: number): string {
  if (Buffer.byteLength(name) <= most) return name;
  const { stem, ending } = split(name);
  const kept = Buffer.byteLength(ending) <= most / 2 ? ending : '';
  return cutText(kept === '' ? name : stem, most - Buffer.byteLength(kept)) + kept;
}

function cutText(text: string, most: number): string {
  let cut = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    cut += character;
  }
  return cut;
}

/** `archive.tar.gz` has the ending `.gz`; `.profile` has none. */
function split(name: string): { readonly stem: string; readonly ending: string } {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? { stem: name, ending: '' } : { stem: name.slice(0, dot), ending: name.slice(dot) };
}
