// Who may use the local door (W6, W8): single-use codes, and the sessions they are exchanged for. All of it lives in
// memory and ends with the process.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../engine/clock.ts';
import {
  CODE_OPENED_MS,
  CODE_PRINTED_MS,
  CODES_OPEN,
  FAILURES_MS,
  FAILURES_PAUSE,
  FAILURES_VOID,
  SESSIONS,
} from './limits.ts';
import { clientProof } from './proof.ts';

/** `opened`: we hand it to the browser ourselves. `printed`: a person carries it. */
export type CodeLifetime = 'opened' | 'printed';

/** What a tab keeps: 16 and 32 random bytes as lower-case hex. */
export interface SessionSecret {
  readonly sid: string;
  readonly key: string;
}

/** What a page sends to prove its session: hex, as `SessionSecret`, and the proof of `clientProof`. */
export interface PageProof {
  readonly sid: string;
  readonly nc: string;
  readonly mac: string;
}

/** A session whose key a page has just proven. */
export interface ProvenSession {
  readonly key: Uint8Array;
  /** Calls `end` once when the session is revoked. @returns a function that stops watching. */
  readonly whenRevoked: (end: () => void) => () => void;
}

interface Code {
  readonly hash: Uint8Array;
  readonly expires: number;
}

interface Session {
  readonly key: Buffer;
  readonly watchers: Set<() => void>;
}

export class Access {
  readonly #clock: Clock;
  /** Stands in for the key of a session that is not there, so that asking for one takes as long. */
  readonly #decoy = randomBytes(32);
  /** In the order of their last use. */
  readonly #sessions = new Map<string, Session>();
  /** Oldest first. */
  #codes: Code[] = [];
  /** When wrong codes came, within the last minute. */
  #failures: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns 128 random bits as 22 characters of base64url, good for one `redeem`. */
  mintCode(lifetime: CodeLifetime): string {
    const code = randomBytes(16).toString('base64url');
    const expires = this.#clock.monotonic() + (lifetime === 'opened' ? CODE_OPENED_MS : CODE_PRINTED_MS);
    this.#codes = [...this.#openCodes(), { hash: hashOf(code), expires }].slice(-CODES_OPEN);
    return code;
  }

  /** True while too many wrong codes came within a minute: nobody gets in. */
  get paused(): boolean {
    return this.#recentFailures().length >= FAILURES_PAUSE;
  }

  /**
   * Exchanges a code for a session, once.
   * @returns null when the code is wrong, used, too old or void, or while logins pause (the code then stays good).
   */
  redeem(code: string): SessionSecret | null {
    const hash = hashOf(code);
    const open = this.#openCodes();
    // Every code is compared to its end: neither which nor how much of one matches shows in the time.
    const rest = open.filter((candidate) => !timingSafeEqual(candidate.hash, hash));
    if (rest.length === open.length) {
      this.#countFailure();
      return null;
    }
    if (this.paused) return null;
    this.#codes = rest;
    return this.#openSession();
  }

  /**
   * Checks a page's proof over the nonce `ns` that it was sent.
   * @returns null when the session is unknown or the proof wrong; both take the same time.
   */
  prove(proof: PageProof, ns: Uint8Array, origin: string): ProvenSession | null {
    const session = this.#sessions.get(proof.sid);
    const expected = clientProof(session?.key ?? this.#decoy, ns, Buffer.from(proof.nc, 'hex'), origin);
    const given = Buffer.from(proof.mac, 'hex');
    const matches = given.length === expected.length && timingSafeEqual(given, expected);
    if (!matches || !session) return null;
    this.#sessions.delete(proof.sid);
    this.#sessions.set(proof.sid, session);
    return {
      key: session.key,
      whenRevoked: (end) => {
        session.watchers.add(end);
        return () => session.watchers.delete(end);
      },
    };
  }

  /** Ends every session, which closes its sockets, and voids every code. */
  revokeAll(): void {
    this.#codes = [];
    for (const sid of [...this.#sessions.keys()]) this.#revoke(sid);
  }

  #openCodes(): Code[] {
    const now = this.#clock.monotonic();
    return this.#codes.filter((code) => now < code.expires);
  }

  #recentFailures(): number[] {
    const since = this.#clock.monotonic() - FAILURES_MS;
    return this.#failures.filter((at) => at > since);
  }

  #countFailure(): void {
    // Kept to as many as the rules can tell apart: a flood of wrong codes costs no memory.
    this.#failures = [...this.#recentFailures(), this.#clock.monotonic()].slice(-FAILURES_VOID);
    if (this.#failures.length >= FAILURES_VOID) this.#codes = [];
  }

  #openSession(): SessionSecret {
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size >= SESSIONS && !oldest.done) this.#revoke(oldest.value);
    const sid = randomBytes(16).toString('hex');
    const key = randomBytes(32);
    this.#sessions.set(sid, { key, watchers: new Set() });
    return { sid, key: key.toString('hex') };
  }

  #revoke(sid: string): void {
    const session = this.#sessions.get(sid);
    if (!session) return;
    this.#sessions.delete(sid);
    for (const end of [...session.watchers]) end();
    session.key.fill(0);
  }
}

function hashOf(code: string): Uint8Array {
  return createHash('sha256').update(code).digest();
}
