// Every channel of every contact, and the one line messages travel on. Applies the one-link rule of protocol §3: of two
// lines the one dialled by the smaller identity key stays, of two dialled by the same side the newer.
import { compare } from '../crypto/bytes.ts';
import { LINKS_PER_CONTACT } from '../protocol/limits.ts';
import { BYE } from '../protocol/records.ts';
import type { Channel } from './channel.ts';
import type { Line } from './line.ts';

export class Links {
  readonly #lines = new Map<string, Line>();
  readonly #channels = new Map<string, Set<Channel>>();

  lineOf(contact: string): Line | null {
    return this.#lines.get(contact) ?? null;
  }

  lines(): readonly Line[] {
    return [...this.#lines.values()];
  }

  channels(contact: string): readonly Channel[] {
    return [...(this.#channels.get(contact) ?? [])];
  }

  all(): readonly (readonly [contact: string, channel: Channel])[] {
    return [...this.#channels].flatMap(([contact, channels]) =>
      [...channels].map((channel) => [contact, channel] as const),
    );
  }

  /** @returns false when the contact has as many links as it may have; the channel is told so and closed. */
  hold(contact: string, channel: Channel): boolean {
    const held = this.#channels.get(contact) ?? new Set();
    if (held.size >= LINKS_PER_CONTACT) {
      channel.bye(BYE.busy);
      return false;
    }
    this.#channels.set(contact, held.add(channel));
    return true;
  }

  /** @returns what is left: did this channel carry the line, and is any channel left. */
  drop(contact: string, channel: Channel): { wasLine: boolean; left: number } {
    const held = this.#channels.get(contact);
    held?.delete(channel);
    if (held?.size === 0) this.#channels.delete(contact);
    const wasLine = this.#lines.get(contact)?.channel === channel;
    if (wasLine) this.#lines.delete(contact);
    return { wasLine, left: held?.size ?? 0 };
  }

  /** Would a line that `initiator` dialled replace the one we have? One in doubt is replaced by any. */
  prevails(contact: string, initiator: Uint8Array): boolean {
    const line = this.#lines.get(contact);
    return !line || line.channel.debt.doubtful || compare(initiator, line.initiator) <= 0;
  }

  /** The line from now on; the one before it is closed. */
  use(line: Line): void {
    const before = this.#lines.get(line.contact);
    this.#lines.set(line.contact, line);
    before?.channel.bye(BYE.duplicateLink);
  }

  /** Ends every link of a contact. */
  close(contact: string, reason: number): void {
    for (const channel of this.channels(contact)) channel.bye(reason);
  }
}
