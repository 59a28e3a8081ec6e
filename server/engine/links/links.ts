// Every link of every contact, and the one line messages travel on. Applies the one-link rule of protocol §3: of two
// lines the one dialled by the smaller identity key stays, of two dialled by the same side the newer.
import { compare } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { LINKS_PER_CONTACT } from '../../protocol/limits.ts';
import { BYE } from '../../protocol/records.ts';
import type { Link } from './link.ts';
import type { ActiveLink } from './active-link.ts';

export class Links {
  readonly #lines = new Map<string, ActiveLink>();
  readonly #channels = new Map<string, Set<Link>>();

  activeLinkOf(contact: string): ActiveLink | null {
    return this.#lines.get(contact) ?? null;
  }

  activeLinks(): readonly ActiveLink[] {
    return [...this.#lines.values()];
  }

  linksOf(contact: string): readonly Link[] {
    return [...(this.#channels.get(contact) ?? [])];
  }

  all(): readonly (readonly [contact: string, channel: Link])[] {
    return [...this.#channels].flatMap(([contact, channels]) => [...channels].map((link) => [contact, link] as const));
  }

  /** @returns false when the contact has as many links as it may have; the link is told so and closed. */
  hold(contact: string, link: Link): boolean {
    const held = this.#channels.get(contact) ?? new Set();
    if (held.size >= LINKS_PER_CONTACT) {
      link.bye(BYE.busy);
      return false;
    }
    this.#channels.set(contact, held.add(link));
    return true;
  }

  /** @returns what is left: did this link carry the line, and is any link left. */
  drop(contact: string, link: Link): { wasLine: boolean; left: number } {
    const held = this.#channels.get(contact);
    held?.delete(link);
    if (held?.size === 0) this.#channels.delete(contact);
    const wasLine = this.#lines.get(contact)?.link === link;
    if (wasLine) this.#lines.delete(contact);
    return { wasLine, left: held?.size ?? 0 };
  }

  /** Would a line that `initiator` dialled replace the one we have? One in doubt is replaced by any. */
  prevails(contact: string, initiator: IdentityPublicKey): boolean {
    const activeLink = this.#lines.get(contact);
    return !activeLink || activeLink.link.responseTimer.doubtful || compare(initiator, activeLink.initiator) <= 0;
  }

  /** The line from now on; the one before it is closed. */
  use(activeLink: ActiveLink): void {
    const before = this.#lines.get(activeLink.contact);
    this.#lines.set(activeLink.contact, activeLink);
    before?.link.bye(BYE.duplicateLink);
  }

  /** Ends every link of a contact. */
  close(contact: string, reason: number): void {
    for (const link of this.linksOf(contact)) link.bye(reason);
  }
}
