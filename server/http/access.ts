// Who may use the local door (W6, W8): single-use codes, and the sessions they are exchanged for. Codes end with the
// process. Sessions outlive an end that nobody asked for, by an hour (kept-sessions.ts); not `stop`, and not locking.
//
// Whoever had our port meanwhile may have read a session out of a tab that was loaded again. So one that comes back opens
// the door only to the page that was there all the time, which shows its keepsake. Of a locked profile it is good for
// unlocking and nothing else, like any from before the lock.
//
// A wrong code costs nothing but its answer: 128 random bits are not guessed, and whatever wrong codes led to, others on
// this computer could bring about to keep the owner out. A session that no tab is connected by ends after a day.
//
// Locking the profile voids the codes. Sessions stay, since a tab has to be able to unlock, but are good for nothing
// else (`lock-watch.ts`), and unlocking ends them: what was copied from a tab before or while it was locked opens
// nothing afterwards.
//
//   good ──lock──▶ before the lock ──unlocked by another, or by the command line──▶ gone
//     └──unlocked by its own socket─┴──▶ spent: that socket alone goes on ──renew──▶ another session, good
//   returned ──its page, with the keepsake──▶ good
//
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../timing/clock.ts';
import { keepNothing } from './kept-sessions.ts';
import type { SessionKeeper } from './kept-sessions.ts';
import { CODE_OPENED_MS, CODE_PRINTED_MS, CODES_OPEN, DISTRUST_MS, SESSION_IDLE_MS, SESSIONS } from './limits.ts';
import { clientKeepsakeProof, clientProof, keepsakeOf } from './proof.ts';

/** `opened`: we hand it to the browser ourselves, or one tab to another. `printed`: a person carries it. */
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
  /** Of the session it was in by before, perhaps this one: the proof of `clientKeepsakeProof`. */
  readonly before?: { readonly sid: string; readonly mac: string } | undefined;
}

/** A session whose key a page has just proven. */
export interface ProvenSession {
  readonly key: Uint8Array;
  /** For the page's memory alone. */
  readonly keepsake: Buffer;
  /** The one that it has shown, of this session or an earlier one; null: none. */
  readonly before: Buffer | null;
  /** Calls `end` once when the session is revoked. @returns a function that stops watching. */
  readonly whenRevoked: (end: () => void) => () => void;
}

interface Code {
  readonly hash: Uint8Array;
  readonly lifetime: CodeLifetime;
  readonly expires: number;
  readonly onRedeemed: () => void;
}

interface Session {
  readonly key: Buffer;
  /** Its open sockets, and how each is told to end. */
  readonly watchers: Map<ProvenSession, () => void>;
  readonly since: number;
  /** When its last socket closed; until its first, when it began. Monotonic ms. */
  idleSince: number;
  stage: 'good' | 'returned' | 'before the lock' | 'spent';
}

export class Access {
  readonly #clock: Clock;
  readonly #keeper: SessionKeeper;
  /** Stands in for the key of a session that is not there, so that asking for one takes as long. */
  readonly #decoy = randomBytes(32);
  /** In the order of their last use. */
  readonly #sessions = new Map<string, Session>();
  /** Oldest first. */
  #codes: Code[] = [];
  /** Not before it is known what there was, nor while locked, nor once they are to end with the process. */
  #keeps = false;
  #restored = false;

  constructor(clock: Clock, keeper: SessionKeeper = keepNothing()) {
    this.#clock = clock;
    this.#keeper = keeper;
  }

  /** At the start, before anybody is let in: the sessions of a process that ended without being told to. */
  restore(locked: boolean): void {
    const [now, running] = [this.#clock.now(), this.#clock.monotonic()];
    for (const { sid, key, usedAt } of this.#keeper.load()) {
      const stage = locked ? 'before the lock' : 'returned';
      const idleSince = running - Math.max(0, now - usedAt);
      this.#sessions.set(sid, { key: Buffer.from(key, 'hex'), watchers: new Map(), since: running, idleSince, stage });
    }
    this.#restored = true;
    this.opened();
  }

  /** The process was told to end, say: no session outlives it. */
  end(): void {
    this.#keeps = false;
    this.#keeper.forget();
  }

  /** @returns 128 random bits as 22 characters of base64url, good for one `redeem`, which is told to `onRedeemed`. */
  mintCode(lifetime: CodeLifetime, onRedeemed: () => void = () => undefined): string {
    const code = randomBytes(16).toString('base64url');
    const expires = this.#clock.monotonic() + (lifetime === 'opened' ? CODE_OPENED_MS : CODE_PRINTED_MS);
    this.#codes = [...this.#openCodes(), { hash: hashOf(code), lifetime, expires, onRedeemed }].slice(-CODES_OPEN);
    return code;
  }

  /**
   * Exchanges a code for a session, once.
   * @param launch the page says that our own launch led to it: a printed code then stays good, and opens nothing.
   * @returns null when the code is wrong, used, too old or void.
   */
  redeem(code: string, launch = false): SessionSecret | null {
    const hash = hashOf(code);
    const open = this.#openCodes();
    // Every code is compared to its end: neither which nor how much of one matches shows in the time.
    const matching = open.filter((candidate) => timingSafeEqual(candidate.hash, hash));
    const [found] = matching;
    if (!found || (launch && found.lifetime !== 'opened')) return null;
    this.#codes = open.filter((candidate) => candidate !== found);
    found.onRedeemed();
    return this.#openSession();
  }

  /**
   * Checks a page's proof over the nonce `ns` that it was sent.
   * @returns null when the session is unknown or the proof wrong; both take the same time.
   */
  prove(proof: PageProof, ns: Uint8Array, origin: string): ProvenSession | null {
    this.#endIdle();
    const session = this.#sessions.get(proof.sid);
    const expected = clientProof(session?.key ?? this.#decoy, ns, Buffer.from(proof.nc, 'hex'), origin);
    const matches = isEqual(Buffer.from(proof.mac, 'hex'), expected);
    if (!matches || !session || session.stage === 'spent') return null;
    const before = this.#shownKeepsake(proof, ns, origin);
    if (session.stage === 'returned') {
      if (before === null) return null;
      session.stage = 'good';
    }
    this.#sessions.delete(proof.sid);
    this.#sessions.set(proof.sid, session);
    return this.#watched(proof.sid, session, before);
  }

  /** By which a page shows that we let it in before; null: it shows none. */
  #shownKeepsake({ nc, before }: PageProof, ns: Uint8Array, origin: string): Buffer | null {
    if (!before) return null;
    const keepsake = keepsakeOf(this.#keeper.secret, before.sid);
    const expected = clientKeepsakeProof(keepsake, ns, Buffer.from(nc, 'hex'), origin);
    return isEqual(Buffer.from(before.mac, 'hex'), expected) ? keepsake : null;
  }

  #watched(sid: string, session: Session, before: Buffer | null): ProvenSession {
    const proven: ProvenSession = {
      key: session.key,
      keepsake: keepsakeOf(this.#keeper.secret, sid),
      before,
      whenRevoked: (end) => {
        session.watchers.set(proven, end);
        this.#keep();
        return () => {
          session.watchers.delete(proven);
          session.idleSince = this.#clock.monotonic();
          this.#keep();
        };
      },
    };
    return proven;
  }

  /** The profile was locked: voids every code, and marks every session. */
  locked(): void {
    this.#codes = [];
    for (const session of this.#sessions.values()) session.stage = 'before the lock';
    this.end();
  }

  /** The profile was destroyed: no file of it stays, and none comes until there is another. */
  wiped(): void {
    this.end();
  }

  /** There is a profile, and nothing had to be unlocked. */
  opened(): void {
    this.#keeps = this.#restored;
    this.#keep();
  }

  /**
   * The profile was unlocked. By a tab: every session ends, and of its own that socket alone goes on, until `renew`.
   * By the command line (null): every session from before the lock ends. Those opened since came by a code that only
   * the command line gives out while locked, and stay.
   */
  unlocked(by: ProvenSession | null): void {
    for (const [sid, session] of [...this.#sessions]) {
      if (by !== null && session.watchers.has(by)) {
        session.stage = 'spent';
        const others = [...session.watchers].filter(([proven]) => proven !== by);
        for (const [proven, end] of others) {
          session.watchers.delete(proven);
          end();
        }
      } else if (by !== null || session.stage !== 'good') this.#revoke(sid);
    }
    this.opened();
  }

  /** A session in place of the spent one of this socket; null when it is not spent. */
  renew(by: ProvenSession): SessionSecret | null {
    for (const [sid, session] of this.#sessions) {
      if (session.stage !== 'spent' || !session.watchers.has(by)) continue;
      this.#sessions.delete(sid);
      session.key.fill(0);
      return this.#openSession(session.watchers);
    }
    return null;
  }

  /** A code may have been seen by others: voids all, and ends the sessions of the last minute. */
  distrust(): void {
    this.#codes = [];
    const since = this.#clock.monotonic() - DISTRUST_MS;
    for (const [sid, session] of [...this.#sessions]) if (session.since > since) this.#revoke(sid);
  }

  #openCodes(): Code[] {
    const now = this.#clock.monotonic();
    return this.#codes.filter((code) => now < code.expires);
  }

  /** Looked at when a session is wanted: a timer would keep the process from its end. */
  #endIdle(): void {
    const since = this.#clock.monotonic() - SESSION_IDLE_MS;
    for (const [sid, { watchers, idleSince }] of [...this.#sessions])
      if (watchers.size === 0 && idleSince <= since) this.#revoke(sid);
  }

  #openSession(watchers: Session['watchers'] = new Map()): SessionSecret {
    this.#endIdle();
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size >= SESSIONS && !oldest.done) this.#revoke(oldest.value);
    const sid = randomBytes(16).toString('hex');
    const key = randomBytes(32);
    const now = this.#clock.monotonic();
    this.#sessions.set(sid, { key, watchers, since: now, idleSince: now, stage: 'good' });
    this.#keep();
    return { sid, key: key.toString('hex') };
  }

  #keep(): void {
    if (!this.#keeps) return;
    const [now, running] = [this.#clock.now(), this.#clock.monotonic()];
    const kept = [...this.#sessions].filter(([, { stage }]) => stage !== 'spent');
    this.#keeper.save(
      kept.map(([sid, { key, watchers, idleSince }]) => ({
        sid,
        key: key.toString('hex'),
        usedAt: watchers.size > 0 ? null : Math.max(0, now - (running - idleSince)),
      })),
    );
  }

  #revoke(sid: string): void {
    const session = this.#sessions.get(sid);
    if (!session) return;
    this.#sessions.delete(sid);
    for (const end of [...session.watchers.values()]) end();
    session.key.fill(0);
    this.#keep();
  }
}

function isEqual(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function hashOf(code: string): Uint8Array {
  return createHash('sha256').update(code).digest();
}
