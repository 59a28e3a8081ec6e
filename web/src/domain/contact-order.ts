import type { Listed } from './listed.ts';
import { foldText } from './names.ts';

function lastActive(contact: Listed): number {
  return Math.max(contact.lastMessage?.arrivedAt ?? 0, contact.addedAt);
}

/** Most recently active first, by when things came and not by their senders' clocks; blocked ones last. */
export function inOrder(contacts: Iterable<Listed>): readonly Listed[] {
  return [...contacts].sort(
    (a, b) =>
      Number(a.blocked) - Number(b.blocked) ||
      lastActive(b) - lastActive(a) ||
      (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
}

/** Those whose name holds every word of `query`. */
export function matching(contacts: readonly Listed[], query: string): readonly Listed[] {
  const words = foldText(query).split(/\s+/u).filter(Boolean);
  if (words.length === 0) return contacts;
  return contacts.filter((contact) => {
    const name = foldText(contact.name);
    return words.every((word) => name.includes(word));
  });
}
