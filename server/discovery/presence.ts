// Presence: how contacts recognise each other's adverts while strangers see noise. An advert carries a random label,
// a random nonce `n` and a keyed hash `h`; who holds the presence key can recompute `h`, nobody else can link two
// adverts of one profile. Two who have each other's token, but have not met, have no such key yet: for them an advert has
// slots, hashes under a key that only the two can make (SPEC §9). Knows no packets, no sockets; a match is a hint that
// only the handshake can confirm.
import { encodeBase32 } from '../crypto/base32.ts';
import { compare, concat, equal, u16, u32, utf8, wipe } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';
import type { MeetingKeys, PresenceKey } from './discovery.ts';

export type Hmac = Pick<Primitives, 'hmacSha256'>;

/** What an advert says about its sender. */
export interface PresenceClaim {
  readonly label: string;
  /** 8 bytes, `n` of the TXT record. */
  readonly nonce: Uint8Array;
  /** 16 bytes, `h` of the TXT record. */
  readonly hash: Uint8Array;
  /** The TCP port in the SRV record; `h` covers it. */
  readonly port: number;
  /** SLOTS_LENGTH bytes, `s` of the TXT record; left out: none were there. */
  readonly slots?: Uint8Array;
}

export type Verdict =
  | { readonly kind: 'contact'; readonly contact: string }
  | { readonly kind: 'stranger' }
  /** This second's hashing is used up: ask again. */
  | { readonly kind: 'later' };

export const NONCE_LENGTH = 8;
export const HASH_LENGTH = 16;
/** 64 bits: a slot met by chance is a dial that comes to nothing, once in the age of the sun. */
const SLOT_LENGTH = 8;
/** Always so many, in use or not: more than most people wait for at once, and a TXT string stays short. */
const SLOTS = 8;
export const SLOTS_LENGTH = SLOTS * SLOT_LENGTH;
/** 80 random bits: a collision by chance is out of the question, and the name fits a DNS label. */
const LABEL_BYTES = 10;
const LABEL = /^[a-z2-7]{16}$/;
/** Clocks that differ by less always match; from twice as much on they never do. */
export const QUARTER_HOUR = 15 * 60 * 1000;
const PURPOSE = utf8('loom/2 presence');
const MEETING = utf8('loom/2 meeting');
/** Answers kept: four times the adverts remembered, so that honest ones are never hashed twice. */
const MAX_ANSWERS = 1024;
/** About 50 ms of each second at most, whatever a flood sends: one advert costs three hashes per contact. */
const MAX_HASHES_PER_SECOND = 20_000;
/** Of these for adverts of one source: another's are judged in the same second, however many it makes up. */
const MAX_HASHES_PER_SOURCE = 5_000;
const STRANGER: Verdict = { kind: 'stranger' };
const LATER: Verdict = { kind: 'later' };

/** A random name: 80 bits as 16 characters of base32 in lower case. Never anything of the machine or its user. */
export function newLabel(random: (length: number) => Uint8Array): string {
  return encodeBase32(random(LABEL_BYTES)).toLowerCase();
}

export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/** @param now ms since 1970. */
export function quarterHour(now: number): number {
  return Math.floor(now / QUARTER_HOUR);
}

/** First 16 bytes of HMAC(key, "loom/2 presence" ‖ quarter-hour(u32) ‖ label ‖ n ‖ port(u16)). */
export function presenceHash(
  primitives: Hmac,
  key: Uint8Array,
  quarter: number,
  label: string,
  nonce: Uint8Array,
  port: number,
): Uint8Array {
  return primitives.hmacSha256(key, presenceMessage(quarter, label, nonce, port)).slice(0, HASH_LENGTH);
}

function presenceMessage(quarter: number, label: string, nonce: Uint8Array, port: number): Uint8Array {
  return concat(PURPOSE, u32(quarter), utf8(label), nonce, u16(port));
}

function meetingMessage(quarter: number, label: string, nonce: Uint8Array, port: number): Uint8Array {
  return concat(MEETING, u32(quarter), utf8(label), nonce, u16(port));
}

/**
 * All slots of an advert: for each of these keys the first 8 bytes of
 * HMAC(key, "loom/2 meeting" ‖ quarter-hour(u32) ‖ label ‖ n ‖ port(u16)), random bytes for the rest, in random order.
 * @param keys of the contacts whose turn it is; those over SLOTS get none.
 */
export function meetingSlots(
  primitives: Hmac,
  random: (length: number) => Uint8Array,
  keys: readonly Uint8Array[],
  claim: { readonly quarter: number; readonly label: string; readonly nonce: Uint8Array; readonly port: number },
): Uint8Array {
  const message = meetingMessage(claim.quarter, claim.label, claim.nonce, claim.port);
  const used = keys.slice(0, SLOTS).map((key) => primitives.hmacSha256(key, message).slice(0, SLOT_LENGTH));
  const unused = Array.from({ length: SLOTS - used.length }, () => random(SLOT_LENGTH));
  // Any order would do that does not tell how many there are, or who came first.
  const drawn = [...used, ...unused].map((slot) => ({ slot, place: random(SLOT_LENGTH) }));
  return concat(...drawn.sort((a, b) => compare(a.place, b.place)).map(({ slot }) => slot));
}

/** Those whose turn it is: of more contacts than slots, the next ones in each round. */
export function turnOf<T>(all: readonly T[], round: number): readonly T[] {
  if (all.length <= SLOTS) return all;
  const start = (round * SLOTS) % all.length;
  return [...all.slice(start), ...all.slice(0, start)].slice(0, SLOTS);
}

/** Contacts' presence keys, and whose an advert is. Keeps copies of the keys; `close` wipes them. */
export class PresenceBook {
  readonly #primitives: Hmac;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  /** What those we have not met say to us, by contact. */
  readonly #meetings: ReadonlyMap<string, Uint8Array>;
  /** Answers for `#quarter`; in order of asking. */
  readonly #answers = new Map<string, Verdict>();
  #quarter = -1;
  #second = -1;
  #hashes = 0;
  /** Of this second. */
  readonly #hashesBySource = new Map<string, number>();

  constructor(primitives: Hmac, contacts: readonly PresenceKey[], unmet: readonly MeetingKeys[] = []) {
    this.#primitives = primitives;
    this.#keys = new Map(contacts.map(({ contact, key }) => [contact, key.slice()]));
    this.#meetings = new Map(unmet.map(({ contact, theirs }) => [contact, theirs.slice()]));
  }

  /**
   * Tries the contacts' keys for this quarter-hour, the one before and the one after: clocks differ, and adverts live on
   * for a while. @param guess the contact to try first. @param source the address the advert came from.
   */
  match(claim: PresenceClaim, now: number, guess?: string, source?: string): Verdict {
    const quarter = quarterHour(now);
    if (quarter !== this.#quarter) {
      this.#quarter = quarter;
      this.#answers.clear();
    }
    const question = answerKey(claim);
    const known = this.#answers.get(question);
    if (known) return known;
    if (!this.#afford(now, source)) return LATER;
    const before = this.#hashes;
    const answer = this.#search(claim, quarter, guess);
    if (source !== undefined) this.#hashesBySource.set(source, this.#spentOn(source) + this.#hashes - before);
    this.#remember(question, answer);
    return answer;
  }

  /** Whether this very key is among them. */
  has({ contact, key }: PresenceKey): boolean {
    return equal(this.#keys.get(contact) ?? new Uint8Array(), key);
  }

  /** Whether this contact is looked for by these keys. */
  awaits({ contact, theirs }: MeetingKeys): boolean {
    return equal(this.#meetings.get(contact) ?? new Uint8Array(), theirs);
  }

  /** How many answers are kept at the moment. */
  get size(): number {
    return this.#answers.size;
  }

  close(): void {
    wipe(...this.#keys.values(), ...this.#meetings.values());
    this.#answers.clear();
  }

  #search(claim: PresenceClaim, quarter: number, guess: string | undefined): Verdict {
    const { label, nonce, port, hash, slots } = claim;
    const quarters = [quarter, quarter - 1, quarter + 1];
    const fits = this.#fits(
      quarters.map((each) => presenceMessage(each, label, nonce, port)),
      (mac) => equal(mac.subarray(0, HASH_LENGTH), hash),
    );
    if (guess !== undefined && fits(this.#keys.get(guess))) return { kind: 'contact', contact: guess };
    for (const [contact, key] of this.#keys) if (fits(key)) return { kind: 'contact', contact };
    if (slots === undefined) return STRANGER;
    const meets = this.#fits(
      quarters.map((each) => meetingMessage(each, label, nonce, port)),
      (mac) => hasSlot(slots, mac.subarray(0, SLOT_LENGTH)),
    );
    for (const [contact, key] of this.#meetings) if (meets(key)) return { kind: 'contact', contact };
    return STRANGER;
  }

  /** Counts the hashes it costs. */
  #fits(
    messages: readonly Uint8Array[],
    holds: (mac: Uint8Array) => boolean,
  ): (key: Uint8Array | undefined) => boolean {
    return (key) =>
      key !== undefined &&
      messages.some((message) => {
        this.#hashes += 1;
        return holds(this.#primitives.hmacSha256(key, message));
      });
  }

  #spentOn(source: string): number {
    return this.#hashesBySource.get(source) ?? 0;
  }

  #afford(now: number, source: string | undefined): boolean {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#hashes = 0;
      this.#hashesBySource.clear();
    }
    if (source !== undefined && this.#spentOn(source) >= MAX_HASHES_PER_SOURCE) return false;
    return this.#hashes < MAX_HASHES_PER_SECOND;
  }

  #remember(question: string, answer: Verdict): void {
    if (this.#answers.size >= MAX_ANSWERS) {
      for (const oldest of this.#answers.keys()) {
        this.#answers.delete(oldest);
        break;
      }
    }
    this.#answers.set(question, answer);
  }
}

/** Every field of the claim, so that one answer never serves another. */
function answerKey({ label, nonce, hash, port, slots }: PresenceClaim): string {
  const parts = [hash, nonce, slots ?? new Uint8Array()].map((bytes) => Buffer.from(bytes).toString('base64url'));
  return `${parts.join('/')}/${label}/${port}`;
}

function hasSlot(slots: Uint8Array, wanted: Uint8Array): boolean {
  for (let at = 0; at < slots.length; at += SLOT_LENGTH) {
    if (equal(slots.subarray(at, at + SLOT_LENGTH), wanted)) return true;
  }
  return false;
}
