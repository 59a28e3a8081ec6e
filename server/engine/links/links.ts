// Every link of every contact, and the one that messages travel on. Applies the one-link rule of protocol §3: of two
// links the one dialled by the smaller identity key stays, of two dialled by the same side the newer. Parts that live by
// links watch them here.
import type { Connection } from '../../contract/model.ts';
import type { ContactId } from '../../contract/ids.ts';
import { compare } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { LINKS_PER_CONTACT } from '../../protocol/limits.ts';
import { BYE } from '../../protocol/records.ts';
import { Signal } from '../../timing/signal.ts';
import type { ActiveLink } from './active-link.ts';
import type { Link } from './link.ts';

/** What is left when a link is gone. */
export interface Remainder {
  /** Messages travelled on it until now. */
  readonly wasActive: boolean;
  /** Links of this contact. */
  readonly left: number;
}

export class Links {
  /** A contact has one more. `added`: they have us as a contact, too. */
  readonly held = new Signal<[contact: ContactId, added: boolean]>();
  /** Messages travel on it from now on; the one before it is closed. */
  readonly activated = new Signal<[activeLink: ActiveLink]>();
  /** There is room for more to send. */
  readonly drained = new Signal<[activeLink: ActiveLink]>();
  /** Answers are owed for too long, or come again. */
  readonly suspected = new Signal<[contact: ContactId, suspect: boolean]>();
  /** Something of ours was stored. */
  readonly acknowledged = new Signal<[contact: ContactId]>();
  /** It is closed; another may be in its place already. */
  readonly deactivated = new Signal<[activeLink: ActiveLink]>();
  readonly dropped = new Signal<[contact: ContactId, remainder: Remainder]>();
  /** What people are shown of it may have changed. */
  readonly connectionChanged = new Signal<[contact: ContactId]>();
  readonly #active = new Map<ContactId, ActiveLink>();
  readonly #links = new Map<ContactId, Set<Link>>();
  /** Of those who are not online; left out: offline. */
  readonly #attempts = new Map<ContactId, Connection>();

  activeLinkOf(contact: ContactId): ActiveLink | null {
    return this.#active.get(contact) ?? null;
  }

  activeLinks(): readonly ActiveLink[] {
    return [...this.#active.values()];
  }

  linksOf(contact: ContactId): readonly Link[] {
    return [...(this.#links.get(contact) ?? [])];
  }

  all(): readonly (readonly [contact: ContactId, link: Link])[] {
    return [...this.#links].flatMap(([contact, links]) => [...links].map((link) => [contact, link] as const));
  }

  connectionOf(contact: ContactId): Connection {
    return this.#active.has(contact) ? 'online' : (this.#attempts.get(contact) ?? 'offline');
  }

  /** What comes of trying to reach a contact who is not online. */
  setAttempt(contact: ContactId, attempt: Exclude<Connection, 'online'>): void {
    if ((this.#attempts.get(contact) ?? 'offline') === attempt) return;
    if (attempt === 'offline') this.#attempts.delete(contact);
    else this.#attempts.set(contact, attempt);
    this.connectionChanged.emit(contact);
  }

  /**
   * @param added they have us as a contact, too.
   * @returns false when the contact has as many links as it may have; the link is told so and closed.
   */
  hold(contact: ContactId, link: Link, added: boolean): boolean {
    const held = this.#links.get(contact) ?? new Set();
    if (held.size >= LINKS_PER_CONTACT) {
      link.bye(BYE.busy);
      return false;
    }
    this.#links.set(contact, held.add(link));
    this.held.emit(contact, added);
    return true;
  }

  /** It is closed. */
  drop(contact: ContactId, link: Link): void {
    const held = this.#links.get(contact);
    held?.delete(link);
    if (held?.size === 0) this.#links.delete(contact);
    const wasActive = this.#active.get(contact)?.link === link;
    if (wasActive) this.#active.delete(contact);
    this.dropped.emit(contact, { wasActive, left: held?.size ?? 0 });
    this.connectionChanged.emit(contact);
  }

  /** Would a link that `initiator` dialled replace the one we have? One that is suspected is replaced by any. */
  prevails(contact: ContactId, initiator: IdentityPublicKey): boolean {
    const activeLink = this.#active.get(contact);
    return !activeLink || activeLink.link.responseTimer.suspect || compare(initiator, activeLink.initiator) <= 0;
  }

  /** The one that messages travel on from now on; the one before it is closed. */
  use(activeLink: ActiveLink): void {
    const before = this.#active.get(activeLink.contact);
    this.#active.set(activeLink.contact, activeLink);
    before?.link.bye(BYE.duplicateLink);
    this.activated.emit(activeLink);
    this.connectionChanged.emit(activeLink.contact);
  }

  /** Ends every link of a contact. */
  close(contact: ContactId, reason: number): void {
    for (const link of this.linksOf(contact)) link.bye(reason);
  }

  /** Cuts every link without a word: what was said on them was not kept. They come back by themselves. */
  cut(): void {
    for (const [, link] of this.all()) link.destroy();
  }
}
