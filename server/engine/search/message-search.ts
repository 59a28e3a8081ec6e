// Search in all messages. The index lives in memory while the profile is open: it is filled newest first after unlocking,
// follows what the event log tells of messages, and is overwritten when the profile closes.
//
//   start ─▶ filling: a slice of the stored messages, a turn for others, the next slice … ─▶ all, or as many as fit
//   event ─▶ put, removed or forgotten, once what happened is durable
//   query ─▶ places in the index ─▶ each opened from its row, looked at again and marked ─▶ a page of hits
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventMessage } from '../../contract/events.ts';
import type { ConversationId } from '../../contract/ids.ts';
import { PAGE_HITS } from '../../contract/limits.ts';
import type { Message, Searched, SearchHit, SearchPage } from '../../contract/model.ts';
import { sentAt } from '../../contract/words/time.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { MessageRecord, MessageRef } from '../../storage/tables/message/message-record.ts';
import type { ScannedRun } from '../../storage/tables/message/message-scan.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { Roster } from '../contacts/roster.ts';
import type { EventLog } from '../event-log.ts';
import type { EntryViews } from '../feed/entry-views.ts';
import { fold } from './fold.ts';
import { markedParts } from './marks.ts';
import { narrowing } from './narrowing.ts';
import { isEmpty, parseQuery } from './query.ts';
import type { IndexedText } from './segment.ts';
import { Speakers } from './speakers.ts';
import { TextIndex } from './text-index.ts';

/** What filling takes of one turn of the event loop. */
const SLICE_MS = 4;
/** Rows opened between two looks at the clock, and bytes of them: a fraction of that. */
const ROWS_AT_ONCE = 32;
const BYTES_AT_ONCE = 64 * 1024;
/** Rows of one slice at most, however fast they are. */
const SLICE_ROWS = 1024;
/** So many come at most while a conversation is cleared. */
const LEFT_AT_ONCE = 200;

export interface MessageSearchOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly conversations: Conversations;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly views: Pick<EntryViews, 'plain'>;
  /** Left out: INDEX_BYTES. */
  readonly maxBytes?: number;
}

export interface SearchQuery {
  readonly text: string;
  readonly conversation?: ConversationId | undefined;
  readonly cursor?: number | undefined;
}

export class MessageSearch {
  readonly #options: MessageSearchOptions;
  readonly #index: TextIndex;
  readonly #speakers = new Speakers();
  readonly #running = new AbortController();
  /** Rows below have yet to be looked at. */
  #unfilled = Infinity;
  #newest = 0;
  #searched: Searched = 'filling';
  #unsubscribe: () => void = () => undefined;

  constructor(options: MessageSearchOptions) {
    this.#options = options;
    this.#index = new TextIndex(options.maxBytes);
  }

  /** Bytes of memory. */
  get size(): number {
    return this.#index.size;
  }

  start(): void {
    const { store, events } = this.#options;
    this.#newest = store.messages.newestRow();
    this.#unfilled = this.#newest + 1;
    this.#unsubscribe = events.subscribe((event) => this.#follow(event));
    runInBackground(this.#fill());
  }

  /** Searches under way end with what they have found; nothing of the index is left. */
  stop(): void {
    this.#running.abort();
    this.#unsubscribe();
    this.#index.wipe();
    this.#speakers.forget();
  }

  async query({ text, conversation, cursor }: SearchQuery): Promise<SearchPage> {
    const query = parseQuery(text);
    const hits: SearchHit[] = [];
    if (isEmpty(query)) return { hits, next: null, searched: this.#searched };
    const terms = query.terms.map((term) => Buffer.from(term));
    const accepts = narrowing({ speakers: this.#speakers, ...this.#options }, query, conversation ?? null);
    const wanted = { terms, accepts, below: cursor ?? Infinity };
    let last: number | null = null;
    for await (const { place, row } of this.#index.find(wanted, this.#running.signal)) {
      if (hits.length === PAGE_HITS) return { hits, next: last, searched: this.#searched };
      const hit = await this.#open(row, query.terms);
      if (hit) hits.push(hit);
      last = place;
    }
    return { hits, next: null, searched: this.#searched };
  }

  /** Looks again: between the index and now, the row may have changed. */
  async #open(row: number, terms: readonly string[]): Promise<SearchHit | null> {
    if (this.#running.signal.aborted) return null;
    const record = this.#options.store.messages.scan.at(row);
    if (!record) return null;
    const message = this.#options.views.plain(record);
    const text = textOf(message);
    // Long texts take their time to be marked: not many of them in one turn.
    if (text.length > BYTES_AT_ONCE / 4) await nextTurn();
    const folded = fold(text);
    if (!terms.every((term) => folded.includes(term))) return null;
    const { conversation, author, id, direction, at, arrivedAt, position } = message;
    return { conversation, author, id, direction, at, arrivedAt, position, parts: markedParts(text, terms) };
  }

  #follow(told: EventMessage): void {
    if (told.event === 'message.stored' || told.event === 'message.received') {
      this.#put(told.data.message);
    } else if (told.event === 'message.changed') {
      this.#change(told.data.message);
    } else if (told.event === 'message.deleted') {
      this.#remove(told.data);
    } else if (told.event === 'conversation.removed') {
      this.#forget(told.data.conversation);
    } else if (told.event === 'conversation.cleared') {
      this.#forget(told.data.conversation);
      this.#putLeft(told.data.conversation);
    }
  }

  /** What a message says that is new, or was left when its conversation was cleared. */
  #put(message: Message): void {
    const row = this.#options.store.messages.rowOf(message);
    // One that filling has yet to come to is read then.
    if (row === null || row < this.#unfilled) return;
    const entry = this.#entryOf(row, message);
    const isNew = row > this.#newest;
    this.#newest = Math.max(row, this.#newest);
    if (entry.text === '') this.#index.remove(row);
    else if ((isNew || !this.#index.replace(row, entry.text)) && !this.#index.addNewer(entry))
      this.#searched = 'newest';
  }

  /** What gave way for newer ones stays away. */
  #change(message: Message): void {
    const row = this.#options.store.messages.rowOf(message);
    if (row === null || row < this.#unfilled) return;
    const { text } = this.#entryOf(row, message);
    if (text === '') this.#index.remove(row);
    else this.#index.replace(row, text);
  }

  #remove(ref: MessageRef): void {
    const row = this.#options.store.messages.rowOf(ref);
    if (row !== null) this.#index.remove(row);
  }

  #forget(conversation: ConversationId): void {
    this.#index.removeTags((tag) => this.#speakers.of(tag)?.conversation === conversation);
  }

  /** What came into a conversation while it was cleared is there still. */
  #putLeft(conversation: ConversationId): void {
    const { messages } = this.#options.store;
    const left = messages.shown(conversation, Number.MAX_SAFE_INTEGER, LEFT_AT_ONCE, BYTES_AT_ONCE);
    for (const ref of left) {
      const row = messages.rowOf(ref);
      const record = row === null ? null : messages.scan.at(row);
      if (record) this.#put(this.#options.views.plain(record));
    }
  }

  async #fill(): Promise<void> {
    const { signal } = this.#running;
    try {
      let goesOn = true;
      while (goesOn) {
        await nextTurn();
        if (signal.aborted) return;
        goesOn = this.#fillSlice();
      }
    } catch (error) {
      // The disk cannot be read: what is in the index is what can be searched.
      if (!(error instanceof StorageError)) throw error;
      this.#searched = 'newest';
    }
  }

  /** @returns false when there is nothing left to do. */
  #fillSlice(): boolean {
    const { clock, store } = this.#options;
    const end = clock.monotonic() + SLICE_MS;
    for (let rows = 0; rows < SLICE_ROWS && clock.monotonic() < end; rows += ROWS_AT_ONCE) {
      const run = store.messages.scan.before(this.#unfilled, ROWS_AT_ONCE, BYTES_AT_ONCE);
      const isRoom = this.#take(run);
      this.#unfilled = run.last ?? 0;
      if (run.last !== null && isRoom) continue;
      this.#searched = isRoom ? 'all' : 'newest';
      this.#unfilled = 0;
      return false;
    }
    return true;
  }

  /** @returns whether there was room. */
  #take({ messages }: ScannedRun): boolean {
    return messages.every(({ row, message }) => this.#addOlder(row, message));
  }

  #addOlder(row: number, record: MessageRecord): boolean {
    // A removed contact's messages go piece by piece, and are nobody's until then.
    if (!this.#options.conversations.find(record.conversation)) return true;
    const entry = this.#entryOf(row, this.#options.views.plain(record));
    return entry.text === '' || this.#index.addOlder(entry);
  }

  #entryOf(row: number, message: Message): IndexedText {
    const time = Math.floor(Math.min(sentAt(message, this.#options.clock.now()) / 1000, 0xffffffff));
    return { row, tag: this.#speakers.tagOf(message), time, text: fold(textOf(message)) };
  }
}

/** What people can look for in a message. */
function textOf(message: Message): string {
  switch (message.kind) {
    case 'text':
      return message.body;
    case 'introduction':
      return message.introduced.name;
    case 'file':
      return message.body === '' ? message.file.name : `${message.file.name} ${message.body}`;
    case 'change':
    case 'deleted':
    case 'unknown':
      return '';
  }
}
