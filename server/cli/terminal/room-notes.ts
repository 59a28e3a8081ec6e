// What the command line says when a contact's messages, or ours to them, wait for room.
import type { Contact, Full } from '../../contract/model.ts';
import { printable } from './printable.ts';

const full: Readonly<Record<Full, (name: string) => string>> = {
  unread: (name) =>
    `${name} sends more than Loom keeps unread. Read (“loom-web messages CONTACT --read”) or clear to receive the rest.`,
  day: (name) => `${name} sends more than Loom takes in a day. The rest arrives bit by bit.`,
  disk: (name) => `Loom keeps no more messages from ${name}. Delete some in the browser to receive the rest.`,
};

/** Sentences for people; none when there is room on both sides. */
export function roomSentences(contact: Pick<Contact, 'name' | 'full' | 'refuses'>): readonly string[] {
  const name = printable(contact.name);
  return [
    ...(contact.full ? [full[contact.full](name)] : []),
    ...(contact.refuses ? [`Waiting: ${name}’s Loom can’t take more right now.`] : []),
  ];
}
