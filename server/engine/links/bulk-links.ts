// Links for the bytes of files (SPEC §11), one for each device at most, beside its active link: what the system has taken to
// send of a file stands before nothing that people say. Made by whoever dialled the active link, where it dialled, so that
// a firewall on one side is no hindrance; closed when nothing has moved for a while, and with the active link.
import { parseAddress } from '../../network/addresses.ts';
import { BYE } from '../../protocol/records.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';
import type { Clock } from '../../timing/clock.ts';
import { Signal } from '../../timing/signal.ts';
import { runInBackground } from '../background.ts';
import { findDevice } from '../contacts/devices.ts';
import type { Roster } from '../contacts/roster.ts';
import type { Dialler } from './dialler.ts';
import type { Greetings } from './greetings.ts';
import type { Link } from './link.ts';
import type { Links } from './links.ts';
import { PeerMap } from './peer-map.ts';
import type { RecordRouter } from './record-router.ts';

/** Without a use for so long it is closed: another file in an album still finds it. */
const IDLE_MS = 30_000;

/** Before it is dialled again, where that failed; twice as long each time, up to the other. */
const AGAIN_MS = 1_000;
const AGAIN_LONGEST_MS = 60_000;

export interface BulkLink extends PeerDevice {
  readonly link: Link;
  /** Bytes that came of files that do not move. */
  stray: number;
}

/** Where a device stands that has no bulk link yet. */
interface Wish {
  /** Ends the dial, or the wait before the next. */
  readonly cancel: () => void;
  readonly wait: number;
}

export interface BulkLinksOptions {
  readonly clock: Clock;
  readonly roster: Roster;
  readonly links: Links;
  readonly router: RecordRouter;
}

export class BulkLinks {
  readonly opened = new Signal<[bulkLink: BulkLink]>();
  readonly drained = new Signal<[bulkLink: BulkLink]>();
  readonly closed = new Signal<[bulkLink: BulkLink]>();
  /** Is a file moving between us and this device, or about to? */
  isWanted: (peer: PeerDevice) => boolean = () => false;
  readonly #options: BulkLinksOptions;
  readonly #links = new PeerMap<BulkLink>();
  readonly #wishes = new PeerMap<Wish>();
  readonly #idle = new PeerMap<() => void>();
  #reach: { readonly dialler: Dialler; readonly greetings: Greetings } | null = null;

  constructor(options: BulkLinksOptions) {
    this.#options = options;
    const { links } = options;
    links.dropped.on((peer) => {
      if (!links.activeLinkTo(peer)) this.close(peer);
    });
  }

  /** Both are made later. */
  reachBy(reach: { readonly dialler: Dialler; readonly greetings: Greetings }): void {
    this.#reach = reach;
  }

  to(peer: PeerDevice): BulkLink | null {
    return this.#links.get(peer) ?? null;
  }

  /** There is something to move: unless there is a link, it is dialled, if that is ours to do. */
  want(peer: PeerDevice): void {
    const isOurs = this.#options.links.activeLinkTo(peer)?.link.role === 'initiator';
    if (isOurs && !this.#links.has(peer) && !this.#wishes.has(peer)) this.#dial(peer, AGAIN_MS);
  }

  /** Nothing moves with this device any more: its link may go after a while. */
  rest(peer: PeerDevice): void {
    this.#idle.get(peer)?.();
    const cancel = this.#options.clock.after(IDLE_MS, () => {
      if (this.isWanted(peer)) this.rest(peer);
      else this.close(peer);
    });
    this.#idle.set(peer, cancel);
  }

  /** A greeted link of a contact; the one before it is closed. */
  use({ contact, device }: PeerDevice, link: Link): void {
    const bulkLink: BulkLink = { contact, device, link, stray: 0 };
    const before = this.#links.get(bulkLink);
    this.#granted(bulkLink);
    link.trust();
    link.handOver({
      ...this.#options.router.to('bulk', bulkLink),
      onDrain: () => this.drained.emit(bulkLink),
      onClosed: () => {
        if (this.#links.get(bulkLink) === bulkLink) this.#links.delete(bulkLink);
        this.closed.emit(bulkLink);
      },
    });
    this.#links.set(bulkLink, bulkLink);
    before?.link.bye(BYE.duplicateLink);
    this.opened.emit(bulkLink);
    this.rest(bulkLink);
  }

  close(peer: PeerDevice): void {
    this.#granted(peer);
    this.#idle.get(peer)?.();
    this.#idle.delete(peer);
    this.#links.get(peer)?.link.bye(BYE.goingOffline);
  }

  #granted(peer: PeerDevice): void {
    this.#wishes.get(peer)?.cancel();
    this.#wishes.delete(peer);
  }

  #dial(peer: PeerDevice, wait: number): void {
    const attempt = new AbortController();
    this.#wishes.set(peer, { cancel: () => attempt.abort(), wait });
    runInBackground(this.#greet(peer, attempt.signal));
  }

  async #greet(peer: PeerDevice, signal: AbortSignal): Promise<void> {
    const { roster, links } = this.#options;
    const active = links.activeLinkTo(peer);
    const contact = roster.find(peer.contact);
    const device = contact && findDevice(contact, peer.device);
    const target = active && parseAddress(active.link.remoteAddress);
    const link =
      device && target ? await this.#reach?.dialler.dial(device.staticKey, [target], signal, 'bulk') : undefined;
    if (signal.aborted) link?.destroy();
    else if (!link || link.closed || !contact || !device) this.#failed(peer);
    else this.#reach?.greetings.greet(link, { contact, device }, () => this.#failed(peer));
  }

  #failed(peer: PeerDevice): void {
    const wish = this.#wishes.get(peer);
    if (!wish) return;
    const cancel = this.#options.clock.after(wish.wait, () => {
      this.#wishes.delete(peer);
      if (this.isWanted(peer)) this.#dial(peer, Math.min(AGAIN_LONGEST_MS, 2 * wish.wait));
    });
    this.#wishes.set(peer, { cancel, wait: wish.wait });
  }
}
