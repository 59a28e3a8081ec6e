// Hints: what stands in an advert for one who holds a key (SPEC §9). Who has the key recognises its hint with one hash,
// whatever the clocks say, and reads in it what time it was at the sender's; to all others hint and time are noise.
import { compare, concat, equal, u16, u32, utf8 } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';

export type Hmac = Pick<Primitives, 'hmacSha256'>;

export const NONCE_LENGTH = 8;
/** 64 bits: a hint met by chance is a dial that comes to nothing, once in the age of the sun. */
const FINDER_LENGTH = 8;
const TIME_LENGTH = 4;
/** Giving a recorded advert another time means guessing 32 bits, at one advert a guess. */
const PROOF_LENGTH = 4;
export const HINT_LENGTH = FINDER_LENGTH + TIME_LENGTH + PROOF_LENGTH;

/** Always so many, in use or not: more than most people wait for at once, and a TXT string stays short. */
const SLOTS = 8;
export const SLOTS_LENGTH = SLOTS * HINT_LENGTH;

/** How often an advert is renewed, and how exactly it tells the time; ms. */
export const QUARTER_HOUR = 15 * 60 * 1000;
export const PRESENCE: Purpose = { find: utf8('loom/2 presence'), prove: utf8('loom/2 presence time') };
export const MEETING: Purpose = { find: utf8('loom/2 meeting'), prove: utf8('loom/2 meeting time') };
const LAST_QUARTER = 2 ** 32 - 1;

/** @param now ms since 1970. @returns what fits 32 bits, whatever the clock says. */
export function quarterHour(now: number): number {
  return Math.min(Math.max(Math.floor(now / QUARTER_HOUR), 0), LAST_QUARTER);
}

/**
 * How far a sender's clock is ahead of ours, ms; 0 where their quarter-hour is ours, or right before or after it: clocks
 * differ a little, and adverts live on for a while.
 */
export function clockDifference(quarter: number, now: number): number {
  const quarters = quarter - quarterHour(now);
  return Math.abs(quarters) <= 1 ? 0 : quarters * QUARTER_HOUR;
}

export interface Purpose {
  readonly find: Uint8Array;
  readonly prove: Uint8Array;
}

/** What a hint covers: the label, its nonce `n` of NONCE_LENGTH bytes, the TCP port. */
export interface Place {
  readonly label: string;
  readonly nonce: Uint8Array;
  readonly port: number;
}

/** A place at a time. */
export interface Moment extends Place {
  readonly quarter: number;
}

/** The hint `h` of an advert, under a presence key. */
export function presenceHint(primitives: Hmac, key: Uint8Array, moment: Moment): Uint8Array {
  return hintFor(primitives, key, moment, PRESENCE);
}

/**
 * x = HMAC(key, find ‖ label ‖ n ‖ port(u16)); the hint is
 * x[0..8) ‖ quarter-hour(u32) XOR x[8..12) ‖ first 4 bytes of HMAC(key, prove ‖ quarter-hour(u32) ‖ label ‖ n ‖ port).
 */
function hintFor(primitives: Hmac, key: Uint8Array, moment: Moment, purpose: Purpose): Uint8Array {
  const x = primitives.hmacSha256(key, finding(purpose, moment));
  const proof = primitives.hmacSha256(key, proving(purpose, moment)).subarray(0, PROOF_LENGTH);
  return concat(x.subarray(0, FINDER_LENGTH), masked(u32(moment.quarter), x), proof);
}

function finding({ find }: Purpose, { label, nonce, port }: Place): Uint8Array {
  return concat(find, utf8(label), nonce, u16(port));
}

function proving({ prove }: Purpose, { quarter, label, nonce, port }: Moment): Uint8Array {
  return concat(prove, u32(quarter), utf8(label), nonce, u16(port));
}

/** The time of a hint, hidden or shown. */
function masked(time: Uint8Array, x: Uint8Array): Uint8Array {
  return time.map((byte, at) => byte ^ (x[FINDER_LENGTH + at] ?? 0));
}

/**
 * All slots of an advert: a hint under each of these keys, random bytes for the rest, in random order.
 * @param keys of the contacts whose turn it is; those over SLOTS get none.
 */
export function rendezvousSlots(
  primitives: Hmac,
  random: (length: number) => Uint8Array,
  keys: readonly Uint8Array[],
  moment: Moment,
): Uint8Array {
  const used = keys.slice(0, SLOTS).map((key) => hintFor(primitives, key, moment, MEETING));
  const unused = Array.from({ length: SLOTS - used.length }, () => random(HINT_LENGTH));
  // Any order would do that does not tell how many there are, or who came first.
  const drawn = [...used, ...unused].map((slot) => ({ slot, place: random(HINT_LENGTH) }));
  return concat(...drawn.sort((a, b) => compare(a.place, b.place)).map(({ slot }) => slot));
}

/** Those whose turn it is: of more contacts than slots, the next ones in each round. */
export function turnOf<T>(all: readonly T[], round: number): readonly T[] {
  if (all.length <= SLOTS) return all;
  const start = (round * SLOTS) % all.length;
  return [...all.slice(start), ...all.slice(0, start)].slice(0, SLOTS);
}

/**
 * Reads hints made for a place under a key: the quarter-hour at the sender's, null where none was made under it.
 * `hash` is HMAC-SHA256, so that callers can count: one for a key that fits none, two for one that does.
 */
export function hintReader(
  place: Place,
  purpose: Purpose,
  hints: readonly Uint8Array[],
  hash: Hmac['hmacSha256'],
): (key: Uint8Array) => number | null {
  const wanted = finding(purpose, place);
  return (key) => {
    const x = hash(key, wanted);
    const hint = hints.find((each) => each.length === HINT_LENGTH && startsAlike(each, x));
    if (!hint) return null;
    const quarter = readU32(masked(hint.subarray(FINDER_LENGTH, FINDER_LENGTH + TIME_LENGTH), x));
    const proof = hash(key, proving(purpose, { ...place, quarter })).subarray(0, PROOF_LENGTH);
    return equal(proof, hint.subarray(FINDER_LENGTH + TIME_LENGTH)) ? quarter : null;
  };
}

/** The hints that slots are. */
export function hintsIn(slots: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.floor(slots.length / HINT_LENGTH) }, (_, at) =>
    slots.subarray(at * HINT_LENGTH, (at + 1) * HINT_LENGTH),
  );
}

function startsAlike(hint: Uint8Array, x: Uint8Array): boolean {
  return equal(hint.subarray(0, FINDER_LENGTH), x.subarray(0, FINDER_LENGTH));
}

function readU32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0);
}
