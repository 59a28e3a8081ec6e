// Every link of every device of a contact, and for each device the one that messages travel on. Applies the one-link rule of
// protocol §3: of two links the one dialled by the smaller identity key stays, of two dialled by the same side the newer.
// Parts that live by links watch them here. A contact is online when any of its devices is.
import type { Connection } from '../../contract/model.ts';
import type { ContactId } from '../../contract/ids.ts';
import { compare } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { LINKS_PER_DEVICE } from '../../protocol/limits.ts';
import { BYE } from '../../protocol/records.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';
import { Signal } from '../../timing/signal.ts';
import type { ActiveLink } from './active-link.ts';
import type { Link } from './link.ts';
import { PeerMap } from './peer-map.ts';

/** What is shown of several devices: of them, the first in this list. */
const ATTEMPTS = ['waiting', 'connecting'] as const satisfies readonly Connection[];

type Attempt = (typeof ATTEMPTS)[number];

/** What is left when a link is gone. */
export interface Remainder {
  /** Messages travelled on it until now. */
  readonly wasActive: boolean;
  /** Links of this device. */
  readonly left: number;
}

export class Links {
  /** A device has one more. `added`: they have us as a contact, too. */
  readonly held = new Signal<[peer: PeerDevice, added: boolean]>();
  /** Messages travel on it from now on; the one before it is closed. */
  readonly activated = new Signal<[activeLink: ActiveLink]>();
  /** There is room for more to send. */
  readonly drained = new Signal<[activeLink: ActiveLink]>();
  /** Answers are owed for too long, or come again. */
  readonly suspected = new Signal<[peer: PeerDevice, suspect: boolean]>();
  /** Something of ours was stored. */
  readonly acknowledged = new Signal<[peer: PeerDevice]>();
  /** It is closed; another may be in its place already. */
  readonly deactivated = new Signal<[activeLink: ActiveLink]>();
  readonly dropped = new Signal<[peer: PeerDevice, remainder: Remainder]>();
  /** What people are shown of it may have changed. */
  readonly connectionChanged = new Signal<[contact: ContactId]>();
  readonly #active = new PeerMap<ActiveLink>();
  readonly #links = new PeerMap<Set<Link>>();
  /** Of devices that are not linked; left out: offline. */
  readonly #attempts = new PeerMap<Attempt>();

  activeLinkTo(peer: PeerDevice): ActiveLink | null {
    return this.#active.get(peer) ?? null;
  }

  /** One for each device of a contact that is there. */
  activeLinksOf(contact: ContactId): readonly ActiveLink[] {
    return this.#active.of(contact);
  }

  /** The first of them, for what one device answers as well as another. */
  activeLinkOf(contact: ContactId): ActiveLink | null {
    return this.#active.of(contact)[0] ?? null;
  }

  activeLinks(): readonly ActiveLink[] {
    return this.#active.entries().map(([, activeLink]) => activeLink);
  }

  all(): readonly (readonly [peer: PeerDevice, link: Link])[] {
    return this.#links.entries().flatMap(([peer, links]) => [...links].map((link) => [peer, link] as const));
  }

  connectionOf(contact: ContactId): Connection {
    if (this.#active.of(contact).length > 0) return 'online';
    const attempts = this.#attempts.of(contact);
    return ATTEMPTS.find((attempt) => attempts.includes(attempt)) ?? 'offline';
  }

  /** What comes of trying to reach a device that is not linked. */
  setAttempt(peer: PeerDevice, attempt: Attempt | 'offline'): void {
    if ((this.#attempts.get(peer) ?? 'offline') === attempt) return;
    if (attempt === 'offline') this.#attempts.delete(peer);
    else this.#attempts.set(peer, attempt);
    this.connectionChanged.emit(peer.contact);
  }

  /**
   * @param added they have us as a contact, too.
   * @returns false when the device has as many links as it may have; the link is told so and closed.
   */
  hold(peer: PeerDevice, link: Link, added: boolean): boolean {
    const held = this.#links.get(peer) ?? new Set();
    if (held.size >= LINKS_PER_DEVICE) {
      link.bye(BYE.busy);
      return false;
    }
    this.#links.set(peer, held.add(link));
    this.held.emit(peer, added);
    return true;
  }

  /** It is closed. */
  drop(peer: PeerDevice, link: Link): void {
    const held = this.#links.get(peer);
    held?.delete(link);
    if (held?.size === 0) this.#links.delete(peer);
    const wasActive = this.#active.get(peer)?.link === link;
    if (wasActive) this.#active.delete(peer);
    this.dropped.emit(peer, { wasActive, left: held?.size ?? 0 });
    this.connectionChanged.emit(peer.contact);
  }

  /** Would a link that `initiator` dialled replace the one we have? One that is suspected is replaced by any. */
  prevails(peer: PeerDevice, initiator: IdentityPublicKey): boolean {
    const activeLink = this.#active.get(peer);
    return !activeLink || activeLink.link.responseTimer.suspect || compare(initiator, activeLink.initiator) <= 0;
  }

  /** The one that messages to its device travel on from now on; the one before it is closed. */
  use(activeLink: ActiveLink): void {
    const before = this.#active.get(activeLink);
    this.#active.set(activeLink, activeLink);
    before?.link.bye(BYE.duplicateLink);
    this.activated.emit(activeLink);
    this.connectionChanged.emit(activeLink.contact);
  }

  /** Ends every link of a contact, to whichever device. */
  close(contact: ContactId, reason: number): void {
    for (const links of this.#links.of(contact)) for (const link of [...links]) link.bye(reason);
  }

  /** Cuts every link without a word: what was said on them was not kept. They come back by themselves. */
  cut(): void {
    for (const [, link] of this.all()) link.destroy();
  }
}
