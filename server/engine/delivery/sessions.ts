// The Double Ratchet sessions with all devices of contacts: read from disk when first needed, written with every step, forgotten
// when a write failed. One session with a device is current; replaced ones still receive for a while (protocol §4).
import type { ContactId } from '../../contract/ids.ts';
import { toHex, wipe } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { OLD_SESSION_MS, OLD_SESSIONS } from '../../protocol/limits.ts';
import { Session, type HelloSession, type SessionContext } from '../../protocol/session.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { devicesOf, type SessionPeer } from '../contacts/devices.ts';
import { idBytes } from '../contacts/roster.ts';
import { PeerMap } from '../links/peer-map.ts';

interface Held {
  readonly session: Session;
  readonly id: string;
  readonly role: 'current' | 'old';
  readonly since: number;
}

export interface SessionsOptions {
  readonly store: Store;
  readonly primitives: Primitives;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly ourIdentity: IdentityPublicKey;
}

export class Sessions {
  readonly #options: SessionsOptions;
  /** Current first, then old ones, newest first. */
  readonly #held = new PeerMap<readonly Held[]>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Drops what is in memory, of one contact or of all: the disk knows what was committed. */
  forget(contact?: ContactId): void {
    if (contact === undefined) this.#held.clear();
    else this.#held.forget(contact);
  }

  context(peer: SessionPeer): SessionContext {
    const { primitives, ourIdentity } = this.#options;
    return { primitives, ourIdentity, theirIdentity: peer.ik };
  }

  /** Hex id of the session we send in; null: none yet. */
  currentId(peer: SessionPeer): string | null {
    return this.#current(peer)?.id ?? null;
  }

  /** Is there a session with any device of theirs? */
  hasCurrent(contact: ContactRecord): boolean {
    return devicesOf(contact).some((device) => this.currentId(device) !== null);
  }

  /** What our HELLO says about the current session. */
  offer(peer: SessionPeer): HelloSession | null {
    const session = this.#current(peer)?.session;
    return session ? { id: session.id, sent: session.sent, received: session.received } : null;
  }

  /** Makes `session` the current one; inside a `journal.write`. */
  install(peer: SessionPeer, session: Session): string {
    const now = this.#options.clock.now();
    const id = toHex(session.id);
    const replaced = this.#load(peer).filter((held) => held.id !== id);
    const old = replaced.map((held): Held => (held.role === 'old' ? held : { ...held, role: 'old', since: now }));
    const kept = old.slice(0, OLD_SESSIONS).filter((held) => isAlive(held, now));
    for (const held of old) {
      if (kept.includes(held)) this.#save(peer, held);
      else this.#options.store.sessions.remove(peer.contact, peer.device, held.id);
    }
    const current: Held = { session, id, role: 'current', since: now };
    this.#save(peer, current);
    this.#held.set(peer, [current, ...kept]);
    return id;
  }

  /** The current session is not to be trusted any more: the next link makes a new one. Inside a `journal.write`. */
  retire(peer: SessionPeer): void {
    const now = this.#options.clock.now();
    const held = this.#load(peer).map((entry): Held =>
      entry.role === 'old' ? entry : { ...entry, role: 'old', since: now },
    );
    for (const entry of held) this.#save(peer, entry);
    this.#held.set(peer, held);
  }

  /** One step of the sending ratchet; inside a `journal.write`. @returns null when there is no session yet. */
  encrypt(peer: SessionPeer, messageId: string, content: Uint8Array): { session: string; envelope: Uint8Array } | null {
    const held = this.#current(peer);
    if (!held) return null;
    const { envelope, next } = held.session.encrypt(idBytes(messageId), content, this.#options.random);
    this.#replace(peer, held, next);
    return { session: held.id, envelope };
  }

  /**
   * One step of a receiving ratchet; inside a `journal.write`. One look decides whether the session is there: between
   * two, an old one may end.
   * @returns null when there is no such session, or no longer.
   * @throws ProtocolError when it cannot be decrypted; nothing has changed then.
   */
  decrypt(peer: SessionPeer, envelope: Envelope): Uint8Array | null {
    const held = this.#find(peer, envelope.sessionId);
    if (!held) return null;
    const { content, next } = held.session.decrypt(envelope, this.#options.random, this.#options.clock.now());
    this.#replace(peer, held, next);
    return content;
  }

  /**
   * Drops what has been kept too long, though nobody uses it: old sessions, and the keys of messages that never came.
   * Inside a `journal.write`.
   */
  tidy(peer: SessionPeer): void {
    const now = this.#options.clock.now();
    const held = this.#held.get(peer) ?? this.#read(peer);
    const kept = held.filter((entry) => isAlive(entry, now));
    const tidied = kept.map((entry): Held => {
      const session = entry.session.forgetStale(now);
      return session === entry.session ? entry : { ...entry, session };
    });
    for (const entry of held)
      if (!kept.includes(entry)) this.#options.store.sessions.remove(peer.contact, peer.device, entry.id);
    for (const entry of tidied) if (!held.includes(entry)) this.#save(peer, entry);
    if (this.#held.has(peer)) this.#held.set(peer, tidied);
  }

  #current(peer: SessionPeer): Held | undefined {
    return this.#load(peer).find((held) => held.role === 'current');
  }

  #find(peer: SessionPeer, sessionId: Uint8Array): Held | undefined {
    const id = toHex(sessionId);
    return this.#load(peer).find((held) => held.id === id && isAlive(held, this.#options.clock.now()));
  }

  #replace(peer: SessionPeer, held: Held, session: Session): void {
    const next: Held = { ...held, session };
    this.#save(peer, next);
    this.#held.set(
      peer,
      this.#load(peer).map((entry) => (entry.id === held.id ? next : entry)),
    );
  }

  #save(peer: SessionPeer, { session, id, role, since }: Held): void {
    // Of the steps within one transaction only the last is ever serialised.
    const record = {
      ...{ id, role, since },
      get state() {
        return session.serialize();
      },
    };
    this.#options.store.sessions.save(peer.contact, peer.device, record);
  }

  #load(peer: SessionPeer): readonly Held[] {
    const held = this.#held.get(peer) ?? this.#read(peer);
    this.#held.set(peer, held);
    return held;
  }

  #read(peer: SessionPeer): readonly Held[] {
    const context = this.context(peer);
    return this.#options.store.sessions
      .load(peer.contact, peer.device)
      .flatMap(({ state, ...facts }): Held[] => {
        const session = readSession(context, state);
        return session ? [{ session, ...facts }] : [];
      })
      .sort((a, b) => Number(b.role === 'current') - Number(a.role === 'current') || b.since - a.since);
  }
}

/** An old session ends after a while. One from the future is measured the other way round: the clock was wrong. */
function isAlive({ role, since }: Held, now: number): boolean {
  return role === 'current' || Math.abs(now - since) < OLD_SESSION_MS;
}

/** A state that cannot be read is as good as none: the next link makes a new session. */
function readSession(context: SessionContext, state: Uint8Array): Session | null {
  try {
    return Session.parse(context, state);
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  } finally {
    wipe(state);
  }
}
