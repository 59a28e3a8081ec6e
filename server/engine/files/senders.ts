// The sending side: answers WANT, sends what is wanted while there is a link for it, and hears how far it has got.
//
//   offered ── WANT ──▶ accepted ── GOT … GOT(size) ──▶ done
//                 STOP paused, disk full: waits for the next WANT · declined, cancelled, damaged: over
import type { ContactId, MessageId } from '../../contract/ids.ts';
import { OURSELVES } from '../../contract/messages.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { parseGot, parseWant, STOP, type Got, type Want } from '../../protocol/files/file-records.ts';
import { blockCount } from '../../protocol/files/file-root.ts';
import { FEATURE_FILES, FILE_BLOCK_BYTES } from '../../protocol/files/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Transfer } from '../../storage/tables/transfers.ts';
import type { Conversations } from '../contacts/conversations.ts';
import { runInBackground } from '../background.ts';
import type { ActiveLink } from '../links/active-link.ts';
import type { BulkLink, BulkLinks } from '../links/bulk-links.ts';
import type { Links } from '../links/links.ts';
import type { RecordRouter } from '../links/record-router.ts';
import { endBy, heldBy, wasLeftByThem, type Answers } from './answers.ts';
import { BlockHashes } from './block-hashes.ts';
import { isOfTheDisk } from './disk-errors.ts';
import { OutgoingFile } from './outgoing.ts';
import { openSource, SourceLost } from './source.ts';
import { isOurs, type LiveTransfer, type Transfers } from './transfers.ts';

/** Files that go to one contact at once: the next begins while the last of one is written there. */
export const AT_ONCE = 2;

interface Wanted {
  readonly live: LiveTransfer;
  readonly peer: PeerDevice;
  readonly want: Want;
  /** `sent`: all of it, and they have yet to say that it is there. */
  stage: 'waiting' | 'sending' | 'sent';
  sending: OutgoingFile | null;
  hashes: BlockHashes | null;
}

export interface SendersOptions {
  readonly primitives: Primitives;
  readonly store: Store;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly bulkLinks: BulkLinks;
  readonly router: RecordRouter;
  readonly transfers: Transfers;
  readonly answers: Answers;
  /** All of it is there, or never will be. */
  readonly onOver: (live: LiveTransfer) => void;
}

export class Senders {
  readonly #options: SendersOptions;
  readonly #wanted = new Map<string, Wanted>();
  /** Have their source open, whether or not they are wanted any more: one of each file. */
  readonly #busy = new Set<Wanted>();
  #stopped = false;

  constructor(options: SendersOptions) {
    this.#options = options;
    const { router, links, bulkLinks } = options;
    router.on(RECORD.want, ['active'], { handle: (from, body) => this.#onWant(from, parseWant(body)) });
    router.on(RECORD.got, ['active'], { handle: (from, body) => this.#onGot(from, parseGot(body)) });
    links.activated.on((activeLink) => this.#greet(activeLink));
    links.dropped.on((peer) => {
      if (!links.activeLinkTo(peer)) this.#leave(peer);
    });
    bulkLinks.opened.on((bulkLink) => this.#begin(bulkLink));
    bulkLinks.drained.on(({ contact }) => {
      for (const { peer, sending } of this.#wanted.values()) if (peer.contact === contact) sending?.drained();
    });
    bulkLinks.closed.on((bulkLink) => this.#cut(bulkLink));
  }

  stop(): void {
    this.#stopped = true;
    for (const [id] of this.#wanted) this.#drop(id);
  }

  isWanted(peer: PeerDevice): boolean {
    return [...this.#wanted.values()].some(
      ({ peer: { contact }, stage }) => contact === peer.contact && stage !== 'sent',
    );
  }

  /** A person pauses, or ends it: nothing more goes, and they are told why. */
  halt({ transfer }: LiveTransfer, reason: number): void {
    this.#drop(transfer.message.id);
    this.#options.answers.stop(transfer, reason);
  }

  /** May be wanted, again: they are asked from where. */
  offer({ transfer }: LiveTransfer): void {
    this.#options.answers.ready(transfer);
  }

  /** They stop it. @returns false when it is none of ours. */
  async stopped(contact: ContactId, id: string, reason: number): Promise<boolean> {
    const live = this.#find(contact, id);
    if (!live) return false;
    this.#drop(id);
    const { transfers, onOver } = this.#options;
    live.held = heldBy(reason);
    if (live.held) transfers.tell(live, 'now');
    else if (await transfers.change(live, endBy(reason))) onOver(live);
    return true;
  }

  #find(contact: ContactId, id: string): LiveTransfer | null {
    const { conversations, transfers } = this.#options;
    const conversation = conversations.directWith(contact);
    return transfers.find({ conversation, author: OURSELVES, id: id as MessageId });
  }

  /** @throws ProtocolError. */
  #onWant(from: ActiveLink, want: Want): void {
    const { store, conversations, transfers, answers } = this.#options;
    if (this.#stopped) return;
    const { contact } = from;
    const id = toHex(want.id) as MessageId;
    const message = { conversation: conversations.directWith(contact), author: OURSELVES, id };
    const live = transfers.find(message);
    const transfer = live?.transfer ?? store.transfers.get(message);
    if (!transfer || !(live || wasLeftByThem(transfer))) {
      answers.stop({ contact, message }, transfer?.state === 'cancelled' ? STOP.cancelled : STOP.gone);
      return;
    }
    const { size, state } = transfer;
    if (want.from > size || (want.from !== size && want.from % FILE_BLOCK_BYTES !== 0)) {
      throw new ProtocolError('record-value');
    }
    if (state === 'paused') {
      answers.stop(transfer, STOP.paused);
      return;
    }
    if (live) live.held = null;
    runInBackground(live ? this.#take(from, live, want) : this.#retake(from, transfer, want));
  }

  /** They think better of it. */
  async #retake(from: ActiveLink, transfer: Transfer, want: Want): Promise<void> {
    const live = await this.#options.transfers.revive({ ...transfer, state: 'accepted', reason: null });
    await this.#take(from, live, want);
  }

  /** What is wanted is sent as soon as there is a link for it. */
  async #take({ contact, device, link }: ActiveLink, live: LiveTransfer, want: Want): Promise<void> {
    const { transfers, bulkLinks } = this.#options;
    const { state, message } = live.transfer;
    const { id } = message;
    if (state === 'offered' && !(await transfers.change(live, { state: 'accepted' }))) return;
    // They ask anew on the next one.
    if (this.#stopped || link.closed) return;
    this.#drop(id);
    const peer = { contact, device };
    this.#wanted.set(id, { live, peer, want, stage: 'waiting', sending: null, hashes: null });
    transfers.tell(live);
    const bulkLink = bulkLinks.to(peer);
    if (bulkLink) this.#begin(bulkLink);
    else bulkLinks.want(peer);
  }

  /** @throws ProtocolError. */
  #onGot(from: ActiveLink, { id, position }: Got): void {
    const live = this.#find(from.contact, toHex(id));
    if (!live) return;
    const { size, position: before } = live.transfer;
    if (position > size) throw new ProtocolError('record-value');
    if (position > before || position === size) runInBackground(this.#note(live, position));
  }

  async #note(live: LiveTransfer, position: number): Promise<void> {
    const { store, transfers, onOver } = this.#options;
    const { id } = live.transfer.message;
    const isWhole = position === live.transfer.size;
    const hashes = this.#wanted.get(id)?.hashes;
    const change = isWhole ? ({ position, state: 'done' } as const) : { position };
    if (isWhole) this.#drop(id);
    const changed = await transfers.change(live, change, () => hashes?.save(store.transfers, live.transfer.message));
    if (changed && isWhole) onOver(live);
  }

  /** The receiver may have decided, or be done, and we do not know. */
  #greet({ contact, features }: ActiveLink): void {
    for (const live of this.#options.transfers.liveOf(contact)) {
      if (!isOurs(live.transfer)) continue;
      const isTooOld = (features & FEATURE_FILES) === 0;
      live.held = isTooOld ? 'too-old' : null;
      if (!isTooOld) this.offer(live);
    }
  }

  /** They will say anew from where they want it. */
  #leave({ contact, device }: PeerDevice): void {
    for (const [id, { peer }] of this.#wanted) if (peer.contact === contact && peer.device === device) this.#drop(id);
  }

  /** What is wanted goes, as much at once as may. */
  #begin(bulkLink: BulkLink): void {
    const isTheirs = ({ peer }: Wanted): boolean => peer.contact === bulkLink.contact;
    const busy = [...this.#busy].filter(isTheirs);
    const waiting = [...this.#wanted.values()].filter((wanted) => isTheirs(wanted) && wanted.stage === 'waiting');
    const next = waiting.filter(({ live }) => busy.every((other) => other.live !== live));
    for (const wanted of next.slice(0, Math.max(0, AT_ONCE - busy.length))) {
      wanted.stage = 'sending';
      this.#busy.add(wanted);
      runInBackground(this.#send(wanted, bulkLink));
    }
  }

  async #send(wanted: Wanted, { link }: BulkLink): Promise<void> {
    const { primitives, store, transfers } = this.#options;
    const { live, want } = wanted;
    const { message, size } = live.transfer;
    const hashes = BlockHashes.load(store.transfers, message, blockCount(want.from));
    wanted.hashes = hashes;
    try {
      const source = await openSource(primitives, store.files, live.transfer);
      try {
        if (!this.#isCurrent(wanted)) return;
        const onSent = (): void => {
          live.moving = true;
          transfers.tell(live);
        };
        wanted.sending = new OutgoingFile({ primitives, link, source, size, want, hashes, onSent });
        await wanted.sending.run();
        wanted.stage = 'sent';
      } finally {
        await source.close();
      }
    } catch (error) {
      if (error instanceof SourceLost) await this.#lost(wanted, error.reason);
      else if (isOfTheDisk(error)) this.#putOff(wanted);
      else throw error;
    } finally {
      this.#busy.delete(wanted);
      this.#next(wanted);
    }
  }

  #isCurrent(wanted: Wanted): boolean {
    return this.#wanted.get(wanted.live.transfer.message.id) === wanted;
  }

  #next({ peer }: Wanted): void {
    const bulkLink = this.#options.bulkLinks.to(peer);
    if (bulkLink) this.#begin(bulkLink);
  }

  /** It cannot be read now. They ask for it anew. */
  #putOff(wanted: Wanted): void {
    if (!this.#isCurrent(wanted)) return;
    this.#drop(wanted.live.transfer.message.id);
    this.#options.transfers.tell(wanted.live);
  }

  async #lost({ live }: Wanted, reason: 'changed' | 'gone'): Promise<void> {
    const { transfers, onOver } = this.#options;
    this.halt(live, STOP[reason]);
    if (await transfers.change(live, { state: 'failed', reason })) onOver(live);
  }

  /** They will say anew from where they want it. */
  #cut(bulkLink: BulkLink): void {
    for (const [id, { peer, live, stage }] of this.#wanted) {
      if (peer.contact !== bulkLink.contact || peer.device !== bulkLink.device || stage === 'waiting') continue;
      this.#drop(id);
      this.#options.transfers.tell(live);
    }
  }

  #drop(id: string): void {
    const wanted = this.#wanted.get(id);
    if (!wanted) return;
    this.#wanted.delete(id);
    wanted.sending?.stop();
    wanted.live.moving = false;
    const { bulkLinks } = this.#options;
    if (!this.isWanted(wanted.peer)) bulkLinks.rest(wanted.peer);
    this.#next(wanted);
  }
}
