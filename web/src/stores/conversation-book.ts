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
  Reply,
} from '../../../server/contract/model.ts';
import { sentAt } from '../../../server/contract/words/time.ts';
import type { CommandName, Input, Result } from '../../../server/contract/commands.ts';
import { randomHex } from '../api/hex.ts';
import { CallError } from '../api/pending.ts';
import { unloaded } from '../domain/message/loaded-conversation.ts';
import type { LoadedConversation } from '../domain/message/loaded-conversation.ts';
import { messageKey } from '../domain/message/message-key.ts';
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

interface Entry {
  /** Replaced by a reload, which is how an answer under way is known to be stale. */
  timeline: Timeline;
  readonly view: ShallowRef<LoadedConversation>;
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

  of(conversation: ConversationId): ShallowRef<LoadedConversation> {
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
  loadBack(conversation: ConversationId, time: number): Promise<void> {
    const wants: Wants = ([oldest]) => sentAt(oldest ?? { at: 0, arrivedAt: 0 }) >= time;
    return this.#loadFar(conversation, BACK_MOST, wants);
  }

  /** Loads older ones until the one in `position` is there, or FAR_MOST are. */
  loadTo(conversation: ConversationId, position: number): Promise<void> {
    return this.#loadFar(conversation, FAR_MOST, ([oldest]) => (oldest?.position ?? -Infinity) > position);
  }

  /** Loads older ones until `message` is there, or FAR_MOST are. @returns whether it is. */
  async loadBackTo(message: MessageRef): Promise<boolean> {
    const key = messageKey(message);
    await this.#loadFar(message.conversation, FAR_MOST, (_, page) => page.every((each) => messageKey(each) !== key));
    return this.find(message) !== undefined;
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

  /** What has become of one; of those that are not loaded, their page brings it along. */
  change(message: Message): void {
    if (this.find(message) !== undefined) this.put(message);
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

  /** Of what we wrote, all that they have and that stands no later than `upTo` is read. */
  seen(conversation: ConversationId, upTo: number): void {
    const entry = this.#entries.get(conversation);
    if (entry === undefined) return;
    entry.timeline.seen(upTo);
    this.#dirty.add(conversation);
  }

  /** @returns it as it is loaded; undefined when it is not. */
  find(message: MessageRef): Message | undefined {
    return this.#entries.get(message.conversation)?.timeline.get(message);
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

  /**
   * Shows at once. Under an id of our own, so that asking again after a cut stores it once.
   * @param reply what it answers.
   */
  async send(conversation: ConversationId, body: string, reply?: Reply): Promise<void> {
    const written = { conversation, id: randomHex(16) as MessageId, body, at: Date.now(), ...(reply && { reply }) };
    const shown = this.#outgoing.add(written);
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
    this.#show(conversation, unloaded);
  }

  drop(conversation: ConversationId): void {
    this.#entries.delete(conversation);
    this.#dirty.delete(conversation);
    for (const { id } of this.#outgoing.of(conversation)) this.#outgoing.settle(id);
  }

  #entry(conversation: ConversationId): Entry {
    let entry = this.#entries.get(conversation);
    if (entry === undefined) {
      entry = { timeline: new Timeline(), view: shallowRef(unloaded), loading: null };
      this.#entries.set(conversation, entry);
    }
    return entry;
  }

  #show(conversation: ConversationId, change: Partial<LoadedConversation> = {}): void {
    const { timeline, view } = this.#entry(conversation);
    const local = this.#outgoing.of(conversation);
    const stored: readonly Shown[] = timeline.snapshot();
    const messages = local.length === 0 ? stored : [...stored, ...local];
    view.value = { ...view.value, prepended: false, ...change, messages };
  }

  /** Older ones for as long as `wants` says, but `most` at most. */
  async #loadFar(conversation: ConversationId, most: number, wants: Wants): Promise<void> {
    await this.#entry(conversation).loading;
    const { phase, more, messages } = this.of(conversation).value;
    const bound = messages.length + most;
    const wantsMore: Wants = (loaded, page) => loaded.length < bound && wants(loaded, page);
    if (phase === 'ready' && more && wantsMore(messages, messages)) await this.#load(conversation, wantsMore);
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

  async #transmit(shown: Shown): Promise<void> {
    const { conversation, id, body } = shown;
    const reply = shown.kind === 'text' ? shown.reply : undefined;
    const answers = reply?.author != null && { replyTo: { author: reply.author, id: reply.id } };
    try {
      this.put(await this.#call('message.send', { conversation, id, body, ...answers }));
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
