// The entries of conversations as acts change them: found, rewritten, or waited for. All of it inside the transaction that
// stores the act.
import type { ContactId, ConversationId, MessageId } from '../../contract/ids.ts';
import { OURSELVES, type AuthorId } from '../../contract/messages.ts';
import { toHex } from '../../crypto/bytes.ts';
import { encodeContent, type ContentOf, type ParsedContent } from '../../protocol/content/content.ts';
import { WAITING_ACTS, WAITING_ACTS_BYTES, WAITING_ACTS_MS } from '../../protocol/limits.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Fading, MessageRecord, MessageRef } from '../../storage/tables/message/message-record.ts';
import { readable } from '../../storage/tables/message/readable.ts';
import type { TimerSetting } from '../../storage/tables/timers.ts';
import type { WaitingAct } from '../../storage/tables/waiting-acts.ts';
import type { Authors } from '../contacts/authors.ts';
import type { Roster } from '../contacts/roster.ts';
import type { Budgets } from './budgets.ts';
import { applyContent, readContent } from './kinds/kinds.ts';
import type { ActFacts, ActListener, ChangeOf, OfferListener } from './kinds/message-kind.ts';
import { isLater } from './kinds/timer.ts';
import { quoteOf } from './quote.ts';

const NOTHING = new Uint8Array(0);

/** Looked at in one turn of the event loop. */
const EXPIRED_AT_ONCE = 100;

export interface EntriesOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly authors: Authors;
  /** Whether people tell each other what they have read. */
  readonly takesReceipts: () => boolean;
  readonly budgets: Pick<Budgets, 'takeProfile'>;
  readonly told: ActListener;
  readonly offers: OfferListener;
}

export class Entries {
  /** Acts that were not theirs to do, or make no sense. */
  dropped = 0;
  readonly #options: EntriesOptions;

  constructor(options: EntriesOptions) {
    this.#options = options;
  }

  /** What a content that was just stored changes. @returns what is to be told once it is durable; null: nothing. */
  apply(content: ParsedContent | null, act: ActFacts): (() => void) | null {
    const { roster, told, offers } = this.#options;
    const contact = act.author === OURSELVES ? null : (roster.find(act.author) ?? null);
    return applyContent(content, { act, contact, roster, told, offers, entries: this });
  }

  /** Changes the message an act is about; one that is not here yet is waited for. */
  change(content: ParsedContent, { target, deed, change }: ChangeOf, act: ActFacts): (() => void) | null {
    const { store, told } = this.#options;
    const entry = this.find(target);
    if (!entry) return store.messages.has(target) ? this.drop() : this.#await(content, target, act);
    if (entry.state === 'hidden' || entry.folded?.deletedAt != null) return this.drop();
    const changed = change(entry);
    if (!changed) return this.drop();
    if (deed === 'deleted') store.messages.overwrite(changed);
    else store.messages.rewrite(changed);
    if (entry.fading && deed !== 'deleted' && act.author === OURSELVES) this.#fadeAlong(act, entry.fading);
    return () => told.onActed(target, deed, act.author);
  }

  /** What is written there from now on is there for so long. @returns false when a later setting counts. */
  setTimer(conversation: ConversationId, setting: TimerSetting): boolean {
    const { timers } = this.#options.store;
    if (!isLater(setting, timers.get(conversation))) return false;
    timers.put(conversation, setting);
    return true;
  }

  drop(): null {
    this.dropped += 1;
    return null;
  }

  /** Where a message stands that an act is about; null: it is not here, and is waited for. */
  place(content: ParsedContent, target: MessageRef, act: ActFacts): number | null {
    return this.#options.store.messages.locate(target)?.position ?? this.#await(content, target, act);
  }

  takesReceipts(): boolean {
    return this.#options.takesReceipts();
  }

  /** How a contact looks from now on; null: no picture. @returns false when they have changed it too often. */
  takesProfile(contact: ContactId, picture: Uint8Array | null): boolean {
    const { store, budgets } = this.#options;
    if (!budgets.takeProfile(contact)) return false;
    store.pictures.put(contact, picture);
    return true;
  }

  hasPicture(contact: ContactId): boolean {
    return this.#options.store.pictures.get(contact) !== null;
  }

  /** @returns false when that was known. */
  seen(conversation: ConversationId, by: AuthorId, mark: { position: number; at: number }): boolean {
    return this.#options.store.seen.add(conversation, by, mark);
  }

  isText(entry: MessageRecord): boolean {
    return readContent(entry.content)?.t === 'text';
  }

  /** What is sent in its place, if it was withdrawn while it waited; else nothing. */
  standsIn({ content }: MessageRecord): Uint8Array {
    return readContent(content)?.t === 'presence' ? content : NOTHING;
  }

  /** Who has this identity key in a conversation; null: nobody who is in it. */
  authorOf(conversation: ConversationId, identityKey: Uint8Array): AuthorId | null {
    return this.#options.authors.find(conversation, identityKey);
  }

  /** Null where it is not here, or damaged. */
  find(ref: MessageRef): MessageRecord | null {
    return readable(this.#options.store.messages, ref);
  }

  /**
   * How a text of theirs is kept: what it quotes of a message that is here is not, so that nothing outlives that one.
   * @returns the bytes to store.
   */
  kept(content: ParsedContent | null, bytes: Uint8Array, conversation: ConversationId): Uint8Array {
    if (content?.t !== 'text' || content.quote === undefined) return bytes;
    const target = this.#targetOf(content, conversation);
    return target && this.#options.store.messages.has(target) ? encodeContent(withoutQuote(content)) : bytes;
  }

  /** One of theirs was stored: what waited for it is applied. @returns it, as it is then. */
  came(message: MessageRecord, content: ParsedContent | null): MessageRecord {
    const { store } = this.#options;
    if (content?.t === 'text' && content.quote !== undefined) this.#awaitQuoted(message, content);
    const waited = store.waitingActs.take(message);
    for (const act of waited) this.#arrived(act);
    return waited.length > 0 ? (this.find(message) ?? message) : message;
  }

  /** A message of ours as it goes to others: with a quote of what it answers, as that is now. */
  onWire({ conversation, content }: Pick<MessageRecord, 'conversation' | 'content'>): Uint8Array {
    const said = readContent(content);
    const target = said?.t === 'text' ? this.#targetOf(said, conversation) : null;
    const entry = target && this.find(target);
    const quote = entry && quoteOf(entry);
    return quote && said?.t === 'text' ? encodeContent({ ...said, quote }) : content;
  }

  /** Acts that have waited too long are given up, those behind row `after`. @returns the last row looked at; null: no more. */
  expire(now: number, after: number): number | null {
    const { waitingActs } = this.#options.store;
    const some = waitingActs.run(after, EXPIRED_AT_ONCE);
    for (const { row, act } of some) {
      if (act.receivedAt > now - WAITING_ACTS_MS) continue;
      waitingActs.remove(row);
      this.#giveUp(act);
    }
    return some.at(-1)?.row ?? null;
  }

  /** What an act of ours says of one that disappears is in no backup either. */
  #fadeAlong(act: MessageRef, { life }: Fading): void {
    const said = this.find(act);
    if (said) this.#options.store.messages.rewrite({ ...said, fading: { life, until: null } });
  }

  #targetOf({ re }: ContentOf<'text'>, conversation: ConversationId): MessageRef | null {
    const author = re ? this.authorOf(conversation, re.by) : null;
    return re && author !== null ? { conversation, author, id: toHex(re.id) as MessageId } : null;
  }

  #await(content: ParsedContent, target: MessageRef, act: ActFacts): null {
    if (content.t === 'unknown') return null;
    // What is taken back says nothing more, whatever else of it has come, and nowhere: quotes of it go as well.
    if (content.t === 'delete') for (const waits of this.#options.store.waitingActs.take(target)) this.#giveUp(waits);
    this.#add({ ...factsOf(act), target, content: encodeContent(content) });
    return null;
  }

  #awaitQuoted(message: MessageRecord, content: ContentOf<'text'>): void {
    const target = this.#targetOf(content, message.conversation);
    if (target && !this.#options.store.messages.has(target)) {
      this.#add({ ...factsOf(message), target, content: NOTHING });
    }
  }

  #add(waiting: WaitingAct): void {
    const { waitingActs } = this.#options.store;
    const { conversation } = waiting.target;
    waitingActs.add(waiting);
    const isTooMuch = (): boolean =>
      waitingActs.count(conversation) > WAITING_ACTS || waitingActs.bytes(conversation) > WAITING_ACTS_BYTES;
    while (isTooMuch()) {
      const oldest = waitingActs.takeOldest(conversation);
      // It was damaged, and is gone.
      if (!oldest) return;
      this.#giveUp(oldest);
    }
  }

  #arrived({ target, by, act, content, seq, at, receivedAt }: WaitingAct): void {
    if (content.length === 0) this.#stripQuote({ conversation: target.conversation, author: by, id: act });
    else
      this.apply(readContent(content), { conversation: target.conversation, author: by, id: act, seq, at, receivedAt });
  }

  /** A quote that nothing waits beside any more would outlive what it quotes. */
  #giveUp({ target, by, act, content }: WaitingAct): void {
    if (content.length === 0) this.#stripQuote({ conversation: target.conversation, author: by, id: act });
  }

  #stripQuote(reply: MessageRef): void {
    const entry = this.find(reply);
    const content = entry && readContent(entry.content);
    if (!entry || content?.t !== 'text') return;
    this.#options.store.messages.overwrite({ ...entry, content: encodeContent(withoutQuote(content)) });
  }
}

function withoutQuote(content: ContentOf<'text'>): ContentOf<'text'> {
  const { quote, ...rest } = content;
  return quote === undefined ? content : rest;
}

function factsOf({ author: by, id: act, seq, at, receivedAt }: ActFacts): Omit<WaitingAct, 'target' | 'content'> {
  return { by, act, seq, at, receivedAt };
}
