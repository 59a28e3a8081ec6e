// The conversations this page has opened: what is loaded, what is on its way, and how the daemon's events change both.
import { shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import type { ContactId, Message, MessageId, MessageRef, MessageState } from '../../../server/contract/model.ts';
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
  readonly #entries = new Map<ContactId, Entry>();
  readonly #outgoing = new Outgoing();
  readonly #dirty = new Set<ContactId>();

  constructor(call: Call) {
    this.#call = call;
  }

  of(contact: ContactId): ShallowRef<Conversation> {
    return this.#entry(contact).view;
  }

  /** Loads the newest page unless it is there. */
  async open(contact: ContactId): Promise<void> {
    const { phase } = this.of(contact).value;
    if (phase === 'ready') return;
    if (phase !== 'loading') this.#show(contact, { phase: 'loading' });
    await this.#loadPage(contact);
  }

  async loadOlder(contact: ContactId): Promise<void> {
    const { phase, more } = this.of(contact).value;
    if (phase === 'ready' && more) await this.#loadPage(contact);
  }

  /** Lets go of what was only scrolled past. */
  leave(contact: ContactId): void {
    const entry = this.#entries.get(contact);
    if (entry?.loading !== null) return;
    if (entry.timeline.keepNewest(KEPT)) this.#show(contact, { more: true });
  }

  /** From an event or a reply; shows with the next `publish`. */
  put(message: Message): void {
    const local = message.direction === 'out' && this.#outgoing.settle(message.id);
    const entry = this.#entries.get(message.contact);
    if (entry === undefined) return;
    // Before the first page is there, an event would leave a gap behind it: the page brings it along.
    if (entry.view.value.phase === 'ready') entry.timeline.put(message);
    else if (!local) return;
    this.#dirty.add(message.contact);
  }

  setState(message: MessageRef, state: MessageState): void {
    const entry = this.#entries.get(message.contact);
    if (entry?.timeline.has(message) !== true) return;
    entry.timeline.setState(message, state);
    this.#dirty.add(message.contact);
  }

  /** It was deleted. */
  take(message: MessageRef): void {
    const { contact } = message;
    const entry = this.#entries.get(contact);
    if (entry?.timeline.delete(message) !== true) return;
    // Older ones may be there, and would be asked for only by scrolling.
    if (entry.timeline.length === 0) this.reload(contact);
    else this.#dirty.add(contact);
  }

  readAll(contact: ContactId): void {
    const entry = this.#entries.get(contact);
    if (entry === undefined) return;
    entry.timeline.readAll();
    this.#dirty.add(contact);
  }

  /** After a batch: one change for each conversation it touched. */
  publish(): void {
    for (const contact of this.#dirty) this.#show(contact);
    this.#dirty.clear();
  }

  /** Shows at once. Under an id of our own, so that asking again after a cut stores it once. */
  async send(contact: ContactId, body: string): Promise<void> {
    const shown = this.#outgoing.add(contact, randomHex(16) as MessageId, body, Date.now());
    this.#show(contact);
    await this.#transmit(shown);
  }

  async sendAgain(id: MessageId): Promise<void> {
    const shown = this.#outgoing.retry(id);
    if (shown === undefined) return;
    this.#show(shown.contact);
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
    this.#show(shown.contact);
  }

  /** Texts not yet on the daemon's disk. */
  unsent(): readonly Shown[] {
    return this.#outgoing.all();
  }

  async markRead(contact: ContactId): Promise<void> {
    await this.#call('message.read', { contact });
  }

  async delete({ contact, direction, id }: MessageRef): Promise<void> {
    await this.#call('message.delete', { contact, direction, id });
    this.take({ contact, direction, id });
    this.publish();
  }

  async deleteAll(contact: ContactId): Promise<void> {
    await this.#call('conversation.clear', { contact });
    this.reload(contact);
  }

  tellTyping(contact: ContactId, typing: boolean): void {
    this.#call('typing.set', { contact, typing }).catch(() => undefined); // A nicety: lost is lost.
  }

  /** Forgets everything the daemon can tell again; texts on their way stay. */
  clear(): void {
    this.#dirty.clear();
    for (const contact of this.#entries.keys()) this.reload(contact);
  }

  /** Unloaded again: who shows it opens it anew. */
  reload(contact: ContactId): void {
    const entry = this.#entries.get(contact);
    if (entry === undefined) return;
    entry.timeline = new Timeline();
    entry.loading = null;
    this.#show(contact, empty);
  }

  drop(contact: ContactId): void {
    this.#entries.delete(contact);
    this.#dirty.delete(contact);
    for (const { id } of this.#outgoing.of(contact)) this.#outgoing.settle(id);
  }

  #entry(contact: ContactId): Entry {
    let entry = this.#entries.get(contact);
    if (entry === undefined) {
      entry = { timeline: new Timeline(), view: shallowRef(empty), loading: null };
      this.#entries.set(contact, entry);
    }
    return entry;
  }

  #show(contact: ContactId, change: Partial<Conversation> = {}): void {
    const { timeline, view } = this.#entry(contact);
    const local = this.#outgoing.of(contact);
    const stored: readonly Shown[] = timeline.snapshot();
    const messages = local.length === 0 ? stored : [...stored, ...local];
    view.value = { ...view.value, prepended: false, ...change, messages };
  }

  #loadPage(contact: ContactId): Promise<void> {
    const entry = this.#entry(contact);
    entry.loading ??= this.#fetchPage(contact, entry);
    return entry.loading;
  }

  async #fetchPage(contact: ContactId, entry: Entry): Promise<void> {
    const { timeline } = entry;
    const { oldest } = timeline;
    try {
      const page = await this.#call('message.page', {
        contact,
        limit: PAGE,
        ...(oldest === undefined ? {} : { before: { direction: oldest.direction, id: oldest.id } }),
      });
      if (entry.timeline !== timeline) return;
      const prepended = timeline.length > 0;
      timeline.prepend(page.messages);
      entry.loading = null;
      this.#show(contact, { phase: 'ready', more: page.more, prepended });
    } catch {
      if (entry.timeline !== timeline) return;
      entry.loading = null;
      this.#show(contact, { phase: timeline.length > 0 ? 'ready' : 'failed' });
    }
  }

  async #transmit({ contact, id, body }: Shown): Promise<void> {
    try {
      this.put(await this.#call('message.send', { contact, id, body }));
    } catch (error) {
      const problem = error instanceof CallError ? error.code : 'internal';
      // Stored by an earlier attempt whose reply was lost.
      if (problem === 'message-id-taken') this.#outgoing.settle(id);
      else this.#outgoing.fail(id, problem);
      this.#dirty.add(contact);
    }
    this.publish();
  }
}
