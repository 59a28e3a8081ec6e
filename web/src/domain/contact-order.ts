import type { Listed } from './listed.ts';
import { holdsWords } from './names.ts';

function lastActive(contact: Listed): number {
  return Math.max(contact.lastMessage?.arrivedAt ?? 0, contact.addedAt);
}

/** In the order of pinning; the others come behind. */
function pinned({ marks }: Listed): number {
  return marks.pinnedAt ?? Infinity;
}

/** Pinned ones on top, then the most recently active, by when things came and not by their senders' clocks; blocked last. */
export function inOrder(contacts: Iterable<Listed>): readonly Listed[] {
  return [...contacts].sort(
    (a, b) =>
      Number(a.blocked) - Number(b.blocked) ||
      compare(pinned(a), pinned(b)) ||
      lastActive(b) - lastActive(a) ||
      (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
}

/** Those whose name holds every word of `query`. */
export function matching(contacts: readonly Listed[], query: string): readonly Listed[] {
  return query.trim() === '' ? contacts : contacts.filter(({ name }) => holdsWords(name, query));
}

/** As `sort` wants it, also of two that are infinite. */
function compare(a: number, b: number): number {
  return Number(a > b) - Number(a < b);
}
