import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import type { Id, Message, MessageState } from '../../../server/contract/model.ts';
import { CallError } from '../api/pending.ts';
import { randomHex } from '../api/hex.ts';
import { Outgoing } from '../domain/outgoing.ts';
import type { Shown } from '../domain/outgoing.ts';
import { Timeline } from '../domain/timeline.ts';
import { useLink } from './link.ts';

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

export const useConversations = defineStore('conversations', () => {
  const link = useLink();
  const entries = new Map<Id, Entry>();
  const outgoing = new Outgoing();
  const dirty = new Set<Id>();

  function entryOf(contact: Id): Entry {
    let entry = entries.get(contact);
    if (entry === undefined) {
      entry = { timeline: new Timeline(), view: shallowRef(empty), loading: null };
      entries.set(contact, entry);
    }
    return entry;
  }

  function show(contact: Id, change: Partial<Conversation> = {}): void {
    const { timeline, view } = entryOf(contact);
    const local = outgoing.of(contact);
    const stored: readonly Shown[] = timeline.snapshot();
    const messages = local.length === 0 ? stored : [...stored, ...local];
    view.value = { ...view.value, prepended: false, ...change, messages };
  }

  function of(contact: Id): ShallowRef<Conversation> {
    return entryOf(contact).view;
  }

  async function fetchPage(contact: Id, entry: Entry): Promise<void> {
    const { timeline } = entry;
    const before = timeline.oldest?.id;
    try {
      const page = await link.call('message.page', {
        contact,
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      });
      if (entry.timeline !== timeline) return;
      const shown = timeline.length > 0;
      timeline.prepend(page.messages);
      entry.loading = null;
      show(contact, { phase: 'ready', more: page.more, prepended: shown });
    } catch {
      if (entry.timeline !== timeline) return;
      entry.loading = null;
      show(contact, { phase: timeline.length > 0 ? 'ready' : 'failed' });
    }
  }

  function loadPage(contact: Id): Promise<void> {
    const entry = entryOf(contact);
    entry.loading ??= fetchPage(contact, entry);
    return entry.loading;
  }

  /** Loads the newest page unless it is there. */
  async function open(contact: Id): Promise<void> {
    const { phase } = entryOf(contact).view.value;
    if (phase === 'ready') return;
    if (phase !== 'loading') show(contact, { phase: 'loading' });
    await loadPage(contact);
  }

  async function loadOlder(contact: Id): Promise<void> {
    const { view } = entryOf(contact);
    if (view.value.phase === 'ready' && view.value.more) await loadPage(contact);
  }

  /** Lets go of what was only scrolled past. */
  function leave(contact: Id): void {
    const entry = entries.get(contact);
    if (entry?.timeline.keepNewest(KEPT) === true) show(contact, { more: true });
  }

  function put(message: Message): void {
    const local = outgoing.settle(message.id);
    const entry = entries.get(message.contact);
    if (entry === undefined) return;
    // Before the first page is there, an event would leave a gap behind it: the page brings it along.
    if (entry.view.value.phase === 'ready') entry.timeline.put(message);
    else if (!local) return;
    dirty.add(message.contact);
  }

  function setState(contact: Id, id: Id, state: MessageState): void {
    const entry = entries.get(contact);
    if (entry?.timeline.has(id) !== true) return;
    entry.timeline.setState(id, state);
    dirty.add(contact);
  }

  function readAll(contact: Id): void {
    const entry = entries.get(contact);
    if (entry === undefined) return;
    entry.timeline.readAll();
    dirty.add(contact);
  }

  /** After a batch of `put`, `setState` and `readAll`: one change for each conversation they touched. */
  function publish(): void {
    for (const contact of dirty) show(contact);
    dirty.clear();
  }

  async function transmit(shown: Shown): Promise<void> {
    const { contact, id, body } = shown;
    try {
      put(await link.call('message.send', { contact, id, body }));
    } catch (error) {
      const problem = error instanceof CallError ? error.code : 'internal';
      if (problem === 'message-id-taken') outgoing.settle(id);
      else outgoing.fail(id, problem);
      dirty.add(contact);
    }
    publish();
  }

  async function send(contact: Id, body: string): Promise<void> {
    const shown = outgoing.add(contact, randomHex(16), body, Date.now());
    show(contact);
    await transmit(shown);
  }

  async function sendAgain(id: Id): Promise<void> {
    const shown = outgoing.retry(id);
    if (shown === undefined) return;
    show(shown.contact);
    await transmit(shown);
  }

  /** After an unlock: what the lock refused goes out. */
  function sendFailedAgain(): void {
    for (const { id } of outgoing.failed()) void sendAgain(id);
  }

  function discard(id: Id): void {
    const shown = outgoing.get(id);
    if (shown === undefined) return;
    outgoing.settle(id);
    show(shown.contact);
  }

  async function markRead(contact: Id): Promise<void> {
    await link.call('message.read', { contact });
  }

  function tellTyping(contact: Id, typing: boolean): void {
    link.call('typing.set', { contact, typing }).catch(() => undefined); // A nicety: lost is lost.
  }

  /** Forgets everything the daemon can tell again; texts on their way stay. */
  function clear(): void {
    dirty.clear();
    for (const [contact, entry] of entries) {
      entry.timeline = new Timeline();
      entry.loading = null;
      show(contact, empty);
    }
  }

  function drop(contact: Id): void {
    entries.delete(contact);
    dirty.delete(contact);
    for (const { id } of outgoing.of(contact)) outgoing.settle(id);
  }

  return {
    of,
    open,
    loadOlder,
    leave,
    put,
    setState,
    readAll,
    publish,
    send,
    sendAgain,
    sendFailedAgain,
    discard,
    markRead,
    tellTyping,
    clear,
    drop,
    unsent: () => outgoing.all(),
  };
});
