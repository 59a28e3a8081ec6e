// The names of people: made tidy, and bounded in characters as people see them (UAX #29 grapheme clusters) besides bytes,
// so that a name may be as long in one script as in another. Pure.
import { ABOUT_BYTES, NAME_BYTES, NAME_CHARACTERS, NAME_MARKS, OWN_NAME_BYTES } from '../limits.ts';

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
export function cutName(name: string, bytes = NAME_BYTES, most = NAME_CHARACTERS): string {
  // More than this cannot come of what fits, and need not be looked at.
  const fewer = name.slice(0, NAME_BYTES * NAME_MARKS).replace(TOO_MANY_MARKS, '$1');
  const characters = Array.from(graphemes.segment(fewer), ({ segment }) => segment).slice(0, most);
  const whole = take(characters, bytes);
  return (whole === '' ? take(Array.from(fewer), bytes) : whole).trim();
}

/** Whether the name somebody gives themselves is the one they are given, as far as a profile holds it. */
export function isOwnName(given: string, own: string): boolean {
  return own === given || own === cutName(given, OWN_NAME_BYTES);
}

/** A line about somebody, as their profile brings it: tidy, and as much of it as fits; empty: nothing that can be seen. */
export function cutAbout(about: string): string {
  const cut = cutName(tidyName(about), ABOUT_BYTES, ABOUT_BYTES);
  return isBlankName(cut) ? '' : cut;
}

export function aboutFits(about: string): boolean {
  return bytesOf(about) <= ABOUT_BYTES && about.replace(TOO_MANY_MARKS, '$1') === about;
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
