// The conversations this page has opened: what is loaded, what is on its way, and how the daemon's events change both.
import { shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import { PAGE_MESSAGES } from '../../../server/contract/limits.ts';
import type {
  ConversationId,
  Message,
  MessageId,
  MessagePage,
  MessageRef,
  MessageState,
} from '../../../server/contract/model.ts';
import { sentAt } from '../../../server/contract/words/time.ts';
import type { CommandName, Input, Result } from '../../../server/contract/commands.ts';
import { randomHex } from '../api/hex.ts';
import { CallError } from '../api/pending.ts';
import { Outgoing } from '../domain/message/outgoing.ts';
import type { Shown } from '../domain/message/outgoing.ts';
import { wantsOlder } from '../domain/message/reading.ts';
import { Timeline } from '../domain/message/timeline.ts';

/** What a left conversation keeps, so that coming back is instant and memory stays small. */
const KEPT = 200;
/** The first page, so that it is there at once; older ones are as large as they may be. */
const PAGE = 50;
/** Older ones that one jump loads at most, some seconds of work. */
const BACK_MOST = 20_000;
/** The same for one message that was asked for. */
const FAR_MOST = 100_000;

export interface Conversation {
  readonly messages: readonly Shown[];
  readonly phase: 'unloaded' | 'loading' | 'ready' | 'failed';
  /** Older ones exist. */
  readonly more: boolean;
  /** This change put older messages in front of those already shown. */
  readonly prepended: boolean;
}

const empty: Conversation = { messages: [], phase: 'unloaded', more: false, prepended: false };

interface Entry {
  /** Replaced by a reload, which is how an answer under way is known to be stale. */
  timeline: Timeline;
  readonly view: ShallowRef<Conversation>;
  loading: Promise<void> | null;
}

/** Whether still older ones are wanted, once a page has come. `loaded`: all there are, oldest first. */
type Wants = (loaded: readonly Shown[], page: readonly Shown[]) => boolean;

export type Call = <N extends CommandName>(command: N, params: Input<N>) => Promise<Result<N>>;

export class ConversationBook {
  readonly #call: Call;
  readonly #entries = new Map<ConversationId, Entry>();
  readonly #outgoing = new Outgoing();
  readonly #dirty = new Set<ConversationId>();

  constructor(call: Call) {
    this.#call = call;
  }

  of(conversation: ConversationId): ShallowRef<Conversation> {
    return this.#entry(conversation).view;
  }

  /** Loads the newest page unless it is there, and older ones until all of the `unread` are. */
  async open(conversation: ConversationId, unread: number): Promise<void> {
    const { phase, more, messages } = this.of(conversation).value;
    if (phase === 'ready' && !(more && wantsOlder(messages, unread, messages))) return;
    if (phase !== 'loading' && phase !== 'ready') this.#show(conversation, { phase: 'loading' });
    await this.#load(conversation, (loaded, page) => wantsOlder(loaded, unread, page));
  }

  async loadOlder(conversation: ConversationId): Promise<void> {
    const { phase, more } = this.of(conversation).value;
    if (phase === 'ready' && more) await this.#load(conversation, () => false);
  }

  /** Loads older ones until those of `time` are there, in ms since 1970, or BACK_MOST are. */
  async loadBack(conversation: ConversationId, time: number): Promise<void> {
    await this.#entry(conversation).loading;
    const { phase, more, messages } = this.of(conversation).value;
    const most = messages.length + BACK_MOST;
    const wants: Wants = (loaded) => sentAt(loaded[0] ?? { at: 0, arrivedAt: 0 }) >= time && loaded.length < most;
    if (phase === 'ready' && more && wants(messages, [])) await this.#load(conversation, wants);
  }

  /** Loads older ones until the one in `position` is there, or FAR_MOST are. */
  async loadTo(conversation: ConversationId, position: number): Promise<void> {
    await this.#entry(conversation).loading;
    const { phase, more, messages } = this.of(conversation).value;
    const most = messages.length + FAR_MOST;
    const wants: Wants = (loaded) => (loaded[0]?.position ?? -Infinity) > position && loaded.length < most;
    if (phase === 'ready' && more && wants(messages, [])) await this.#load(conversation, wants);
  }

  /** Lets go of what was only scrolled past. */
  leave(conversation: ConversationId): void {
    const entry = this.#entries.get(conversation);
    if (entry?.loading !== null) return;
    if (entry.timeline.keepNewest(KEPT)) this.#show(conversation, { more: true });
  }

  /** From an event or a reply; shows with the next `publish`. */
  put(message: Message): void {
    const local = message.direction === 'out' && this.#outgoing.settle(message.id);
    const entry = this.#entries.get(message.conversation);
    if (entry === undefined) return;
    // Before the first page is there, an event would leave a gap behind it: the page brings it along.
    const ready = entry.view.value.phase === 'ready';
    if (ready || entry.timeline.length > 0) entry.timeline.put(message);
    if (ready || local) this.#dirty.add(message.conversation);
  }

  setState(message: MessageRef, state: MessageState): void {
    const entry = this.#entries.get(message.conversation);
    if (entry?.timeline.has(message) !== true) return;
    entry.timeline.setState(message, state);
    this.#dirty.add(message.conversation);
  }

  /** It was deleted. */
  take(message: MessageRef): void {
    const { conversation } = message;
    const entry = this.#entries.get(conversation);
    if (entry?.timeline.delete(message) !== true) return;
    // Older ones may be there, and would be asked for only by scrolling.
    if (entry.timeline.length === 0) this.reload(conversation);
    else this.#dirty.add(conversation);
  }

  /** @param upTo the `position` of the last that is; null: all are. */
  read(conversation: ConversationId, upTo: number | null): void {
    const entry = this.#entries.get(conversation);
    if (entry === undefined) return;
    entry.timeline.read(upTo ?? Infinity);
    this.#dirty.add(conversation);
  }

  /** After a batch: one change for each conversation it touched. */
  publish(): void {
    for (const conversation of this.#dirty) this.#show(conversation);
    this.#dirty.clear();
  }

  /** Shows at once. Under an id of our own, so that asking again after a cut stores it once. */
  async send(conversation: ConversationId, body: string): Promise<void> {
    const shown = this.#outgoing.add(conversation, randomHex(16) as MessageId, body, Date.now());
    this.#show(conversation);
    await this.#transmit(shown);
  }

  async sendAgain(id: MessageId): Promise<void> {
    const shown = this.#outgoing.retry(id);
    if (shown === undefined) return;
    this.#show(shown.conversation);
    await this.#transmit(shown);
  }

  /** After an unlock: what the lock refused goes out. */
  sendLockedAgain(): void {
    for (const { id, problem } of this.#outgoing.all()) if (problem === 'locked') void this.sendAgain(id);
  }

  discard(id: MessageId): void {
    const shown = this.#outgoing.get(id);
    if (shown === undefined) return;
    this.#outgoing.settle(id);
    this.#show(shown.conversation);
  }

  /** Texts not yet on the daemon's disk. */
  unsent(): readonly Shown[] {
    return this.#outgoing.all();
  }

  /** @param upTo the `position` of the last that was seen; Infinity: all were. */
  async markRead(conversation: ConversationId, upTo: number): Promise<void> {
    await this.#call('message.read', { conversation, ...(upTo === Infinity ? {} : { upTo }) });
  }

  async delete({ conversation, author, id }: MessageRef): Promise<void> {
    await this.#call('message.delete', { conversation, author, id });
    this.take({ conversation, author, id });
    this.publish();
  }

  async deleteAll(conversation: ConversationId): Promise<void> {
    await this.#call('conversation.clear', { conversation });
    this.reload(conversation);
  }

  tellTyping(conversation: ConversationId, typing: boolean): void {
    this.#call('typing.set', { conversation, typing }).catch(() => undefined); // A nicety: lost is lost.
  }

  /** Forgets everything the daemon can tell again; texts on their way stay. */
  clear(): void {
    this.#dirty.clear();
    for (const conversation of this.#entries.keys()) this.reload(conversation);
  }

  /** Unloaded again: who shows it opens it anew. */
  reload(conversation: ConversationId): void {
    const entry = this.#entries.get(conversation);
    if (entry === undefined) return;
    entry.timeline = new Timeline();
    entry.loading = null;
    this.#show(conversation, empty);
  }

  drop(conversation: ConversationId): void {
    this.#entries.delete(conversation);
    this.#dirty.delete(conversation);
    for (const { id } of this.#outgoing.of(conversation)) this.#outgoing.settle(id);
  }

  #entry(conversation: ConversationId): Entry {
    let entry = this.#entries.get(conversation);
    if (entry === undefined) {
      entry = { timeline: new Timeline(), view: shallowRef(empty), loading: null };
      this.#entries.set(conversation, entry);
    }
    return entry;
  }

  #show(conversation: ConversationId, change: Partial<Conversation> = {}): void {
    const { timeline, view } = this.#entry(conversation);
    const local = this.#outgoing.of(conversation);
    const stored: readonly Shown[] = timeline.snapshot();
    const messages = local.length === 0 ? stored : [...stored, ...local];
    view.value = { ...view.value, prepended: false, ...change, messages };
  }

  #load(conversation: ConversationId, wants: Wants): Promise<void> {
    const entry = this.#entry(conversation);
    entry.loading ??= this.#fetch(conversation, entry, wants);
    return entry.loading;
  }

  /** A page, and older ones for as long as `wants` says; what is shown changes once. */
  async #fetch(conversation: ConversationId, entry: Entry, wants: Wants): Promise<void> {
    const { timeline, view } = entry;
    const ready = view.value.phase === 'ready';
    const prepended = timeline.length > 0;
    let older: readonly Message[] = [];
    const loaded = (): readonly Message[] => [...older, ...timeline.snapshot()];
    try {
      let page: MessagePage;
      do {
        page = await this.#page(conversation, loaded()[0]);
        if (entry.timeline !== timeline) return;
        // What is not shown yet is put in place at once: events that come meanwhile must meet it there.
        if (ready) older = [...page.messages, ...older];
        else timeline.prepend(page.messages);
      } while (page.more && wants(loaded(), page.messages));
      timeline.prepend(older);
      entry.loading = null;
      this.#show(conversation, { phase: 'ready', more: page.more, prepended });
    } catch {
      if (entry.timeline !== timeline) return;
      entry.loading = null;
      this.#show(conversation, { phase: timeline.length > 0 ? 'ready' : 'failed', more: true });
    }
  }

  #page(conversation: ConversationId, oldest: MessageRef | undefined): Promise<MessagePage> {
    if (oldest === undefined) return this.#call('message.page', { conversation, limit: PAGE });
    const before = { author: oldest.author, id: oldest.id };
    return this.#call('message.page', { conversation, limit: PAGE_MESSAGES, before });
  }

  async #transmit({ conversation, id, body }: Shown): Promise<void> {
    try {
      this.put(await this.#call('message.send', { conversation, id, body }));
    } catch (error) {
      const problem = error instanceof CallError ? error.code : 'internal';
      // Stored by an earlier attempt whose reply was lost.
      if (problem === 'message-id-taken') this.#outgoing.settle(id);
      else this.#outgoing.fail(id, problem);
      this.#dirty.add(conversation);
    }
    this.publish();
  }
}
