// What we send: written first, then carried by the contact's line until their disk has it (protocol §5).
//
//   send ─▶ one transaction {number, message, ratchet step, envelope} ─▶ durable ─▶ line ─▶ ACK ─▶ out of the outbox
//
// How it travels is known to `drain.ts`.
import { CommandError } from '../../contract/errors.ts';
import type { ContactId, MessageId } from '../../contract/ids.ts';
import { equal, toHex } from '../../crypto/bytes.ts';
import type { PresenceKey } from '../../crypto/keys.ts';
import { encodeContent, parseContent, type Content, type IntroducedCard } from '../../protocol/content.ts';
import { NACK, parseAck, parseNack, RECORD, type Nack } from '../../protocol/records.ts';
import type { MessageRecord, MessageRef } from '../../storage/tables/message-record.ts';
import type { OutboxFacts, OutboxRow } from '../../storage/tables/outbox.ts';
import type { Store } from '../../storage/profile-store.ts';
import { Drain, readOurs, waitingRow } from './drain.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { ActiveLink } from '../links/active-link.ts';
import type { Links } from '../links/links.ts';
import type { RecordRouter } from '../links/record-router.ts';
import { acknowledgement, answer } from '../links/record-weight.ts';
import { randomId, type Roster } from '../contacts/roster.ts';
import type { Sessions } from './sessions.ts';

/** After so many refusals of one message the session itself is taken to be broken. */
const REFUSALS = 2;

export interface OutboxListener {
  onStored(message: MessageRecord, content: Content): void;
  /** Of one of ours. */
  onState(message: MessageRef, state: 'queued' | 'sent' | 'delivered'): void;
  /** Their Loom takes no more right now, or does again. */
  onRefusing(contact: ContactId): void;
}

export interface OutboxOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly links: Links;
  readonly router: RecordRouter;
  readonly presenceKey: () => PresenceKey;
  readonly listener: OutboxListener;
}

interface Composed {
  readonly message: MessageRecord;
  readonly content: Content;
  readonly row: OutboxRow;
}

export class Outbox {
  readonly drain: Drain;
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { links, router } = options;
    router.on(RECORD.ack, ['active'], {
      weight: acknowledgement,
      handle: (activeLink, body) => runInBackground(this.#acknowledged(activeLink, parseAck(body))),
    });
    router.on(RECORD.nack, ['active'], {
      weight: answer,
      handle: (activeLink, body) => runInBackground(this.#refused(activeLink, parseNack(body))),
    });
    // In a new session they learn our presence key; written before what waits is carried.
    links.activated.on(({ contact, resumed }) => {
      if (!resumed) runInBackground(this.sendPresence(contact));
    });
    this.drain = new Drain(options);
  }

  /**
   * Stores a text and sends it when there is a line. Resolves once it is on our disk.
   * @param given its id: repeated with the same body, it sends nothing again. Left out, it gets a fresh one.
   * @throws CommandError message-id-taken.
   */
  async sendText(contact: ContactId, body: string, given?: MessageId): Promise<MessageRecord> {
    const { store, clock, random } = this.#options;
    const [at, id] = [clock.now(), given ?? (randomId(random) as MessageId)];
    const written = await store.journal.write(() => {
      const known = given !== undefined && store.messages.has(contact, 'out', id);
      if (known) return { message: readOurs(store, contact, id), fresh: false } as const;
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
  async introduce(contact: ContactId, card: IntroducedCard): Promise<void> {
    const { store, clock, random } = this.#options;
    const written = await store.journal.write(() => {
      const content: Content = { t: 'introduce', ...card, at: clock.now(), seq: 0 };
      return this.#compose(contact, randomId(random) as MessageId, content, 'queued');
    });
    this.#stored(written);
  }

  /**
   * Tells a contact our presence key; never shown to a person. One waits at most: while an earlier one does, its
   * acknowledgement brings the newest along.
   */
  async sendPresence(contact: ContactId): Promise<void> {
    const row = await this.#options.store.journal.write(() => this.#composePresence(contact));
    if (row) this.drain.forward(row);
  }

  /** ACK: these are on their disk. */
  async #acknowledged(activeLink: ActiveLink, ids: readonly Uint8Array[]): Promise<void> {
    const { store, listener } = this.#options;
    const delivered: MessageId[] = [];
    const owed: OutboxRow[] = [];
    // A work for each: what SQLite keeps to undo one work is walked with every statement of it.
    const written = ids.map((bytes) => {
      const id = toHex(bytes) as MessageId;
      return store.journal.write(() => {
        const facts = this.#delivered(activeLink, id);
        if (facts && !facts.hidden) delivered.push(id);
        const row =
          facts?.hidden === true &&
          !this.#knowsKey(activeLink.contact, id) &&
          this.#composePresence(activeLink.contact);
        if (row) owed.push(row);
      });
    });
    // Told at once: it is on their disk, whatever becomes of ours. Should ours refuse, it is sent and acknowledged again.
    for (const id of delivered) listener.onState({ contact: activeLink.contact, direction: 'out', id }, 'delivered');
    for (const bytes of ids) this.drain.taken(activeLink, toHex(bytes) as MessageId);
    await Promise.all(written);
    for (const row of owed) this.drain.forward(row);
  }

  /** NACK: they could not take it. What another encryption can mend is encrypted anew under the same message id. */
  async #refused(activeLink: ActiveLink, { messageId, reason }: Nack): Promise<void> {
    const id = toHex(messageId) as MessageId;
    if (reason === NACK.notNow) this.drain.notNow(activeLink, id);
    if (reason !== NACK.unknownSession && reason !== NACK.cannotDecrypt) return;
    const { store, roster, sessions } = this.#options;
    if (!waitingRow(store, activeLink.contact, id)) return;
    const refusals = (activeLink.refusals.get(id) ?? 0) + 1;
    activeLink.refusals.set(id, refusals);
    const row = await store.journal.write(() => {
      const contact = roster.find(activeLink.contact);
      const waiting = waitingRow(store, activeLink.contact, id);
      if (!contact || !waiting) return null;
      if (refusals <= REFUSALS) return this.drain.encryptAnew(contact, waiting);
      sessions.retire(contact);
      return null;
    });
    if (row?.envelope) activeLink.link.send(RECORD.envelope, row.envelope);
    else if (refusals > REFUSALS) activeLink.link.bye(0);
  }

  /**
   * Deletes one of ours that may not be on their disk yet; inside a `journal.write`. What goes in its place, unless it is
   * on its way, is our presence key under the same number: left out, a message would be missing there for ever.
   * @returns false when it does not wait to be sent.
   */
  withdraw(contact: ContactId, id: MessageId): boolean {
    const { store, clock, links, presenceKey } = this.#options;
    const row = waitingRow(store, contact, id);
    if (!row || row.hidden) return false;
    links.activeLinkOf(contact)?.inFlight.delete(id);
    const { seq } = row;
    if (!readOurs(store, contact, id)) {
      store.outbox.remove(row);
      return store.messages.erase({ contact, direction: 'out', id });
    }
    const content = encodeContent({ t: 'presence', key: presenceKey(), at: clock.now(), seq });
    store.outbox.replace({ ...row, hidden: true, session: null, envelope: null });
    return store.messages.erase({ contact, direction: 'out', id }, content);
  }

  #compose(contactId: ContactId, id: MessageId, content: Content, state: 'queued' | 'hidden'): Composed {
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
    this.drain.forward(row);
  }

  /** Out of the outbox; inside a `journal.write`. @returns what it was; null: it did not wait, or is not ours. */
  #delivered(activeLink: ActiveLink, id: MessageId): OutboxFacts | null {
    const { store } = this.#options;
    const facts = activeLink.inFlight.get(id) ?? waitingRow(store, activeLink.contact, id);
    activeLink.inFlight.delete(id);
    if (!facts || !store.outbox.remove(facts)) return null;
    return facts.hidden || store.messages.delivered(facts) ? facts : null;
  }

  /** Null: there is nobody to tell, or one waits already. Inside a `journal.write`. */
  #composePresence(contactId: ContactId): OutboxRow | null {
    const { store, roster, clock, random, presenceKey } = this.#options;
    const contact = roster.find(contactId);
    if (!contact || contact.blocked || store.outbox.hidden(contactId) > 0) return null;
    const content: Content = { t: 'presence', key: presenceKey(), at: clock.now(), seq: 0 };
    return this.#compose(contactId, randomId(random) as MessageId, content, 'hidden').row;
  }

  /** Whether this one of ours, now acknowledged, has told them our key of now. One that stands for another may not have. */
  #knowsKey(contact: ContactId, id: MessageId): boolean {
    const { store, presenceKey } = this.#options;
    const record = readOurs(store, contact, id);
    const isOwn = record !== null && record.receivedAt !== 0;
    if (!isOwn) return false;
    const content = parseContent(record.content);
    return content.t === 'presence' && equal(content.key, presenceKey());
  }
}

function isText(message: MessageRecord | null, body: string): message is MessageRecord {
  return (
    message !== null && equal(message.content, encodeContent({ t: 'text', body, at: message.at, seq: message.seq }))
  );
}
