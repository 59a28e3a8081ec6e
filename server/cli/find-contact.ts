// Which contact a person means by a word on the command line.
import type { Contact } from '../contract/model.ts';
import { CommandFailure } from './exit.ts';
import { printable } from './terminal/printable.ts';

/** Shorter prefixes of a public key would meet by chance, or by someone's design. */
const KEY_PREFIX = /^[0-9a-f]{8,64}$/;

/**
 * By id, then exact name, then name whatever its case, then the start of the public key (8 hex digits or more).
 * The first of these that fits anyone decides. @throws CommandFailure when it fits no contact, or several.
 */
export function findContact(contacts: readonly Contact[], word: string): Contact {
  const wanted = word.normalize('NFC');
  const folded = fold(wanted);
  const key = KEY_PREFIX.test(wanted.toLowerCase()) ? wanted.toLowerCase() : null;
  const rules: readonly ((contact: Contact) => boolean)[] = [
    (contact) => contact.id === wanted,
    (contact) => contact.name.normalize('NFC') === wanted,
    (contact) => fold(contact.name) === folded,
    (contact) => key !== null && contact.publicKey.startsWith(key),
  ];
  for (const rule of rules) {
    const [first, ...others] = contacts.filter(rule);
    if (first !== undefined && others.length === 0) return first;
    if (first !== undefined) throw ambiguous(word, [first, ...others]);
  }
  throw new CommandFailure('failed', `There is no contact “${printable(word)}”.`);
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function ambiguous(word: string, contacts: readonly Contact[]): CommandFailure {
  const which = contacts.map(
    ({ name, publicKey, id }) => `  key ${publicKey.slice(0, 16)}  id ${id}  ${printable(name)}`,
  );
  return new CommandFailure(
    'failed',
    [`Several contacts match “${printable(word)}”. Say which by key or id:`, ...which].join('\n'),
  );
}
