// Presence: how contacts recognise each other's adverts while strangers see noise. An advert carries a random label,
// a random nonce `n` and a keyed hash `h`; who holds the presence key can recompute `h`, nobody else can link two
// adverts of one profile. Knows no packets, no sockets; a match is a hint that only the handshake can confirm.
import { encodeBase32 } from '../crypto/base32.ts';
import { concat, equal, u16, u32, utf8, wipe } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';
import type { PresenceKey } from './discovery.ts';

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
}

export type Verdict =
  | { readonly kind: 'contact'; readonly contact: string }
  | { readonly kind: 'stranger' }
  /** This second's hashing is used up: ask again. */
  | { readonly kind: 'later' };

export const NONCE_LENGTH = 8;
export const HASH_LENGTH = 16;
/** 80 random bits: a collision by chance is out of the question, and the name fits a DNS label. */
const LABEL_BYTES = 10;
const LABEL = /^[a-z2-7]{16}$/;
const QUARTER_HOUR = 15 * 60 * 1000;
const PURPOSE = utf8('loom/2 presence');
/** Answers kept: four times the adverts remembered, so that honest ones are never hashed twice. */
const MAX_ANSWERS = 1024;
/** About 50 ms of each second at most, whatever a flood sends: one advert costs three hashes per contact. */
const MAX_HASHES_PER_SECOND = 20_000;
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

/** Contacts' presence keys, and whose an advert is. Keeps copies of the keys; `close` wipes them. */
export class PresenceBook {
  readonly #primitives: Hmac;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  /** Answers for `#quarter`; in order of asking. */
  readonly #answers = new Map<string, Verdict>();
  #quarter = -1;
  #second = -1;
  #hashes = 0;

  constructor(primitives: Hmac, contacts: readonly PresenceKey[]) {
    this.#primitives = primitives;
    this.#keys = new Map(contacts.map(({ contact, key }) => [contact, key.slice()]));
  }

  /**
   * Tries the contacts' keys for this quarter-hour, the one before and the one after: clocks differ, and adverts live on
   * for a while. @param guess the contact to try first.
   */
  match(claim: PresenceClaim, now: number, guess?: string): Verdict {
    const quarter = quarterHour(now);
    if (quarter !== this.#quarter) {
      this.#quarter = quarter;
      this.#answers.clear();
    }
    const question = answerKey(claim);
    const known = this.#answers.get(question);
    if (known) return known;
    if (!this.#afford(now)) return LATER;
    const answer = this.#search(claim, quarter, guess);
    this.#remember(question, answer);
    return answer;
  }

  /** Whether this very key is among them. */
  has({ contact, key }: PresenceKey): boolean {
    return equal(this.#keys.get(contact) ?? new Uint8Array(), key);
  }

  /** How many answers are kept at the moment. */
  get size(): number {
    return this.#answers.size;
  }

  close(): void {
    wipe(...this.#keys.values());
    this.#answers.clear();
  }

  #search({ label, nonce, port, hash }: PresenceClaim, quarter: number, guess: string | undefined): Verdict {
    const messages = [quarter, quarter - 1, quarter + 1].map((each) => presenceMessage(each, label, nonce, port));
    const fits = (key: Uint8Array | undefined): boolean =>
      key !== undefined &&
      messages.some((message) => {
        this.#hashes += 1;
        return equal(this.#primitives.hmacSha256(key, message).subarray(0, HASH_LENGTH), hash);
      });
    if (guess !== undefined && fits(this.#keys.get(guess))) return { kind: 'contact', contact: guess };
    for (const [contact, key] of this.#keys) if (fits(key)) return { kind: 'contact', contact };
    return STRANGER;
  }

  #afford(now: number): boolean {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#hashes = 0;
    }
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
function answerKey({ label, nonce, hash, port }: PresenceClaim): string {
  return `${Buffer.from(hash).toString('base64url')}/${Buffer.from(nonce).toString('base64url')}/${label}/${port}`;
}
