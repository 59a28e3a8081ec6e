// What we receive: decrypted, stored and acknowledged, in this order, each step only after the one before is durable
// (protocol §5). Nothing a contact sends can touch another conversation or a message that is already here.
import type { ContactId, MessageId } from '../../contract/ids.ts';
import { timeOr } from '../../contract/words/time.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { ParsedContent } from '../../protocol/content/content.ts';
import { parseEnvelope, type Envelope } from '../../protocol/envelope.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { CONTENT_BYTES, TAG_BYTES } from '../../protocol/limits.ts';
import { BYE, encodeNack, NACK, RECORD } from '../../protocol/records.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { MessageRecord, NewMessage } from '../../storage/tables/message/message-record.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Budgets } from './budgets.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { ActiveLink } from '../links/active-link.ts';
import type { Links } from '../links/links.ts';
import type { RecordRouter } from '../links/record-router.ts';
import { weightless } from '../links/flow/record-weight.ts';
import type { Conversations } from '../contacts/conversations.ts';
import { peerOf, type SessionPeer } from '../contacts/devices.ts';
import type { Roster } from '../contacts/roster.ts';
import type { Entries } from './entries.ts';
import { fadingOf, isShown, readContent } from './kinds/kinds.ts';
import type { Sessions } from './sessions.ts';

/** After these nothing more is taken on the link; after the others the session goes on. */
const PARTED: ReadonlySet<number> = new Set([NACK.unknownSession, NACK.cannotDecrypt]);

/** Numbers of a direction: nobody writes more messages, and one more must still be a number. */
const SEQ_LIMIT = 2 ** 48;

const NOTHING = new Uint8Array(0);

interface Placed {
  readonly message: MessageRecord;
  /** The message before which it was missing, counted anew. */
  readonly filled: MessageRecord | null;
}

type Outcome =
  | ({
      readonly kind: 'stored';
      readonly content: ParsedContent | null;
      /** What it has changed is told so. */
      readonly applied: (() => void) | null;
    } & Placed)
  | { readonly kind: 'duplicate' }
  /** Behind one that could not be opened: it comes again, in order, on the next link. */
  | { readonly kind: 'dropped' }
  | { readonly kind: 'refused'; readonly reason: number };

export interface InboxListener {
  onReceived(message: MessageRecord, content: ParsedContent | null): void;
  /** There is no room for what they send. */
  onFull(contact: ContactId): void;
  /** Fewer are missing before this one. */
  onFilled(message: MessageRecord): void;
}

export interface InboxOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly conversations: Conversations;
  readonly sessions: Sessions;
  readonly entries: Entries;
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly links: Links;
  readonly router: RecordRouter;
  readonly listener: InboxListener;
}

export class Inbox {
  readonly #options: InboxOptions;

  constructor(options: InboxOptions) {
    this.#options = options;
    options.router.on(RECORD.envelope, ['active'], {
      weight: weightless,
      handle: (activeLink, body) => this.#receive(activeLink, body),
    });
  }

  #receive(activeLink: ActiveLink, body: Uint8Array): void {
    const handled = this.#handle(activeLink, parseEnvelope(body));
    activeLink.link.hold();
    runInBackground(handled.finally(() => activeLink.link.release()));
  }

  /** A person has read or deleted some: who waits for room is told. */
  madeRoom(contact: ContactId): void {
    const { links, budgets } = this.#options;
    if (budgets.full(contact)) return;
    for (const { receiving, link } of links.activeLinksOf(contact)) {
      if (receiving.kind === 'full') link.send(RECORD.room, NOTHING);
    }
  }

  async #handle(activeLink: ActiveLink, envelope: Envelope): Promise<void> {
    const { store, listener } = this.#options;
    const outcome = await store.journal.write(() => this.#take(activeLink, envelope));
    if (outcome.kind === 'dropped') return;
    if (outcome.kind === 'refused') {
      activeLink.link.send(RECORD.nack, encodeNack(envelope.messageId, outcome.reason));
      if (PARTED.has(outcome.reason)) activeLink.link.bye(BYE.goingOffline);
      return;
    }
    activeLink.link.acknowledge(envelope.messageId);
    if (outcome.kind === 'duplicate') return;
    const { message, content, applied, filled } = outcome;
    if (message.state !== 'hidden') listener.onReceived(message, content);
    applied?.();
    if (filled && filled.state !== 'hidden') listener.onFilled(filled);
  }

  #take(activeLink: ActiveLink, envelope: Envelope): Outcome {
    if (activeLink.receiving.kind === 'diverged') return { kind: 'dropped' };
    const { store, roster, conversations } = this.#options;
    const contact = roster.find(activeLink.contact);
    if (!contact || contact.blocked) return { kind: 'refused', reason: NACK.notAccepted };
    const id = toHex(envelope.messageId) as MessageId;
    const conversation = conversations.directWith(contact.id);
    if (store.messages.has({ conversation, author: contact.id, id })) return { kind: 'duplicate' };
    // Not decrypted: a step of the ratchet counts once, and who sends this will send it again.
    if (envelope.ciphertext.length > CONTENT_BYTES + TAG_BYTES) return { kind: 'refused', reason: NACK.tooLarge };
    if (!this.#hasRoom(activeLink, id)) return { kind: 'refused', reason: NACK.notNow };
    const peer = peerOf(contact, activeLink.device);
    const content = this.#decrypt(peer, envelope);
    return typeof content === 'number' ? this.#diverge(peer, activeLink, content) : this.#store(contact, id, content);
  }

  /** Looked at before anything is decrypted: what waits costs us next to nothing, and comes again as it is. */
  #hasRoom(activeLink: ActiveLink, id: MessageId): boolean {
    const { receiving, contact } = activeLink;
    if (receiving.kind === 'full' && receiving.id !== id) return false;
    const { budgets, listener } = this.#options;
    const taken = budgets.take(contact);
    if (!taken && receiving.kind === 'open') listener.onFull(contact);
    activeLink.receiving = taken ? { kind: 'open' } : { kind: 'full', id };
    return taken;
  }

  /** Our session and theirs have parted, as by an old database put back: the next link makes a new one, in order. */
  #diverge(peer: SessionPeer, activeLink: ActiveLink, reason: number): Outcome {
    this.#options.sessions.retire(peer);
    activeLink.receiving = { kind: 'diverged' };
    return { kind: 'refused', reason };
  }

  /** @returns the content, or the reason to refuse it. */
  #decrypt(peer: SessionPeer, envelope: Envelope): Uint8Array | number {
    try {
      return this.#options.sessions.decrypt(peer, envelope) ?? NACK.unknownSession;
    } catch (error) {
      if (error instanceof ProtocolError) return NACK.cannotDecrypt;
      throw error;
    }
  }

  #store(contact: ContactRecord, id: MessageId, bytes: Uint8Array): Outcome {
    const { clock, conversations, entries } = this.#options;
    const receivedAt = clock.now();
    const read = readContent(bytes);
    const content = read && read.seq <= SEQ_LIMIT ? read : null;
    const next = Math.min(contact.inSeq + 1, SEQ_LIMIT);
    const shown = isShown(content?.t);
    const conversation = conversations.directWith(contact.id);
    const record = {
      conversation,
      author: contact.id,
      id,
      seq: content?.seq ?? next,
      state: shown ? 'received' : 'hidden',
      at: timeOr(content?.at ?? receivedAt, receivedAt),
      receivedAt,
      // Content that does not parse is kept as it is: it must not come for ever. Of what is not for people only that it
      // came, and under which number, need be known.
      content: shown ? entries.kept(content, bytes, conversation) : NOTHING,
      missing: 0,
      fading: fadingOf(content),
    } as const;
    const placed = this.#place(contact, record);
    const message = shown ? entries.came(placed.message, content) : placed.message;
    return { kind: 'stored', content, applied: entries.apply(content, record), ...placed, message };
  }

  /**
   * Where a number of their direction belongs. Ahead: behind all, with a hole before it. Behind: into the hole that
   * misses it or, when none does (they began to count anew), behind all again.
   */
  #place(contact: ContactRecord, record: NewMessage): Placed {
    const { store, roster } = this.#options;
    const expected = contact.inSeq + 1;
    const next = record.seq < expected ? store.messages.behindHole(record.conversation, record.seq) : null;
    if (next) return this.#fill(next, record);
    const missing = contact.inSeq === 0 ? 0 : Math.max(0, record.seq - expected);
    const position = store.messages.append({ ...record, missing });
    roster.setInSeq(contact.id, record.seq);
    return { message: { ...record, missing, position }, filled: null };
  }

  /** `next` missed it: what is missing before either of them is counted anew. */
  #fill(next: MessageRecord, record: NewMessage): Placed {
    const { messages } = this.#options.store;
    const missing = record.seq - (next.seq - next.missing);
    const position = messages.insertLate({ ...record, missing });
    const filled = { ...next, missing: next.seq - record.seq - 1 };
    messages.setMissing(next, filled.missing);
    return { message: { ...record, missing, position }, filled };
  }
}
