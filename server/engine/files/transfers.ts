// Every file that is offered, under way or here: what stands on the disk, and what is so only while the engine runs. All that
// changes a transfer goes through here, and is told.
import type { ContactId, ConversationId } from '../../contract/ids.ts';
import type { FileProgress, FileReason } from '../../contract/files.ts';
import { OURSELVES } from '../../contract/messages.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { MessageRef } from '../../storage/tables/message/message-record.ts';
import { readable } from '../../storage/tables/message/readable.ts';
import { isLive, type Transfer } from '../../storage/tables/transfers.ts';
import { DAY_MS, type Clock } from '../../timing/clock.ts';
import { Throttle } from '../../timing/throttle.ts';
import type { EventLog } from '../event-log.ts';

/** Progress is told no more often than this, of each file. */
const TOLD_MS = 250;

/** A message that disappears waits for its file no longer than this; the longest timer has four weeks. */
const HELD_MS = 30 * DAY_MS;

/** What is known of a transfer that may still move, and forgotten at the end. */
export interface LiveTransfer {
  /** As it is on the disk, or about to be. */
  transfer: Transfer;
  /** Bytes of it travel. */
  moving: boolean;
  /** What it waits for, or who has paused it, besides `transfer.state`. */
  held: Extract<FileReason, 'too-old' | 'disk-full' | 'their-disk-full' | 'by-them'> | null;
  readonly told: Throttle;
}

export interface TransfersOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventLog;
}

export class Transfers {
  readonly #options: TransfersOptions;
  readonly #live = new Map<string, LiveTransfer>();
  #stopped = false;

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  /** What a crash or the end of the process left under way is under way again. */
  start(): void {
    for (const transfer of this.#options.store.transfers.live()) this.#adopt(transfer);
  }

  stop(): void {
    this.#stopped = true;
    for (const { told } of this.#live.values()) told.stop();
    this.#live.clear();
  }

  /** One that is over may be put here, too. Inside the transaction that stores its message. @returns what is to be done once that is durable. */
  offered(transfer: Transfer): () => void {
    this.#options.store.transfers.put(transfer);
    return () => {
      if (!this.#stopped && isLive(transfer)) this.#adopt(transfer);
    };
  }

  find(message: MessageRef): LiveTransfer | null {
    return this.#live.get(keyOf(message)) ?? null;
  }

  /** Whether or not it is live; null: there is none. */
  get(message: MessageRef): Transfer | null {
    return this.find(message)?.transfer ?? this.#options.store.transfers.get(message);
  }

  liveOf(contact: ContactId): readonly LiveTransfer[] {
    return this.live().filter(({ transfer }) => transfer.contact === contact);
  }

  live(): readonly LiveTransfer[] {
    return [...this.#live.values()];
  }

  /** Resolves once it is durable. What has become of it meanwhile is not undone: null, and nothing is written. */
  async change(
    { transfer: { message } }: Pick<LiveTransfer, 'transfer'>,
    change: Partial<Transfer>,
    alongside: () => void = () => undefined,
  ): Promise<LiveTransfer | null> {
    const { store } = this.#options;
    if (this.#isStopped()) return null;
    const before = this.find(message);
    const written = store.journal.write(() => {
      const live = this.find(message);
      if (!live || !store.transfers.get(message)) return null;
      live.transfer = { ...live.transfer, ...change };
      store.transfers.put(live.transfer);
      if (!isLive(live.transfer)) this.#beginLife(live.transfer);
      alongside();
      return live;
    });
    const changed = await written.catch((error: unknown) => {
      // What is in memory is not on the disk.
      if (before && store.isOpen) before.transfer = store.transfers.get(message) ?? before.transfer;
      throw error;
    });
    if (!changed || this.#isStopped()) return null;
    if (!isLive(changed.transfer)) this.#forget(changed);
    this.tell(changed, 'now');
    return changed;
  }

  /** Puts one that was over back among those that may move. */
  async revive(transfer: Transfer): Promise<LiveTransfer> {
    const { store } = this.#options;
    await store.journal.write(() => {
      if (!this.find(transfer.message)) store.transfers.put(transfer);
    });
    const live = this.find(transfer.message) ?? this.#adopt(transfer);
    this.tell(live, 'now');
    return live;
  }

  /** Its message is gone; inside a `journal.write`. @returns what there was. */
  remove(message: MessageRef): Transfer | null {
    const transfer = this.get(message);
    if (transfer) this.#options.store.transfers.remove(message);
    const live = this.find(message);
    if (live) this.#forget(live);
    return transfer;
  }

  tell(live: LiveTransfer, when: 'now' | 'soon' = 'soon'): void {
    if (this.#stopped) return;
    if (when === 'soon') live.told.due();
    else {
      live.told.stop();
      this.#emit(live.transfer.message);
    }
  }

  progress(message: MessageRef): FileProgress {
    const transfer = this.get(message);
    if (!transfer) return { state: 'failed', received: 0, reason: 'gone', place: null };
    const { position: received } = transfer;
    return { ...this.#stateOf(transfer, this.find(message)), received, ...whereIs(transfer) };
  }

  /** Whether its message stays though its time is over: it has yet to arrive, or to be taken, and may. */
  holds(message: MessageRef): boolean {
    const { store, clock } = this.#options;
    const transfer = store.transfers.get(message);
    if (!transfer || !isLive(transfer) || !mayWait(transfer, clock.now())) return false;
    return isOurs(transfer) || transfer.state !== 'offered';
  }

  /** Whether a contact is connected; known once there are links. */
  isThere: (contact: ContactId) => boolean = () => false;

  /** They have come or gone: what waits for them says so. */
  presenceChanged(contact: ContactId): void {
    for (const live of this.liveOf(contact)) if (live.transfer.state !== 'offered') this.tell(live);
  }

  /** The last `limit` of a conversation, or of all, in their order. */
  latest(conversation: ConversationId | undefined, limit: number): readonly Transfer[] {
    return this.#options.store.transfers.latest(conversation, limit);
  }

  #stateOf({ state, reason }: Transfer, live: LiveTransfer | null): Pick<FileProgress, 'state' | 'reason'> {
    if (state === 'failed') return { state, reason: reason ?? 'damaged' };
    if (state === 'paused') return { state, reason: 'by-us' };
    if (state === 'offered' && live?.held === 'too-old') return { state: 'waiting', reason: 'too-old' };
    if (state !== 'accepted' || !live) return { state: state === 'accepted' ? 'waiting' : state };
    if (live.held === 'by-them') return { state: 'paused', reason: 'by-them' };
    if (live.held) return { state: 'waiting', reason: live.held };
    if (live.moving) return { state: 'moving' };
    return this.isThere(live.transfer.contact) ? { state: 'waiting' } : { state: 'waiting', reason: 'away' };
  }

  /** It has arrived, or never will: from now on it is there for as long as it says. */
  #beginLife(transfer: Transfer): void {
    const { store, clock } = this.#options;
    const entry = readable(store.messages, transfer.message);
    if (entry?.fading?.until == null || !mayWait(transfer, clock.now())) return;
    store.messages.rewrite({ ...entry, fading: { ...entry.fading, until: clock.now() + entry.fading.life } });
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  #adopt(transfer: Transfer): LiveTransfer {
    const { clock } = this.#options;
    const { message } = transfer;
    const live: LiveTransfer = {
      ...{ transfer, moving: false, held: null },
      told: new Throttle(clock, TOLD_MS, () => this.#emit(message)),
    };
    this.#live.set(keyOf(message), live);
    return live;
  }

  #forget(live: LiveTransfer): void {
    live.told.stop();
    live.moving = false;
    if (this.#live.get(keyOf(live.transfer.message)) === live) this.#live.delete(keyOf(live.transfer.message));
  }

  #emit(message: MessageRef): void {
    const { store, events } = this.#options;
    if (this.#stopped || !store.isOpen) return;
    const { conversation, author, id } = message;
    const read = () =>
      store.isOpen && store.messages.has(message)
        ? { conversation, author, id, progress: this.progress(message) }
        : null;
    const data = read();
    if (data) events.emit('file.changed', data, { about: keyOf(message), read });
  }
}

/** Whether a message that disappears may wait for it, wherever the clock stood when it was offered. */
function mayWait({ at }: Transfer, now: number): boolean {
  return Math.abs(now - at) <= HELD_MS;
}

export function isOurs({ message }: Transfer): boolean {
  return message.author === OURSELVES;
}

function whereIs(transfer: Transfer): Pick<FileProgress, 'place' | 'path' | 'into'> {
  const { place, state, into } = transfer;
  if (place.kind === 'saved') return { place: 'downloads', path: place.path };
  if (isOurs(transfer)) return { place: place.kind === 'path' ? 'disk' : place.kind === 'sealed' ? 'loom' : null };
  if (place.kind === 'sealed' && state === 'done') return { place: 'loom' };
  return { place: null, into };
}

function keyOf({ conversation, author, id }: MessageRef): string {
  return `${conversation} ${author} ${id}`;
}
