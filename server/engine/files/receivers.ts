// The receiving side: says what it wants and from where, takes what comes, and says how far it has got.
//
//   offered ──▶ accepted ── room, a link ── WANT ──▶ DATA … END ──▶ done
//                  ▲ └── link lost, nothing comes: WANT again, from what is durable
//                  └──▶ paused, disk full: STOP, until a person or room
import type { ContactId, MessageId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { parseData, parseEnd, STOP } from '../../protocol/files/file-records.ts';
import { FEATURE_FILES, FILE_STRAY_BYTES } from '../../protocol/files/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { MessageRef } from '../../storage/tables/message/message-record.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';
import type { BulkLink, BulkLinks } from '../links/bulk-links.ts';
import { weightless } from '../links/flow/record-weight.ts';
import type { Links } from '../links/links.ts';
import type { RecordRouter } from '../links/record-router.ts';
import type { Answers } from './answers.ts';
import { isFull, isOfTheDisk } from './disk-errors.ts';
import type { Incoming, IncomingListener } from './incoming.ts';
import { openIncoming } from './landing.ts';
import { isOurs, type LiveTransfer, type Transfers } from './transfers.ts';

/** Files that come in at once, of one contact and of all. Each holds some MiB of memory. */
const AT_ONCE = 2;
const AT_ONCE_OF_ALL = 4;

/** Where nothing has come for so long it is asked for anew, and where there was no room, looked for again. */
const LOOK_MS = 10_000;

/** After a bulk link broke, beside an active link that stands. */
const REST_MS = 1_000;

interface Coming {
  readonly live: LiveTransfer;
  readonly peer: PeerDevice;
  /** Null: being opened. */
  incoming: Incoming | null;
  /** Something came since it was last looked at. */
  heard: boolean;
}

export interface ReceiversOptions {
  readonly primitives: Primitives;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly store: Store;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly bulkLinks: BulkLinks;
  readonly router: RecordRouter;
  readonly transfers: Transfers;
  readonly answers: Answers;
  /** All of it is here, or never will be. */
  readonly onOver: (live: LiveTransfer) => void;
}

export class Receivers {
  readonly #options: ReceiversOptions;
  readonly #coming = new Map<LiveTransfer, Coming>();
  /** What is being closed has its file still. */
  readonly #closing = new Map<LiveTransfer, Promise<void>>();
  /** Not before then, by the monotonic clock: its link has just broken. */
  readonly #rests = new WeakMap<LiveTransfer, number>();
  #cancelLook: (() => void) | null = null;
  #stopped = false;

  constructor(options: ReceiversOptions) {
    this.#options = options;
    const { router, links, bulkLinks } = options;
    router.on(RECORD.data, ['bulk'], { weight: weightless, handle: (from, body) => this.#onData(from, body) });
    router.on(RECORD.end, ['bulk'], {
      handle: (from, body) => {
        const { id, root } = parseEnd(body);
        this.#find(from.contact, toHex(id))?.coming?.incoming?.end(root);
      },
    });
    links.activated.on(({ contact, features }) => {
      for (const live of this.#theirs(contact)) this.#rests.delete(live);
      for (const live of this.#theirs(contact)) live.held = (features & FEATURE_FILES) === 0 ? 'too-old' : null;
      this.kick();
    });
    links.dropped.on((peer) => {
      if (!links.activeLinkTo(peer)) this.#cut(peer);
    });
    bulkLinks.closed.on((bulkLink) => this.#cut(bulkLink));
  }

  /** Resolves when every file is closed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelLook?.();
    for (const { live } of [...this.#coming.values()]) this.end(live);
    await Promise.all(this.#closing.values());
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  isWanted({ contact }: PeerDevice): boolean {
    return [...this.#coming.values()].some(({ peer }) => peer.contact === contact);
  }

  /** There may be something to fetch, or room to fetch it. */
  kick(): void {
    if (this.#stopped) return;
    for (const live of this.#options.transfers.live()) {
      if (this.#coming.size >= AT_ONCE_OF_ALL) return;
      if (this.#mayBegin(live)) this.#begin(live);
    }
  }

  /** A person pauses or refuses it: they are told why. */
  halt(live: LiveTransfer, reason: number): void {
    this.end(live);
    this.#options.answers.stop(live.transfer, reason);
  }

  /** Nothing of this one is being written any more. */
  async settled(message: MessageRef): Promise<void> {
    const { conversation, author, id } = message;
    const mine = [...this.#closing].filter(([{ transfer }]) => {
      const { message: other } = transfer;
      return other.conversation === conversation && other.author === author && other.id === id;
    });
    await Promise.all(mine.map(([, closing]) => closing));
  }

  #theirs(contact: ContactId): readonly LiveTransfer[] {
    return this.#options.transfers.liveOf(contact).filter(({ transfer }) => !isOurs(transfer));
  }

  #mayBegin(live: LiveTransfer): boolean {
    const { transfer, held } = live;
    if (isOurs(transfer) || transfer.state !== 'accepted' || held) return false;
    if (this.#coming.has(live) || this.#closing.has(live)) return false;
    if ((this.#rests.get(live) ?? 0) > this.#options.clock.monotonic()) return false;
    if (!this.#options.links.activeLinkOf(transfer.contact)) return false;
    const others = [...this.#coming.values()].filter(({ peer }) => peer.contact === transfer.contact);
    return others.length < AT_ONCE;
  }

  #begin(live: LiveTransfer): void {
    const activeLink = this.#options.links.activeLinkOf(live.transfer.contact);
    if (!activeLink) return;
    const { contact, device } = activeLink;
    const coming: Coming = { live, peer: { contact, device }, incoming: null, heard: true };
    this.#coming.set(live, coming);
    this.#look();
    runInBackground(this.#open(coming));
  }

  async #open(coming: Coming): Promise<void> {
    const { live } = coming;
    try {
      const opened = await openIncoming(this.#options, live, this.#listenerOf(live));
      if (opened === 'full') this.#noRoom(live);
      else if (opened) coming.incoming = opened;
      else this.end(live);
    } catch (error) {
      this.#failed(live, error);
    }
    const { incoming, peer } = coming;
    if (!incoming) return;
    if (this.#coming.get(live) !== coming) {
      await incoming.close();
      return;
    }
    const { answers, bulkLinks } = this.#options;
    const bulkLink = bulkLinks.to(peer);
    // What may still be under way of the time before is not held against them.
    if (bulkLink) bulkLink.stray = 0;
    answers.want(live.transfer, { from: incoming.expected, hash: incoming.lastHash });
    bulkLinks.want(peer);
  }

  #listenerOf(live: LiveTransfer): IncomingListener {
    const { size } = live.transfer;
    return {
      onDurable: (position, whole) => {
        // Of all of it is said only that it is right.
        if (!whole && position === size) return;
        this.#options.answers.got(live.transfer, position);
        if (!whole) return;
        this.end(live);
        this.#options.onOver(live);
      },
      onFailure: (error) => this.#failed(live, error),
    };
  }

  #noRoom(live: LiveTransfer): void {
    live.held = 'disk-full';
    this.halt(live, STOP.diskFull);
    this.#options.transfers.tell(live, 'now');
    this.#look();
  }

  #find(contact: ContactId, id: string): { live: LiveTransfer; coming: Coming | undefined } | null {
    const { conversations, transfers } = this.#options;
    const live = transfers.find({
      conversation: conversations.directWith(contact),
      author: contact,
      id: id as MessageId,
    });
    return live && { live, coming: this.#coming.get(live) };
  }

  #onData(from: BulkLink, body: Uint8Array): void {
    const { id, position, bytes } = parseData(body);
    const coming = this.#find(from.contact, toHex(id))?.coming;
    const incoming = coming?.incoming;
    if (!coming || incoming?.expected !== position || !incoming.take(bytes)) {
      from.stray += bytes.length;
      if (from.stray > FILE_STRAY_BYTES) throw new ProtocolError('file-unwanted');
      return;
    }
    coming.heard = true;
    coming.live.moving = true;
    this.#options.transfers.tell(coming.live);
    const room = incoming.room();
    if (!room) return;
    from.link.hold();
    void room.then(() => from.link.release());
  }

  /** The disk refuses, or what came is not what was sent. */
  #failed(live: LiveTransfer, error: unknown): void {
    const { transfers, onOver } = this.#options;
    // Told by the journal, and tried again.
    if (error instanceof StorageError) {
      this.end(live);
      this.#look();
      return;
    }
    if (isFull(error)) {
      this.#noRoom(live);
      return;
    }
    if (error !== null && !isOfTheDisk(error)) throw error as Error;
    this.halt(live, error === null ? STOP.damaged : STOP.cannotWrite);
    const change = transfers.change(live, { state: 'failed', reason: error === null ? 'damaged' : 'cannot-write' });
    runInBackground(change.then((over) => over && onOver(over)));
  }

  /** Their link is gone: what is here is kept, and asked for anew when there is one. */
  #cut({ contact, device }: PeerDevice): void {
    const { clock, links } = this.#options;
    for (const { live, peer } of [...this.#coming.values()]) {
      if (peer.contact !== contact || peer.device !== device) continue;
      this.#rests.set(live, clock.monotonic() + REST_MS);
      this.end(live);
    }
    if (this.#stopped || !links.activeLinkOf(contact)) return;
    this.#look();
    clock.after(REST_MS, () => this.kick());
  }

  /** What comes of it is taken no more; what has come is kept. */
  end(live: LiveTransfer): void {
    const coming = this.#coming.get(live);
    if (!coming) return;
    this.#coming.delete(live);
    live.moving = false;
    this.#options.transfers.tell(live);
    const { bulkLinks } = this.#options;
    if (!this.isWanted(coming.peer)) bulkLinks.rest(coming.peer);
    if (!coming.incoming) return;
    const closing = coming.incoming.close().finally(() => {
      this.#closing.delete(live);
      this.kick();
    });
    this.#closing.set(live, closing);
    runInBackground(closing);
  }

  /** Once in a while, as long as something is to come. */
  #look(): void {
    if (this.#stopped) return;
    this.#cancelLook ??= this.#options.clock.after(LOOK_MS, () => {
      this.#cancelLook = null;
      for (const { live, heard } of [...this.#coming.values()]) if (!heard) this.end(live);
      for (const coming of this.#coming.values()) coming.heard = false;
      const full = this.#options.transfers.live().filter(({ held }) => held === 'disk-full');
      for (const live of full) live.held = null;
      this.kick();
      if (this.#coming.size > 0 || this.#closing.size > 0 || full.length > 0) this.#look();
    });
  }
}
