// Presence: how contacts recognise each other's adverts while strangers see noise. An advert carries a random label,
// a random nonce `n` and a hint `h`; with the presence key one recognises it, without it one can't link two adverts of one
// profile. Two who have each other's token, but have not met, have no such key yet: for them an advert has slots, hints
// under a key that only the two can make (SPEC §9). A hint is recognised whatever the clocks say, and tells who
// recognises it what time it was at its sender's. Knows no packets, no sockets; a match only the handshake can confirm.
import { encodeBase32 } from '../crypto/base32.ts';
import { equal, wipe } from '../crypto/bytes.ts';
import type { RendezvousKeys, PresenceKey } from './discovery.ts';
import { MEETING, PRESENCE, hintReader, hintsIn } from './hint.ts';
import type { Hmac, Place, Purpose } from './hint.ts';

/** What an advert says about its sender. */
export interface PresenceClaim extends Place {
  /** HINT_LENGTH bytes, `h` of the TXT record. */
  readonly hint: Uint8Array;
  /** SLOTS_LENGTH bytes, `s` of the TXT record; left out: none were there. */
  readonly slots?: Uint8Array;
}

export type Verdict =
  /** `quarter`: the quarter-hour at the sender's when the advert was made, by the sender's clock. */
  | { readonly kind: 'contact'; readonly contact: string; readonly quarter: number }
  | { readonly kind: 'stranger' }
  /** This second's hashing is used up: ask again. */
  | { readonly kind: 'later' };

/** 80 random bits: a collision by chance is out of the question, and the name fits a DNS label. */
const LABEL_BYTES = 10;
const LABEL = /^[a-z2-7]{16}$/;
/** Answers kept: four times the adverts remembered, so that honest ones are never hashed twice. */
const MAX_ANSWERS = 1024;
/** About 50 ms of each second at most, whatever a flood sends: one advert costs one hash per contact. */
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

/** Contacts' presence keys, and whose an advert is. Keeps copies of the keys; `close` wipes them. */
export class PresenceMatcher {
  readonly #primitives: Hmac;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  /** What those we have not met say to us, by contact. */
  readonly #meetings: ReadonlyMap<string, Uint8Array>;
  /** In order of asking. */
  readonly #answers = new Map<string, Verdict>();
  #second = -1;
  #hashes = 0;
  /** Of this second. */
  readonly #hashesBySource = new Map<string, number>();

  constructor(primitives: Hmac, contacts: readonly PresenceKey[], unmet: readonly RendezvousKeys[] = []) {
    this.#primitives = primitives;
    this.#keys = new Map(contacts.map(({ contact, key }) => [contact, key.slice()]));
    this.#meetings = new Map(unmet.map(({ contact, theirs }) => [contact, theirs.slice()]));
  }

  /**
   * Tries the contacts' keys. @param guess the contact to try first. @param source the address the advert came from.
   * @param now of the hashing that may be done in a second; what an advert says of time is for others to judge.
   */
  match(claim: PresenceClaim, now: number, guess?: string, source?: string): Verdict {
    const question = answerKey(claim);
    const known = this.#answers.get(question);
    if (known) return known;
    if (!this.#afford(now, source)) return LATER;
    const before = this.#hashes;
    const answer = this.#search(claim, guess);
    if (source !== undefined) this.#hashesBySource.set(source, this.#spentOn(source) + this.#hashes - before);
    this.#remember(question, answer);
    return answer;
  }

  /** From now on this claim is void: its sender would have renewed it. */
  disown(claim: PresenceClaim): void {
    this.#remember(answerKey(claim), STRANGER);
  }

  /** Whether this very key is among them. */
  has({ contact, key }: PresenceKey): boolean {
    return equal(this.#keys.get(contact) ?? new Uint8Array(), key);
  }

  /** Whether this contact is looked for by these keys. */
  awaits({ contact, theirs }: RendezvousKeys): boolean {
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

  #search(claim: PresenceClaim, guess: string | undefined): Verdict {
    const { hint, slots } = claim;
    const found = this.#readerOf(claim, PRESENCE, [hint]);
    const guessed = guess === undefined ? undefined : this.#keys.get(guess);
    const first = guessed && found(guessed);
    if (guess !== undefined && typeof first === 'number') return { kind: 'contact', contact: guess, quarter: first };
    return (
      firstOf(this.#keys, found) ??
      (slots && firstOf(this.#meetings, this.#readerOf(claim, MEETING, hintsIn(slots)))) ??
      STRANGER
    );
  }

  #readerOf(place: Place, purpose: Purpose, hints: readonly Uint8Array[]): (key: Uint8Array) => number | null {
    return hintReader(place, purpose, hints, (key, data) => {
      this.#hashes += 1;
      return this.#primitives.hmacSha256(key, data);
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

function firstOf(
  keys: ReadonlyMap<string, Uint8Array>,
  read: (key: Uint8Array) => number | null,
): Extract<Verdict, { kind: 'contact' }> | undefined {
  for (const [contact, key] of keys) {
    const quarter = read(key);
    if (quarter !== null) return { kind: 'contact', contact, quarter };
  }
  return undefined;
}

/** Every field of the claim, so that one answer never serves another. */
function answerKey({ label, nonce, hint, port, slots }: PresenceClaim): string {
  const parts = [hint, nonce, slots ?? new Uint8Array()].map((bytes) => Buffer.from(bytes).toString('base64url'));
  return `${parts.join('/')}/${label}/${port}`;
}
