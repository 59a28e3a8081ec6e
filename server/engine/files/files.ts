// Files between us and contacts, all of it behind one door: offers in and out, what a person decides, what the page hands over
// and fetches, and what goes when a message goes. How bytes move is known to `senders.ts` and `receivers.ts`.
import type { ContactId, ConversationId, MessageId } from '../../contract/ids.ts';
import { CommandError } from '../../contract/errors.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import type { ContentOf } from '../../protocol/content/content.ts';
import { STOP } from '../../protocol/files/file-records.ts';
import { SealedFile } from '../../storage/files/sealed-file.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { MessageRef } from '../../storage/tables/message/message-record.ts';
import { isLive, type Transfer, type TransferPlace } from '../../storage/tables/transfers.ts';
import { DAY_MS, type Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { Roster } from '../contacts/roster.ts';
import type { EventLog } from '../event-log.ts';
import type { ActFacts } from '../delivery/kinds/message-kind.ts';
import type { BulkLinks } from '../links/bulk-links.ts';
import type { Links } from '../links/links.ts';
import type { RecordRouter } from '../links/record-router.ts';
import { isAutoAccepted, OPEN_OFFERS } from './acceptance.ts';
import { Answers } from './answers.ts';
import type { BlockHashes } from './block-hashes.ts';
import { KEPT_BYTES } from './downloads.ts';
import { diskTrouble, isMissing } from './disk-errors.ts';
import { Leftovers } from './leftovers.ts';
import { hearSenders } from './receiving/receiver-records.ts';
import { Receivers } from './receiving/receivers.ts';
import { Room } from './room.ts';
import { Senders } from './senders.ts';
import { Tickets } from './tickets.ts';
import { isOurs, type LiveTransfer, type Transfers } from './transfers.ts';
import { Uploads } from './uploads.ts';

export interface FilesOptions {
  readonly primitives: Primitives;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly store: Store;
  readonly roster: Roster;
  readonly conversations: Conversations;
  readonly events: EventLog;
  readonly links: Links;
  readonly bulkLinks: BulkLinks;
  readonly router: RecordRouter;
  readonly transfers: Transfers;
}

/** Where the bytes of a file of ours are that is about to be offered. */
interface Prepared {
  readonly place: TransferPlace;
  /** Null: not hashed yet. */
  readonly hashes: BlockHashes | null;
}

/** A file that is whole and here, open. */
export interface OpenFile {
  readonly file: Pick<SealedFile, 'read'>;
  readonly transfer: Transfer;
  /** It is closed by itself when the profile is. */
  readonly close: () => Promise<void>;
}

export class Files {
  readonly uploads: Uploads;
  readonly tickets: Tickets;
  readonly #options: FilesOptions;
  readonly #senders: Senders;
  readonly #receivers: Receivers;
  readonly #prepared = new Map<MessageId, Prepared>();
  /** Accepted without asking, by contact: when, and how much. */
  readonly #auto = new Map<ContactId, { readonly at: number; readonly size: number }[]>();
  readonly #leftovers: Leftovers;
  readonly #answers: Answers;
  readonly #open = new Set<SealedFile>();
  #stopped = false;

  constructor(options: FilesOptions) {
    this.#options = options;
    const { clock, random, bulkLinks, transfers, links } = options;
    const room = new Room(options.store);
    this.uploads = new Uploads({ ...options, room });
    this.tickets = new Tickets(clock, random);
    const onOver = (live: LiveTransfer): void => runInBackground(this.#over(live.transfer));
    const answers = (this.#answers = new Answers(links));
    this.#senders = new Senders({ ...options, answers, onOver });
    this.#receivers = new Receivers({ ...options, answers, room, onOver });
    hearSenders({
      ...{ ...options, answers, onOver, receivers: this.#receivers },
      onStop: (contact, id, reason) => this.#senders.stopped(contact, id, reason),
    });
    this.#leftovers = new Leftovers({
      ...options,
      others: () => this.uploads.names(),
      isContact: (id) => options.roster.find(id) !== undefined,
      halt: (live) => this.#stopMoving(live, STOP.cancelled),
      onOver: (transfer) => {
        if (!isLive(transfer)) runInBackground(this.#over(transfer));
      },
      settled: (message) => this.#receivers.settled(message),
    });
    bulkLinks.isWanted = (peer) => this.#senders.isWanted(peer) || this.#receivers.isWanted(peer);
    transfers.isThere = (contact) => links.activeLinkOf(contact) !== null;
    links.activated.on(({ contact }) => transfers.presenceChanged(contact));
    links.dropped.on(({ contact }) => transfers.presenceChanged(contact));
  }

  start(): void {
    this.#options.transfers.start();
    this.#leftovers.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#leftovers.stop();
    this.tickets.clear();
    this.#senders.stop();
    const closing = [...this.#open].map((file) => this.#close(file));
    await Promise.all([this.#receivers.stop(), this.uploads.stop(), ...closing]);
    this.#options.transfers.stop();
  }

  /** What is to be offered under this id; taken when that message is stored. */
  prepare(id: MessageId, prepared: Prepared): void {
    this.#prepared.set(id, prepared);
  }

  unprepare(id: MessageId): void {
    this.#prepared.delete(id);
  }

  /** A file was offered, by them or by us; inside the transaction that stores it. @returns what follows once it is durable. */
  offered(content: ContentOf<'file'>, act: ActFacts, contact: ContactId | null): (() => void) | null {
    const { size, name, type } = content;
    const { conversation, author, id } = act;
    const message = { conversation, author, id };
    const into: Transfer['into'] = contact !== null && size > KEPT_BYTES ? 'downloads' : 'loom';
    const facts = { ...{ message, size, name, type, into, reason: null, position: 0 }, at: this.#options.clock.now() };
    if (contact === null) return this.#ours({ ...facts, state: 'offered', auto: false });
    const state = this.#answer(contact, facts);
    const auto = state === 'accepted';
    const adopt = this.#options.transfers.offered({ ...facts, contact, state, auto, place: { kind: 'none' } });
    if (auto) this.#autoOf(contact, conversation).push({ at: facts.at, size });
    return () => {
      adopt();
      if (state === 'declined') this.#answers.stop({ contact, message }, STOP.declined);
      else this.#receivers.kick();
    };
  }

  /** @throws CommandError file-unknown. */
  get(message: MessageRef): Transfer {
    const transfer = this.#options.transfers.get(message);
    if (!transfer) throw new CommandError('file-unknown', 'there is no such file');
    return transfer;
  }

  /** Fetches one that was offered, refused, or that we gave up. @throws CommandError file-unknown, file-state. */
  async accept(message: MessageRef, into?: Transfer['into']): Promise<void> {
    const transfer = this.get(message);
    if (isOurs(transfer) || transfer.state === 'done') throw wrongState();
    const where = transfer.place.kind === 'none' && into !== undefined ? { into } : {};
    const accepted = { state: 'accepted', reason: null, auto: false } as const;
    if (transfer.state !== 'accepted') await this.#again({ ...transfer, ...where, ...accepted });
    this.#receivers.kick();
  }

  /** @throws CommandError file-unknown, file-state. */
  async decline(message: MessageRef): Promise<void> {
    const live = this.#live(message);
    if (isOurs(live.transfer)) throw wrongState();
    await this.#halt(live, STOP.declined, { state: 'declined' });
  }

  /** @throws CommandError file-unknown, file-state. */
  async pause(message: MessageRef): Promise<void> {
    const live = this.#live(message);
    if (live.transfer.state === 'offered') throw wrongState();
    await this.#halt(live, STOP.paused, { state: 'paused' });
  }

  /** @throws CommandError file-unknown, file-state. */
  async resume(message: MessageRef): Promise<void> {
    const live = this.#live(message);
    if (live.transfer.state === 'offered') throw wrongState();
    if (live.held === 'disk-full') live.held = null;
    await this.#options.transfers.change(live, { state: 'accepted' });
    if (isOurs(live.transfer)) this.#senders.offer(live);
    else this.#receivers.kick();
  }

  /** Either side gives it up. @throws CommandError file-unknown, file-state. */
  async cancel(message: MessageRef): Promise<void> {
    await this.#halt(this.#live(message), STOP.cancelled, { state: 'cancelled' });
  }

  /** One that is whole, and kept in Loom. @throws CommandError file-unknown, file-state, system-busy, storage-failed. */
  async open(message: MessageRef): Promise<OpenFile> {
    const transfer = this.get(message);
    const { place, size, state } = transfer;
    if (place.kind !== 'sealed' || (!isOurs(transfer) && state !== 'done')) throw wrongState();
    const { primitives, store } = this.#options;
    const path = store.files.pathOf(place);
    const file = await SealedFile.open({ primitives, path, place, size }, 'read').catch((error: unknown) => {
      throw isMissing(error) ? new CommandError('file-unknown', 'the file is not here any more') : diskTrouble(error);
    });
    this.#open.add(file);
    if (this.#stopped) await this.#close(file);
    return { transfer, file, close: () => this.#close(file) };
  }

  /** It was read only: nothing is lost if the disk refuses. */
  async #close(file: SealedFile): Promise<void> {
    this.#open.delete(file);
    await file.close().catch(() => undefined);
  }

  /** @throws CommandError file-unknown, file-state. */
  #live(message: MessageRef): LiveTransfer {
    this.get(message);
    const live = this.#options.transfers.find(message);
    if (!live) throw wrongState();
    return live;
  }

  async #halt(live: LiveTransfer, reason: number, change: Partial<Transfer>): Promise<void> {
    this.#stopMoving(live, reason);
    const changed = await this.#options.transfers.change(live, change);
    if (changed && !isLive(changed.transfer)) await this.#over(changed.transfer);
  }

  #stopMoving(live: LiveTransfer, reason: number): void {
    if (isOurs(live.transfer)) this.#senders.halt(live, reason);
    else this.#receivers.halt(live, reason);
  }

  async #again(transfer: Transfer): Promise<void> {
    const { transfers } = this.#options;
    const live = transfers.find(transfer.message);
    if (live) await transfers.change(live, transfer);
    else await transfers.revive({ ...transfer, ...(transfer.place.kind === 'none' && { position: 0 }) });
  }

  #ours(facts: Omit<Transfer, 'contact' | 'place'>): (() => void) | null {
    const { store, conversations, transfers } = this.#options;
    const { id, conversation } = facts.message;
    const prepared = this.#prepared.get(id);
    const where = conversations.get(conversation);
    if (!prepared || where.kind !== 'direct') return null;
    const adopt = transfers.offered({ ...facts, contact: where.contact, place: prepared.place });
    prepared.hashes?.save(store.transfers, facts.message);
    return adopt;
  }

  #answer(contact: ContactId, facts: Pick<Transfer, 'size' | 'type' | 'message'>): Transfer['state'] {
    const { transfers, roster } = this.#options;
    const open = transfers.liveOf(contact).filter(({ transfer }) => !isOurs(transfer));
    if (open.length >= OPEN_OFFERS) return 'declined';
    const recent = this.#autoOf(contact, facts.message.conversation).reduce((sum, { size }) => sum + size, 0);
    return isAutoAccepted(facts, roster.get(contact).verified, recent) ? 'accepted' : 'offered';
  }

  /** Those of the last day; read from the disk once. */
  #autoOf(contact: ContactId, conversation: ConversationId): { readonly at: number; readonly size: number }[] {
    const { store, clock } = this.#options;
    const known =
      this.#auto.get(contact) ?? store.transfers.of(conversation).filter((each) => each.auto && !isOurs(each));
    const recent = known.filter(({ at }) => at > clock.now() - DAY_MS).map(({ at, size }) => ({ at, size }));
    this.#auto.set(contact, recent);
    return recent;
  }

  /** Nothing moves any more: what is of no use goes. Ours that was sent from a copy stays, to be seen. */
  async #over(transfer: Transfer): Promise<void> {
    if (isOurs(transfer) || transfer.state === 'done' || !isUnfinished(transfer.place)) return;
    const { store } = this.#options;
    await this.#receivers.settled(transfer.message);
    const gone = await store.journal.write(() => {
      const now = store.transfers.get(transfer.message);
      if (!now || isLive(now) || now.state === 'done') return null;
      store.transfers.put({ ...now, place: { kind: 'none' }, position: 0 });
      return now.place;
    });
    if (gone) await this.#leftovers.remove(gone);
  }
}

function isUnfinished({ kind }: TransferPlace): boolean {
  return kind === 'sealed' || kind === 'part';
}

function wrongState(): CommandError {
  return new CommandError('file-state', 'this is not so of this file now');
}
