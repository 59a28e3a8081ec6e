// The receiving side: says what it wants and from where, takes what comes, and says how far it has got.
//
//   offered ──▶ accepted ── room, a link ── WANT ──▶ DATA … END ──▶ done
//                  ▲ └── link lost, nothing comes: WANT again, from what is durable
//                  └──▶ paused, disk full: STOP, until a person or room
import type { ContactId, MessageId } from '../../../contract/ids.ts';
import { toHex } from '../../../crypto/bytes.ts';
import type { Primitives } from '../../../crypto/primitives.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import { parseData, parseEnd, STOP } from '../../../protocol/files/file-records.ts';
import { FEATURE_FILES, FILE_CHUNK_BYTES, FILE_STRAY_BYTES } from '../../../protocol/files/limits.ts';
import { RECORD } from '../../../protocol/records.ts';
import { StorageError } from '../../../storage/errors.ts';
import { PartLost } from '../../../storage/files/part-file.ts';
import type { Store } from '../../../storage/profile-store.ts';
import type { MessageRef } from '../../../storage/tables/message/message-record.ts';
import type { Clock } from '../../../timing/clock.ts';
import { runInBackground } from '../../background.ts';
import type { Conversations } from '../../contacts/conversations.ts';
import type { PeerDevice } from '../../../storage/rows/peer-device.ts';
import type { BulkLink, BulkLinks } from '../../links/bulk-links.ts';
import { weightless } from '../../links/flow/record-weight.ts';
import type { Links } from '../../links/links.ts';
import type { RecordRouter } from '../../links/record-router.ts';
import type { Answers } from '../answers.ts';
import { isScarcity } from '../../scarcity.ts';
import { isFull, isOfTheDisk } from '../disk-errors.ts';
import { ComingFiles, type Coming } from './coming.ts';
import type { IncomingListener } from './incoming.ts';
import { openIncoming } from './landing.ts';
import { Rests } from './rests.ts';
import type { Room } from '../room.ts';
import { isOurs, type LiveTransfer, type Transfers } from '../transfers.ts';

/** Files that come in at once, of one contact and of all. Each holds some MiB of memory. */
export const AT_ONCE = 2;
export const AT_ONCE_OF_ALL = 4;

/** Where nothing has come for so long it is asked for anew, and where there was no room, looked for again. */
const LOOK_MS = 10_000;

/** After a bulk link broke, beside an active link that stands. */
const REST_MS = 1_000;

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
  readonly room: Room;
  /** All of it is here, or never will be. */
  readonly onOver: (live: LiveTransfer) => void;
}

export class Receivers {
  readonly #options: ReceiversOptions;
  readonly #coming = new ComingFiles();
  readonly #rests: Rests;
  #cancelLook: (() => void) | null = null;
  #stopped = false;

  constructor(options: ReceiversOptions) {
    this.#options = options;
    const { clock, router, links, bulkLinks } = options;
    this.#rests = new Rests(clock, () => this.kick());
    router.on(RECORD.data, ['bulk'], { weight: weightless, handle: (from, body) => this.#onData(from, body) });
    router.on(RECORD.end, ['bulk'], {
      handle: (from, body) => {
        const { id, root } = parseEnd(body);
        this.#find(from.contact, toHex(id))?.coming?.incoming?.end(root);
      },
    });
    links.activated.on(({ contact, features }) => {
      for (const live of this.#theirs(contact)) live.held = (features & FEATURE_FILES) === 0 ? 'too-old' : null;
      for (const live of this.#theirs(contact)) this.#rests.end(live);
      this.kick();
    });
    links.dropped.on((peer) => {
      if (!links.activeLinkTo(peer)) this.#cut(peer);
    });
    bulkLinks.opened.on(({ contact }) => {
      for (const live of this.#theirs(contact)) this.#rests.linked(live);
      this.kick();
    });
    bulkLinks.closed.on((bulkLink) => this.#cut(bulkLink));
  }

  /** Resolves when every file is closed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelLook?.();
    this.#rests.stop();
    for (const { live } of this.#coming.all()) this.end(live);
    await this.#coming.allClosed();
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  isWanted({ contact }: PeerDevice): boolean {
    return this.#coming.of(contact).length > 0;
  }

  /** There may be something to fetch, or room to fetch it. */
  kick(): void {
    if (this.#stopped) return;
    for (const live of this.#options.transfers.live()) {
      if (this.#coming.size >= AT_ONCE_OF_ALL) return;
      if (this.#mayBegin(live)) this.#begin(live);
    }
  }

  /** They can send it now. */
  ready(live: LiveTransfer): void {
    this.#rests.end(live);
    this.kick();
  }

  /** A person pauses or refuses it: they are told why. */
  halt(live: LiveTransfer, reason: number): void {
    this.end(live);
    this.#options.answers.stop(live.transfer, reason);
  }

  /** Nothing of this one is being written any more. */
  settled(message: MessageRef): Promise<void> {
    return this.#coming.settled(message);
  }

  #theirs(contact: ContactId): readonly LiveTransfer[] {
    return this.#options.transfers.liveOf(contact).filter(({ transfer }) => !isOurs(transfer));
  }

  #mayBegin(live: LiveTransfer): boolean {
    const { transfer, held } = live;
    if (isOurs(transfer) || transfer.state !== 'accepted' || held) return false;
    if (this.#coming.has(live) || this.#rests.isResting(live)) return false;
    if (!this.#options.links.activeLinkOf(transfer.contact)) return false;
    return this.#coming.of(transfer.contact).length < AT_ONCE;
  }

  #begin(live: LiveTransfer): void {
    const activeLink = this.#options.links.activeLinkOf(live.transfer.contact);
    if (!activeLink) return;
    const { contact, device } = activeLink;
    const opened = Promise.resolve();
    const coming: Coming = { live, peer: { contact, device }, incoming: null, opened, fresh: true, heard: 0 };
    this.#coming.add(coming);
    this.#look();
    coming.opened = this.#open(coming);
    runInBackground(coming.opened);
  }

  async #open(coming: Coming): Promise<void> {
    const { live, peer } = coming;
    const opened = await openIncoming(this.#options, live, this.#listenerOf(live)).catch((error: unknown) => {
      this.#failed(live, error);
      return null;
    });
    if (opened !== 'full') coming.incoming = opened;
    // Whoever has ended it meanwhile closes it.
    if (this.#coming.get(live) !== coming) return;
    if (opened === 'full') this.#noRoom(live);
    if (!coming.incoming) {
      this.end(live);
      return;
    }
    const { incoming } = coming;
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
    coming.heard += bytes.length;
    coming.live.moving = true;
    this.#options.transfers.tell(coming.live);
    if (coming.heard >= FILE_CHUNK_BYTES) this.#rests.heard(coming.live);
    const room = incoming.room();
    if (!room) return;
    from.link.hold();
    void room.then(() => from.link.release());
  }

  /** The disk refuses, or what came is not what was sent. */
  #failed(live: LiveTransfer, error: unknown): void {
    const { transfers, onOver } = this.#options;
    // Told by the journal, of this computer, or somebody has tidied up: tried again.
    if (error instanceof StorageError || error instanceof PartLost || isScarcity(error)) {
      this.#rests.rest(live, LOOK_MS);
      this.end(live);
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
    for (const { live, peer } of this.#coming.of(contact)) {
      if (peer.device !== device) continue;
      if (!this.#stopped) this.#rests.rest(live, REST_MS);
      this.end(live);
    }
  }

  /** What comes of it is taken no more; what has come is kept. */
  end(live: LiveTransfer): void {
    const coming = this.#coming.get(live);
    if (!coming) return;
    live.moving = false;
    this.#options.transfers.tell(live);
    this.#coming.close(coming, () => this.kick());
    if (!this.isWanted(coming.peer)) this.#options.bulkLinks.rest(coming.peer);
  }

  #silent(live: LiveTransfer): void {
    this.#rests.silent(live);
    this.end(live);
  }

  /** Once in a while, as long as something is to come. */
  #look(): void {
    if (this.#stopped) return;
    this.#cancelLook ??= this.#options.clock.after(LOOK_MS, () => {
      this.#cancelLook = null;
      // Less than a chunk is a way to keep its place.
      const silent = this.#coming.all().filter(({ fresh, heard }) => !fresh && heard < FILE_CHUNK_BYTES);
      for (const { live } of silent) this.#silent(live);
      for (const coming of this.#coming.all()) Object.assign(coming, { fresh: false, heard: 0 });
      const full = this.#options.transfers.live().filter(({ held }) => held === 'disk-full');
      for (const live of full) live.held = null;
      this.kick();
      if (this.#coming.size > 0 || this.#coming.isAnyClosing || full.length > 0) this.#look();
    });
  }
}
