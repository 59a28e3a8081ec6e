// The names of people: made tidy, and bounded in characters as people see them (UAX #29 grapheme clusters) besides bytes,
// so that a name may be as long in one script as in another. Pure.
import { NAME_BYTES, NAME_CHARACTERS, NAME_MARKS } from '../limits.ts';

/** Line breaks, tabs and other controls have no place in a name. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** UAX #15 §13.1 counts combining marks. */
const TOO_MANY_MARKS = new RegExp(`(\\p{M}{${NAME_MARKS}})\\p{M}+`, 'gu');
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\s]*$/u;

const graphemes = new Intl.Segmenter();
const encoder = new TextEncoder();

/** NFC, in one line, trimmed. */
export function tidyName(text: string): string {
  return text.replace(CONTROLS, ' ').normalize('NFC').trim();
}

/** Nothing in it can be seen. */
export function isBlankName(name: string): boolean {
  return INVISIBLE.test(name);
}

export function nameFits(name: string): boolean {
  if (bytesOf(name) > NAME_BYTES || name.replace(TOO_MANY_MARKS, '$1') !== name) return false;
  return [...graphemes.segment(name)].length <= NAME_CHARACTERS;
}

/** As much of a name as fits, in whole characters where one fits at all. @param bytes as UTF-8. */
export function cutName(name: string, bytes = NAME_BYTES): string {
  // More than this cannot come of what fits, and need not be looked at.
  const fewer = name.slice(0, NAME_BYTES * NAME_MARKS).replace(TOO_MANY_MARKS, '$1');
  const characters = Array.from(graphemes.segment(fewer), ({ segment }) => segment).slice(0, NAME_CHARACTERS);
  const whole = take(characters, bytes);
  return (whole === '' ? take(Array.from(fewer), bytes) : whole).trim();
}

function take(pieces: readonly string[], bytes: number): string {
  let taken = '';
  let room = bytes;
  for (const piece of pieces) {
    room -= bytesOf(piece);
    if (room < 0) break;
    taken += piece;
  }
  return taken;
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}
