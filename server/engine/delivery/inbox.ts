// What we receive: decrypted, stored and acknowledged, in this order, each step only after the one before is durable
// (protocol §5). Nothing a contact sends can touch another conversation or a message that is already here.
import { timeOr } from '../../contract/time.ts';
import type { ContactId, MessageId } from '../../contract/ids.ts';
import { equal, toHex } from '../../crypto/bytes.ts';
import { parseContent, type ParsedContent } from '../../protocol/content.ts';
import { parseEnvelope, type Envelope } from '../../protocol/envelope.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { CONTENT_BYTES, TAG_BYTES } from '../../protocol/limits.ts';
import { BYE, encodeNack, NACK, RECORD } from '../../protocol/records.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { MessageRecord, NewMessage } from '../../storage/tables/message-record.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Budgets } from './budgets.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { ActiveLink } from '../links/active-link.ts';
import type { Links } from '../links/links.ts';
import type { RecordRouter } from '../links/record-router.ts';
import { weightless } from '../links/record-weight.ts';
import type { Roster } from '../contacts/roster.ts';
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
  | ({ readonly kind: 'stored'; readonly content: ParsedContent | null } & Placed)
  | { readonly kind: 'presence'; readonly changed: boolean; readonly filled: MessageRecord | null }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly reason: number };

export interface InboxListener {
  onReceived(message: MessageRecord, content: ParsedContent | null): void;
  /** They told us a presence key that we did not know. */
  onPresence(contact: ContactId): void;
  /** There is no room for what they send. */
  onFull(contact: ContactId): void;
  /** Fewer are missing before this one. */
  onFilled(message: MessageRecord): void;
}

export interface InboxOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly sessions: Sessions;
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
    const activeLink = links.activeLinkOf(contact);
    if (activeLink?.awaits && !budgets.full(contact)) activeLink.link.send(RECORD.room, new Uint8Array(0));
  }

  async #handle(activeLink: ActiveLink, envelope: Envelope): Promise<void> {
    const { store, listener } = this.#options;
    if (activeLink.diverged) return;
    const outcome = await store.journal.write(() => this.#take(activeLink, envelope));
    if (outcome.kind === 'refused') {
      activeLink.link.send(RECORD.nack, encodeNack(envelope.messageId, outcome.reason));
      if (PARTED.has(outcome.reason)) activeLink.link.bye(BYE.goingOffline);
      return;
    }
    activeLink.link.acknowledge(envelope.messageId);
    if (outcome.kind === 'stored') listener.onReceived(outcome.message, outcome.content);
    else if (outcome.kind === 'presence' && outcome.changed) listener.onPresence(activeLink.contact);
    if (outcome.kind !== 'duplicate' && outcome.filled && outcome.filled.state !== 'hidden')
      listener.onFilled(outcome.filled);
  }

  #take(activeLink: ActiveLink, envelope: Envelope): Outcome {
    const { store, roster } = this.#options;
    const contact = roster.find(activeLink.contact);
    if (!contact || contact.blocked) return { kind: 'refused', reason: NACK.notAccepted };
    const id = toHex(envelope.messageId) as MessageId;
    if (store.messages.has(contact.id, 'in', id)) return { kind: 'duplicate' };
    // Not decrypted: a step of the ratchet counts once, and who sends this will send it again.
    if (envelope.ciphertext.length > CONTENT_BYTES + TAG_BYTES) return { kind: 'refused', reason: NACK.tooLarge };
    if (!this.#hasRoom(activeLink, id)) return { kind: 'refused', reason: NACK.notNow };
    const content = this.#decrypt(contact, envelope);
    return typeof content === 'number'
      ? this.#diverge(contact, activeLink, content)
      : this.#store(contact, id, content);
  }

  /** Looked at before anything is decrypted: what waits costs us next to nothing, and comes again as it is. */
  #hasRoom(activeLink: ActiveLink, id: MessageId): boolean {
    if (activeLink.awaits !== null && activeLink.awaits !== id) return false;
    const { budgets, listener } = this.#options;
    const taken = budgets.take(activeLink.contact);
    if (!taken && activeLink.awaits === null) listener.onFull(activeLink.contact);
    activeLink.awaits = taken ? null : id;
    return taken;
  }

  /** Our session and theirs have parted, as by an old database put back: the next link makes a new one, in order. */
  #diverge(contact: ContactRecord, activeLink: ActiveLink, reason: number): Outcome {
    this.#options.sessions.retire(contact);
    activeLink.diverged = true;
    return { kind: 'refused', reason };
  }

  /** @returns the content, or the reason to refuse it. */
  #decrypt(contact: ContactRecord, envelope: Envelope): Uint8Array | number {
    try {
      return this.#options.sessions.decrypt(contact, envelope) ?? NACK.unknownSession;
    } catch (error) {
      if (error instanceof ProtocolError) return NACK.cannotDecrypt;
      throw error;
    }
  }

  #store(contact: ContactRecord, id: MessageId, bytes: Uint8Array): Outcome {
    const { roster, clock } = this.#options;
    const receivedAt = clock.now();
    const content = readContent(bytes);
    const next = Math.min(contact.inSeq + 1, SEQ_LIMIT);
    const hidden = content?.t === 'presence';
    const record = {
      contact: contact.id,
      direction: 'in',
      id,
      seq: content?.seq ?? next,
      state: hidden ? 'hidden' : 'received',
      at: timeOr(content?.at ?? receivedAt, receivedAt),
      receivedAt,
      // Only that it came, and under which number, need be known of a presence key.
      content: hidden ? NOTHING : bytes,
      missing: 0,
    } as const;
    const { message, filled } = this.#place(contact, record);
    if (content?.t !== 'presence') return { kind: 'stored', content, message, filled };
    const changed = !contact.presenceKey || !equal(contact.presenceKey, content.key);
    if (changed) roster.put({ ...roster.get(contact.id), presenceKey: content.key });
    return { kind: 'presence', changed, filled };
  }

  /**
   * Where a number of their direction belongs. Ahead: behind all, with a hole before it. Behind: into the hole that
   * misses it or, when none does (they began to count anew), behind all again.
   */
  #place(contact: ContactRecord, record: NewMessage): Placed {
    const { store, roster } = this.#options;
    const expected = contact.inSeq + 1;
    const next = record.seq < expected ? store.messages.behindHole(contact.id, record.seq) : null;
    if (next) return this.#fill(next, record);
    const missing = contact.inSeq === 0 ? 0 : Math.max(0, record.seq - expected);
    const order = store.messages.append({ ...record, missing });
    roster.setInSeq(contact.id, record.seq);
    return { message: { ...record, missing, order }, filled: null };
  }

  /** `next` missed it: what is missing before either of them is counted anew. */
  #fill(next: MessageRecord, record: NewMessage): Placed {
    const { messages } = this.#options.store;
    const missing = record.seq - (next.seq - next.missing);
    const order = messages.insertLate({ ...record, missing });
    const filled = { ...next, missing: next.seq - record.seq - 1 };
    messages.setMissing(next, filled.missing);
    return { message: { ...record, missing, order }, filled };
  }
}

/** Content that does not parse is kept as it is and shown as one this version cannot show: it must not come for ever. */
function readContent(bytes: Uint8Array): ParsedContent | null {
  try {
    const content = parseContent(bytes);
    return content.seq <= SEQ_LIMIT ? content : null;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}
