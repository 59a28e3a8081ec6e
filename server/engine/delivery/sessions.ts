// The Double Ratchet sessions of all contacts: read from disk when first needed, written with every step, forgotten when
// a write failed. One session of a contact is current; replaced ones still receive for a while (protocol §4).
import type { ContactId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { OLD_SESSION_MS, OLD_SESSIONS } from '../../protocol/limits.ts';
import { Session, type HelloSession, type SessionContext } from '../../protocol/session.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { idBytes } from '../contacts/roster.ts';

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
  /** Current first, then old ones, newest first; by contact. */
  readonly #held = new Map<ContactId, readonly Held[]>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Drops what is in memory: the disk knows what was committed. */
  forget(contact?: ContactId): void {
    if (contact === undefined) this.#held.clear();
    else this.#held.delete(contact);
  }

  context(contact: ContactRecord): SessionContext {
    const { primitives, ourIdentity } = this.#options;
    return { primitives, ourIdentity, theirIdentity: contact.ik };
  }

  /** Hex id of the session we send in; null: none yet. */
  currentId(contact: ContactRecord): string | null {
    return this.#current(contact)?.id ?? null;
  }

  /** What our HELLO says about the current session. */
  offer(contact: ContactRecord): HelloSession | null {
    const session = this.#current(contact)?.session;
    return session ? { id: session.id, sent: session.sent, received: session.received } : null;
  }

  /** Makes `session` the current one; inside a `journal.write`. */
  install(contact: ContactRecord, session: Session): string {
    const now = this.#options.clock.now();
    const id = toHex(session.id);
    const replaced = this.#load(contact).filter((held) => held.id !== id);
    const old = replaced.map((held): Held => (held.role === 'old' ? held : { ...held, role: 'old', since: now }));
    const kept = old.slice(0, OLD_SESSIONS).filter((held) => isAlive(held, now));
    for (const held of old) {
      if (kept.includes(held)) this.#save(contact, held);
      else this.#options.store.sessions.remove(contact.id, contact.device, held.id);
    }
    const current: Held = { session, id, role: 'current', since: now };
    this.#save(contact, current);
    this.#held.set(contact.id, [current, ...kept]);
    return id;
  }

  /** The current session is not to be trusted any more: the next link makes a new one. Inside a `journal.write`. */
  retire(contact: ContactRecord): void {
    const now = this.#options.clock.now();
    const held = this.#load(contact).map((entry): Held =>
      entry.role === 'old' ? entry : { ...entry, role: 'old', since: now },
    );
    for (const entry of held) this.#save(contact, entry);
    this.#held.set(contact.id, held);
  }

  /** One step of the sending ratchet; inside a `journal.write`. @returns null when there is no session yet. */
  encrypt(
    contact: ContactRecord,
    messageId: string,
    content: Uint8Array,
  ): { session: string; envelope: Uint8Array } | null {
    const held = this.#current(contact);
    if (!held) return null;
    const { envelope, next } = held.session.encrypt(idBytes(messageId), content, this.#options.random);
    this.#replace(contact, held, next);
    return { session: held.id, envelope };
  }

  /**
   * One step of a receiving ratchet; inside a `journal.write`. One look decides whether the session is there: between
   * two, an old one may end.
   * @returns null when there is no such session, or no longer.
   * @throws ProtocolError when it cannot be decrypted; nothing has changed then.
   */
  decrypt(contact: ContactRecord, envelope: Envelope): Uint8Array | null {
    const held = this.#find(contact, envelope.sessionId);
    if (!held) return null;
    const { content, next } = held.session.decrypt(envelope, this.#options.random, this.#options.clock.now());
    this.#replace(contact, held, next);
    return content;
  }

  /**
   * Drops what has been kept too long, though nobody uses it: old sessions, and the keys of messages that never came.
   * Inside a `journal.write`.
   */
  tidy(contact: ContactRecord): void {
    const now = this.#options.clock.now();
    const held = this.#held.get(contact.id) ?? this.#read(contact);
    const kept = held.filter((entry) => isAlive(entry, now));
    const tidied = kept.map((entry): Held => {
      const session = entry.session.forgetStale(now);
      return session === entry.session ? entry : { ...entry, session };
    });
    for (const entry of held)
      if (!kept.includes(entry)) this.#options.store.sessions.remove(contact.id, contact.device, entry.id);
    for (const entry of tidied) if (!held.includes(entry)) this.#save(contact, entry);
    if (this.#held.has(contact.id)) this.#held.set(contact.id, tidied);
  }

  #current(contact: ContactRecord): Held | undefined {
    return this.#load(contact).find((held) => held.role === 'current');
  }

  #find(contact: ContactRecord, sessionId: Uint8Array): Held | undefined {
    const id = toHex(sessionId);
    return this.#load(contact).find((held) => held.id === id && isAlive(held, this.#options.clock.now()));
  }

  #replace(contact: ContactRecord, held: Held, session: Session): void {
    const next: Held = { ...held, session };
    this.#save(contact, next);
    this.#held.set(
      contact.id,
      this.#load(contact).map((entry) => (entry.id === held.id ? next : entry)),
    );
  }

  #save(contact: ContactRecord, { session, id, role, since }: Held): void {
    // Of the steps within one transaction only the last is ever serialised.
    const record = {
      ...{ id, role, since },
      get state() {
        return session.serialize();
      },
    };
    this.#options.store.sessions.save(contact.id, contact.device, record);
  }

  #load(contact: ContactRecord): readonly Held[] {
    const held = this.#held.get(contact.id) ?? this.#read(contact);
    this.#held.set(contact.id, held);
    return held;
  }

  #read(contact: ContactRecord): readonly Held[] {
    const context = this.context(contact);
    return this.#options.store.sessions
      .load(contact.id, contact.device)
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
  }
}
