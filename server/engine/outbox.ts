// What we send: written first, then carried by the contact's line until their disk has it (protocol §5).
//
//   send ─▶ one transaction {number, message, ratchet step, envelope} ─▶ durable ─▶ line ─▶ ACK ─▶ out of the outbox
//
// A line that opens carries everything that waits, in order, in batches; once it has caught up, new messages go straight
// from their commit to the wire. Envelopes of another session are encrypted anew on the way.
import { CommandError } from '../contract/errors.ts';
import { equal, toHex } from '../crypto/bytes.ts';
import { encodeContent, type Content } from '../protocol/content.ts';
import { NACK, RECORD } from '../protocol/records.ts';
import type { ContactRecord } from '../storage/contacts.ts';
import { StorageError } from '../storage/errors.ts';
import type { MessageRecord } from '../storage/message-record.ts';
import type { OutboxFacts, OutboxRow } from '../storage/outbox.ts';
import type { Store } from '../storage/profile-store.ts';
import type { Clock } from './clock.ts';
import { detached } from './detached.ts';
import type { Line } from './line.ts';
import { randomId, type Roster } from './roster.ts';
import type { Sessions } from './sessions.ts';

/** Envelopes read from disk and handed to a line at once. */
const BATCH = 64;

/** A line whose network has not taken this much yet is given no more. */
const BACKLOG_BYTES = 1024 * 1024;

/** What a line remembers of what it has sent: more than the network holds, some megabytes of memory. */
const FLYING = 20_000;

/** After so many refusals of one message the session itself is taken to be broken. */
const REFUSALS = 2;

export interface OutboxListener {
  onStored(message: MessageRecord, content: Content): void;
  onState(contact: string, id: string, state: 'queued' | 'sent' | 'delivered'): void;
}

export interface OutboxOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly lineOf: (contact: string) => Line | null;
  readonly listener: OutboxListener;
}

interface Composed {
  readonly message: MessageRecord;
  readonly content: Content;
  readonly row: OutboxRow;
}

export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Stores a text and sends it when there is a line. Resolves once it is on our disk.
   * @param given its id: repeated with the same body, it sends nothing again. Left out, it gets a fresh one.
   * @throws CommandError message-id-taken.
   */
  async sendText(contact: string, body: string, given?: string): Promise<MessageRecord> {
    const { store, clock, random } = this.#options;
    const [at, id] = [clock.now(), given ?? randomId(random)];
    const written = await store.journal.write(() => {
      const known = given !== undefined && store.messages.has(contact, 'out', id);
      if (known) return { message: this.#read(contact, id), fresh: false } as const;
      return { ...this.#compose(contact, id, { t: 'text', body, at, seq: 0 }, 'queued'), fresh: true } as const;
    });
    if (!written.fresh) {
      if (!isText(written.message, body)) throw new CommandError('message-id-taken', 'another message has this id');
      return written.message;
    }
    this.#stored(written);
    return written.message;
  }

  /** Tells one contact of another. */
  async introduce(
    contact: string,
    { ik, staticKey, name }: Pick<ContactRecord, 'ik' | 'staticKey' | 'name'>,
  ): Promise<void> {
    const { store, clock, random } = this.#options;
    const written = await store.journal.write(() => {
      const content: Content = { t: 'introduce', ik, sk: staticKey, name, at: clock.now(), seq: 0 };
      return this.#compose(contact, randomId(random), content, 'queued');
    });
    this.#stored(written);
  }

  /** Tells a contact our presence key; never shown to a person. */
  async sendPresence(contact: string, key: Uint8Array): Promise<void> {
    const { store, roster, clock, random } = this.#options;
    const row = await store.journal.write(() => {
      if (!roster.find(contact)) return null;
      const content: Content = { t: 'presence', key, at: clock.now(), seq: 0 };
      return this.#compose(contact, randomId(random), content, 'hidden').row;
    });
    if (row) this.#forward(row);
  }

  /** Carries what waits for this line; called when it opens and whenever it has room again. */
  pump(line: Line): void {
    if (line.pumping) return;
    line.pumping = true;
    const carried = this.#carry(line).finally(() => {
      line.pumping = false;
    });
    detached(carried);
  }

  /** ACK: these are on their disk. */
  async acknowledged(line: Line, ids: readonly Uint8Array[]): Promise<void> {
    const { store, listener } = this.#options;
    const delivered: string[] = [];
    // A work for each: what SQLite keeps to undo one work is walked with every statement of it.
    const written = ids.map((bytes) => {
      const id = toHex(bytes);
      return store.journal.write(() => {
        if (this.#delivered(line, id)) delivered.push(id);
      });
    });
    // Told at once: it is on their disk, whatever becomes of ours. Should ours refuse, it is sent and acknowledged again.
    for (const id of delivered) listener.onState(line.contact, id, 'delivered');
    await Promise.all(written);
  }

  /** NACK: they could not take it. What another encryption can mend is encrypted anew under the same message id. */
  async refused(line: Line, messageId: Uint8Array, reason: number): Promise<void> {
    if (reason !== NACK.unknownSession && reason !== NACK.cannotDecrypt) return;
    const { store, roster, sessions } = this.#options;
    const id = toHex(messageId);
    if (!this.#waiting(line.contact, id)) return;
    const refusals = (line.refusals.get(id) ?? 0) + 1;
    line.refusals.set(id, refusals);
    const row = await store.journal.write(() => {
      const contact = roster.find(line.contact);
      const waiting = this.#waiting(line.contact, id);
      if (!contact || !waiting) return null;
      if (refusals <= REFUSALS) return this.#encryptAnew(contact, waiting);
      sessions.retire(contact);
      return null;
    });
    if (row?.envelope) line.channel.send(RECORD.envelope, row.envelope);
    else if (refusals > REFUSALS) line.channel.bye(0);
  }

  /**
   * Deletes one of ours that may not be on their disk yet; inside a `journal.write`. What goes in its place, unless it is
   * on its way, is our presence key under the same number: left out, a message would be missing there for ever.
   * @returns false when it does not wait to be sent.
   */
  withdraw(contact: string, id: string, presenceKey: Uint8Array): boolean {
    const { store, clock, lineOf } = this.#options;
    const row = this.#waiting(contact, id);
    if (!row || row.hidden) return false;
    lineOf(contact)?.flying.delete(id);
    const { seq } = row;
    if (!this.#read(contact, id)) {
      store.outbox.remove(row);
      return store.messages.erase({ contact, direction: 'out', id });
    }
    const content = encodeContent({ t: 'presence', key: presenceKey, at: clock.now(), seq });
    store.outbox.replace({ ...row, hidden: true, session: null, envelope: null });
    return store.messages.erase({ contact, direction: 'out', id }, content);
  }

  #compose(contactId: string, id: string, content: Content, state: 'queued' | 'hidden'): Composed {
    const { store, roster, sessions } = this.#options;
    const seq = roster.nextOutSeq(contactId);
    const numbered = { ...content, seq };
    const bytes = encodeContent(numbered);
    const record = {
      contact: contactId,
      direction: 'out',
      id,
      seq,
      state,
      at: content.at,
      receivedAt: content.at,
      content: bytes,
      missing: 0,
    } as const;
    const order = store.messages.append(record);
    const sealed = sessions.encrypt(roster.get(contactId), id, bytes);
    const hidden = state === 'hidden';
    const row = {
      contact: contactId,
      id,
      seq,
      order,
      hidden,
      session: sealed?.session ?? null,
      envelope: sealed?.envelope ?? null,
    };
    store.outbox.add(row);
    return { message: { ...record, order }, content: numbered, row };
  }

  #stored({ message, content, row }: Composed): void {
    this.#options.listener.onStored(message, content);
    this.#forward(row);
  }

  /** Out of the outbox; inside a `journal.write`. @returns whether it is one that people see. */
  #delivered(line: Line, id: string): boolean {
    const { outbox, messages } = this.#options.store;
    const facts = line.flying.get(id) ?? this.#waiting(line.contact, id);
    line.flying.delete(id);
    return facts !== null && outbox.remove(facts) && !facts.hidden && messages.delivered(facts);
  }

  /** The row of one that is not on their disk yet. */
  #waiting(contact: string, id: string): OutboxRow | null {
    const { messages, outbox } = this.#options.store;
    const place = messages.locate(contact, 'out', id);
    return place && outbox.get(contact, place.order);
  }

  /** Straight to the wire when everything before it went there already. */
  #forward(row: OutboxRow): void {
    const line = this.#options.lineOf(row.contact);
    if (!line) return;
    const direct = line.caughtUp && row.session === line.session && line.channel.backlog < BACKLOG_BYTES;
    if (direct) this.#put(line, row);
    else {
      line.caughtUp = false;
      this.pump(line);
    }
  }

  async #carry(line: Line): Promise<void> {
    const { store } = this.#options;
    const { channel } = line;
    while (!channel.closed && channel.backlog < BACKLOG_BYTES) {
      // Read inside a write: what comes back is durable, and no older row is still on its way to the disk.
      const rows = await store.journal.write(() => this.#batch(line));
      line.caughtUp = rows.length === 0;
      // Without a session nothing can go: the link that makes one carries it.
      if (!rows.some((row) => row.envelope)) return;
      // A channel that closed meanwhile takes nothing; what waits is for the next line.
      for (const row of rows) this.#put(line, row);
    }
  }

  #batch(line: Line): OutboxRow[] {
    const { store, roster } = this.#options;
    const contact = roster.find(line.contact);
    if (!contact) return [];
    const rows = store.outbox.pending(line.contact, line.sentUpTo, BATCH);
    return rows.map((row) => (row.session === line.session ? row : this.#encryptAnew(contact, row)));
  }

  #encryptAnew(contact: ContactRecord, row: OutboxRow): OutboxRow {
    const { store, sessions } = this.#options;
    const message = this.#read(row.contact, row.id);
    // Damaged: there is nothing left to send.
    if (!message) store.outbox.remove(row);
    const sealed = message && sessions.encrypt(contact, row.id, message.content);
    if (!sealed) return { ...row, envelope: null };
    const renewed = { ...row, ...sealed };
    store.outbox.replace(renewed);
    return renewed;
  }

  #put(line: Line, row: OutboxRow): void {
    if (!row.envelope || line.channel.closed || row.order <= line.sentUpTo) return;
    line.sentUpTo = row.order;
    if (line.flying.size < FLYING) line.flying.set(row.id, factsOf(row));
    line.channel.send(RECORD.envelope, row.envelope);
    this.#options.listener.onState(row.contact, row.id, 'sent');
  }

  /** One of ours; null when it is damaged, which must cost no more than this one message. */
  #read(contact: string, id: string): MessageRecord | null {
    try {
      return this.#options.store.messages.get(contact, 'out', id);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'damaged') return null;
      throw error;
    }
  }
}

function factsOf({ contact, id, seq, order, hidden }: OutboxRow): OutboxFacts {
  return { contact, id, seq, order, hidden };
}

function isText(message: MessageRecord | null, body: string): message is MessageRecord {
  return (
    message !== null && equal(message.content, encodeContent({ t: 'text', body, at: message.at, seq: message.seq }))
  );
}
