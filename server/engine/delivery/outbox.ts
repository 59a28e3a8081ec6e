// What we send: written first, then carried by the link to each device until its disk has it (protocol §5).
//
//   send ─▶ one transaction {number, message, ratchet step, envelope} ─▶ durable ─▶ link ─▶ ACK ─▶ out of the outbox
//
// How it is put together is known to `composer.ts`, how it travels to `drain.ts`, how it is taken back to `withdrawal.ts`.
import { CommandError } from '../../contract/errors.ts';
import type { ContactId, ConversationId, MessageId } from '../../contract/ids.ts';
import { equal, toHex } from '../../crypto/bytes.ts';
import type { PresenceKey } from '../../crypto/keys.ts';
import { encodeContent, parseContent, type Content, type Said } from '../../protocol/content/content.ts';
import { NACK, parseAck, parseNack, RECORD, type Nack } from '../../protocol/records.ts';
import type { MessageRecord, MessageRef } from '../../storage/tables/message/message-record.ts';
import type { OutboxFacts, OutboxRow } from '../../storage/tables/outbox.ts';
import type { Profiles } from './profiles.ts';
import type { Receipts } from './receipts.ts';
import { Composer, type Composed, type ComposerOptions } from './composer.ts';
import { Drain, readOurs, refOf, waitingRow } from './drain.ts';
import { runInBackground } from '../background.ts';
import type { ActiveLink } from '../links/active-link.ts';
import type { Links } from '../links/links.ts';
import type { RecordRouter } from '../links/record-router.ts';
import { acknowledgement, answer } from '../links/flow/record-weight.ts';
import { Withdrawal } from './withdrawal.ts';
import { peerOf } from '../contacts/devices.ts';
import { randomId } from '../contacts/roster.ts';

/** After so many refusals of one message the session itself is taken to be broken. */
const REFUSALS = 2;

const NOTHING = new Uint8Array(0);

export interface OutboxListener {
  onStored(message: MessageRecord, content: Content): void;
  /** Of one of ours. */
  onState(message: MessageRef, state: 'queued' | 'sent' | 'delivered'): void;
  /** Their Loom takes no more right now, or does again. */
  onRefusing(contact: ContactId): void;
}

export interface OutboxOptions extends ComposerOptions {
  readonly random: (length: number) => Uint8Array;
  readonly links: Links;
  readonly router: RecordRouter;
  readonly presenceKey: () => PresenceKey;
  readonly receipts: Pick<Receipts, 'due'>;
  readonly profiles: Pick<Profiles, 'due' | 'delivered'>;
  readonly listener: OutboxListener;
}

export class Outbox {
  readonly drain: Drain;
  readonly withdrawal: Withdrawal;
  readonly #options: OutboxOptions;
  readonly #composer: Composer;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#composer = new Composer(options);
    this.withdrawal = new Withdrawal(options, this.#composer);
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
      // Whoever makes a new session may have come back without what they knew.
      runInBackground(this.sendProfile(contact, !resumed));
      // Loom may have ended between reading and telling it.
      runInBackground(this.sendReceipt(options.conversations.directWith(contact)));
    });
    this.drain = new Drain(options);
  }

  /**
   * Stores what we say in a conversation, and sends it where there is a link. Resolves once it is on our disk.
   * @param given its id: repeated with the same content, it sends nothing again. Left out, it gets a fresh one.
   * @throws CommandError message-id-taken, conversation-unknown.
   */
  async send(conversation: ConversationId, said: Said, given?: MessageId): Promise<MessageRecord> {
    const { store, random } = this.#options;
    const id = given ?? (randomId(random) as MessageId);
    const written = await store.journal.write(() => {
      const known = given !== undefined && store.messages.has(refOf({ conversation, id }));
      if (known) return { message: readOurs(store, { conversation, id }), fresh: false } as const;
      return { ...this.#composer.compose(conversation, id, said), fresh: true } as const;
    });
    if (!written.fresh) {
      if (!says(written.message, said)) throw new CommandError('message-id-taken', 'another message has this id');
      return written.message;
    }
    this.#stored(written);
    return written.message;
  }

  /**
   * Tells a contact our presence key; never shown to a person. One waits at most: while an earlier one does, its
   * acknowledgement brings the newest along.
   */
  async sendPresence(contact: ContactId): Promise<void> {
    const rows = await this.#options.store.journal.write(() => this.#composePresence(contact));
    for (const row of rows) this.drain.forward(row);
  }

  /**
   * Says an act, if there is anything to say. Resolves once it, and what it changes here, is on our disk.
   * @param decide is asked inside the transaction; null: nothing. What it throws is thrown, and nothing is done.
   */
  async act(conversation: ConversationId, decide: () => Said | null): Promise<void> {
    const { store, random } = this.#options;
    const composed = await store.journal.write(() => {
      const said = decide();
      return said && this.#composer.compose(conversation, randomId(random) as MessageId, said);
    });
    composed?.applied?.();
    for (const row of composed?.rows ?? []) this.drain.forward(row);
  }

  /** Tells them up to where we have read, if that is news. One waits at most: its acknowledgement brings the next along. */
  sendReceipt(conversation: ConversationId): Promise<void> {
    return this.act(conversation, () => this.#options.receipts.due(conversation));
  }

  /** Tells a contact what we say of ourselves, if that is news. @param again it is, whatever they had. */
  sendProfile(contact: ContactId, again = false): Promise<void> {
    const { conversations, profiles } = this.#options;
    const conversation = conversations.directWith(contact);
    return this.act(conversation, () => profiles.due(contact, again, (id) => this.withdrawal.acts(conversation, [id])));
  }

  /** ACK: these are on their disk. */
  async #acknowledged(activeLink: ActiveLink, ids: readonly Uint8Array[]): Promise<void> {
    const { store, listener } = this.#options;
    const delivered: MessageRef[] = [];
    const owed: OutboxRow[] = [];
    const told: OutboxFacts[] = [];
    // A work for each: what SQLite keeps to undo one work is walked with every statement of it.
    const written = ids.map((bytes) => {
      const id = toHex(bytes) as MessageId;
      return store.journal.write(() => {
        const facts = this.#delivered(activeLink, id);
        if (!facts) return;
        if (facts.as === 'receipt' || facts.as === 'profile') told.push(facts);
        if (!facts.hidden) delivered.push(refOf(facts));
        else if (facts.as) this.#actDelivered(facts);
        else if (!this.#knowsKey(facts)) owed.push(...this.#composePresence(activeLink.contact));
      });
    });
    // Told at once: it is on their disk, whatever becomes of ours. Should ours refuse, it is sent and acknowledged again.
    for (const message of delivered) listener.onState(message, 'delivered');
    for (const bytes of ids) this.drain.taken(activeLink, toHex(bytes) as MessageId);
    await Promise.all(written);
    for (const row of owed) this.drain.forward(row);
    if (!store.isOpen) return;
    for (const { as, conversation, contact } of told)
      runInBackground(as === 'receipt' ? this.sendReceipt(conversation) : this.sendProfile(contact));
  }

  /** NACK: they could not take it. What another encryption can mend is encrypted anew under the same message id. */
  async #refused(activeLink: ActiveLink, { messageId, reason }: Nack): Promise<void> {
    const id = toHex(messageId) as MessageId;
    if (reason === NACK.notNow) this.drain.notNow(activeLink, id);
    if (reason !== NACK.unknownSession && reason !== NACK.cannotDecrypt) return;
    const { store, roster, sessions } = this.#options;
    if (!this.#waiting(activeLink, id)) return;
    const refusals = (activeLink.refusals.get(id) ?? 0) + 1;
    activeLink.refusals.set(id, refusals);
    const row = await store.journal.write(() => {
      const contact = roster.find(activeLink.contact);
      const waiting = this.#waiting(activeLink, id);
      if (!contact || !waiting) return null;
      const peer = peerOf(contact, activeLink.device);
      if (refusals <= REFUSALS) return this.drain.encryptAnew(peer, waiting);
      sessions.retire(peer);
      return null;
    });
    if (row?.envelope) activeLink.link.send(RECORD.envelope, row.envelope);
    else if (refusals > REFUSALS) activeLink.link.bye(0);
  }

  #stored({ message, content, rows, applied }: Composed): void {
    this.#options.listener.onStored(message, content);
    applied?.();
    for (const row of rows) this.drain.forward(row);
  }

  /** Kept no longer than it had to be sent: what it has changed stands in what it is about. */
  #actDelivered(facts: OutboxFacts): void {
    const { store, profiles } = this.#options;
    const act = readOurs(store, facts);
    if (act && facts.as === 'profile') profiles.delivered(facts.contact, act.content);
    if (act) store.messages.rewrite({ ...act, content: NOTHING, fading: undefined });
  }

  #waiting(activeLink: ActiveLink, id: MessageId): OutboxRow | null {
    const { store, conversations } = this.#options;
    return waitingRow(store, activeLink, { conversation: conversations.directWith(activeLink.contact), id });
  }

  /** Out of the outbox; inside a `journal.write`. @returns what it was; null: it did not wait, or is not ours. */
  #delivered(activeLink: ActiveLink, id: MessageId): OutboxFacts | null {
    const { store, clock } = this.#options;
    const facts = activeLink.inFlight.get(id) ?? this.#waiting(activeLink, id);
    activeLink.inFlight.delete(id);
    if (!facts || !store.outbox.remove(facts)) return null;
    // What stands for one that was taken back is delivered in its place.
    const wasQueued = store.messages.delivered(facts, clock.now());
    return facts.hidden || wasQueued ? facts : null;
  }

  /** None: there is nobody to tell, or one waits already. Inside a `journal.write`. */
  #composePresence(contactId: ContactId): readonly OutboxRow[] {
    const { store, roster, conversations, random, presenceKey } = this.#options;
    const contact = roster.find(contactId);
    if (!contact || contact.blocked || store.outbox.hidden(contactId) > 0) return [];
    const said = { t: 'presence', key: presenceKey() } as const;
    return this.#composer.compose(conversations.directWith(contactId), randomId(random) as MessageId, said).rows;
  }

  /** Whether this one of ours, now acknowledged, has told them our key of now. One that stands for another may not have. */
  #knowsKey(facts: OutboxFacts): boolean {
    const { store, presenceKey } = this.#options;
    const record = readOurs(store, facts);
    const isOwn = record !== null && record.state === 'hidden' && record.receivedAt !== 0;
    if (!isOwn) return false;
    const content = parseContent(record.content);
    return content.t === 'presence' && equal(content.key, presenceKey());
  }
}

function says(message: MessageRecord | null, said: Said): message is MessageRecord {
  if (!message) return false;
  const { at, seq, fading } = message;
  const ttl = fading ? { ttl: fading.life / 1000 } : {};
  return equal(message.content, encodeContent({ ...said, ...ttl, at, seq }));
}
