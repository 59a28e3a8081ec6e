// The conversations this page has opened: what is loaded, what is on its way, and how the daemon's events change both.
import { shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import type { Id, Message, MessageRef, MessageState } from '../../../server/contract/model.ts';
import type { CommandName, Input, Result } from '../../../server/contract/commands.ts';
import { randomHex } from '../api/hex.ts';
import { CallError } from '../api/pending.ts';
import { Outgoing } from '../domain/outgoing.ts';
import type { Shown } from '../domain/outgoing.ts';
import { Timeline } from '../domain/timeline.ts';

/** What a left conversation keeps, so that coming back is instant and memory stays small. */
const KEPT = 200;
const PAGE = 50;

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

export type Call = <N extends CommandName>(command: N, params: Input<N>) => Promise<Result<N>>;

export class ConversationBook {
  readonly #call: Call;
  readonly #entries = new Map<Id, Entry>();
  readonly #outgoing = new Outgoing();
  readonly #dirty = new Set<Id>();

  constructor(call: Call) {
    this.#call = call;
  }

  of(conversation: Id): ShallowRef<Conversation> {
    return this.#entry(conversation).view;
  }

  /** Loads the newest page unless it is there. */
  async open(conversation: Id): Promise<void> {
    const { phase } = this.of(conversation).value;
    if (phase === 'ready') return;
    if (phase !== 'loading') this.#show(conversation, { phase: 'loading' });
    await this.#loadPage(conversation);
  }

  async loadOlder(conversation: Id): Promise<void> {
    const { phase, more } = this.of(conversation).value;
    if (phase === 'ready' && more) await this.#loadPage(conversation);
  }

  /** Lets go of what was only scrolled past. */
  leave(conversation: Id): void {
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
    if (entry.view.value.phase === 'ready') entry.timeline.put(message);
    else if (!local) return;
    this.#dirty.add(message.conversation);
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

  readAll(conversation: Id): void {
    const entry = this.#entries.get(conversation);
    if (entry === undefined) return;
    entry.timeline.readAll();
    this.#dirty.add(conversation);
  }

  /** After a batch: one change for each conversation it touched. */
  publish(): void {
    for (const conversation of this.#dirty) this.#show(conversation);
    this.#dirty.clear();
  }

  /** Shows at once. Under an id of our own, so that asking again after a cut stores it once. */
  async send(conversation: Id, body: string): Promise<void> {
    const shown = this.#outgoing.add(conversation, randomHex(16), body, Date.now());
    this.#show(conversation);
    await this.#transmit(shown);
  }

  async sendAgain(id: Id): Promise<void> {
    const shown = this.#outgoing.retry(id);
    if (shown === undefined) return;
    this.#show(shown.conversation);
    await this.#transmit(shown);
  }

  /** After an unlock: what the lock refused goes out. */
  sendLockedAgain(): void {
    for (const { id, problem } of this.#outgoing.all()) if (problem === 'locked') void this.sendAgain(id);
  }

  discard(id: Id): void {
    const shown = this.#outgoing.get(id);
    if (shown === undefined) return;
    this.#outgoing.settle(id);
    this.#show(shown.conversation);
  }

  /** Texts not yet on the daemon's disk. */
  unsent(): readonly Shown[] {
    return this.#outgoing.all();
  }

  async markRead(conversation: Id): Promise<void> {
    await this.#call('message.read', { conversation });
  }

  async delete({ conversation, author, id }: MessageRef): Promise<void> {
    await this.#call('message.delete', { conversation, author, id });
    this.take({ conversation, author, id });
    this.publish();
  }

  async deleteAll(conversation: Id): Promise<void> {
    await this.#call('conversation.clear', { conversation });
    this.reload(conversation);
  }

  tellTyping(conversation: Id, typing: boolean): void {
    this.#call('typing.set', { conversation, typing }).catch(() => undefined); // A nicety: lost is lost.
  }

  /** Forgets everything the daemon can tell again; texts on their way stay. */
  clear(): void {
    this.#dirty.clear();
    for (const conversation of this.#entries.keys()) this.reload(conversation);
  }

  /** Unloaded again: who shows it opens it anew. */
  reload(conversation: Id): void {
    const entry = this.#entries.get(conversation);
    if (entry === undefined) return;
    entry.timeline = new Timeline();
    entry.loading = null;
    this.#show(conversation, empty);
  }

  drop(conversation: Id): void {
    this.#entries.delete(conversation);
    this.#dirty.delete(conversation);
    for (const { id } of this.#outgoing.of(conversation)) this.#outgoing.settle(id);
  }

  #entry(conversation: Id): Entry {
    let entry = this.#entries.get(conversation);
    if (entry === undefined) {
      entry = { timeline: new Timeline(), view: shallowRef(empty), loading: null };
      this.#entries.set(conversation, entry);
    }
    return entry;
  }

  #show(conversation: Id, change: Partial<Conversation> = {}): void {
    const { timeline, view } = this.#entry(conversation);
    const local = this.#outgoing.of(conversation);
    const stored: readonly Shown[] = timeline.snapshot();
    const messages = local.length === 0 ? stored : [...stored, ...local];
    view.value = { ...view.value, prepended: false, ...change, messages };
  }

  #loadPage(conversation: Id): Promise<void> {
    const entry = this.#entry(conversation);
    entry.loading ??= this.#fetchPage(conversation, entry);
    return entry.loading;
  }

  async #fetchPage(conversation: Id, entry: Entry): Promise<void> {
    const { timeline } = entry;
    const { oldest } = timeline;
    try {
      const page = await this.#call('message.page', {
        conversation,
        limit: PAGE,
        ...(oldest === undefined ? {} : { before: { author: oldest.author, id: oldest.id } }),
      });
      if (entry.timeline !== timeline) return;
      const prepended = timeline.length > 0;
      timeline.prepend(page.messages);
      entry.loading = null;
      this.#show(conversation, { phase: 'ready', more: page.more, prepended });
    } catch {
      if (entry.timeline !== timeline) return;
      entry.loading = null;
      this.#show(conversation, { phase: timeline.length > 0 ? 'ready' : 'failed' });
    }
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
