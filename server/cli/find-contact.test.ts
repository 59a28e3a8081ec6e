import { describe, expect, it } from 'vitest';
import type { Contact } from '../contract/model.ts';
import { anyId } from '../testing/ids.ts';
import { sampleContact } from '../testing/sample-contact.ts';
import { findContact } from './find-contact.ts';

function contact(name: string, id: string, publicKey: string): Contact {
  return sampleContact({ id: anyId(id.repeat(32)), name, publicKey: publicKey.padEnd(64, '0') });
}

const ada = contact('Ada', '1', 'aaaaaaaa11');
const ADA = contact('ADA', '2', 'aaaaaaaa22');
const bob = contact('Bob', '3', 'bbbbbbbb33');
const twin = contact('Bob', '4', 'cccccccc44');
const zoe = contact('Zoe\u0308', '5', 'dddddddd55');
/** Someone who calls himself by another one's key. */
const thief = contact('dddddddd', '6', 'eeeeeeee66');

describe('findContact', () => {
  it.each([
    ['the id', ada.id, [ada, ADA], ada],
    ['the exact name, whatever other cases there are', 'ADA', [ada, ADA], ADA],
    ['the name in another case', 'bOB', [ada, bob], bob],
    ['the name in another normal form', 'Zo\u00eb', [zoe, ada], zoe],
    ['the start of the key', 'AAAAAAAA2', [ada, ADA], ADA],
    ['the whole key', bob.publicKey, [ada, bob], bob],
    ['a name that looks like a key', 'dddddddd', [zoe, thief], thief],
  ])('finds by %s', (_, word, contacts, found) => {
    expect(findContact(contacts, word)).toBe(found);
  });

  it.each([
    ['nobody', 'carol', [ada, bob]],
    ['a part of a name', 'Ad', [ada]],
    ['fewer than 8 digits of a key', 'aaaaaaa', [ada]],
    ['an empty word', '', [ada]],
  ])('refuses %s', (_, word, contacts) => {
    expect(() => findContact(contacts, word)).toThrow(`There is no contact “${word}”.`);
  });

  it.each([
    ['two with the name', 'Bob', [bob, twin, ada]],
    ['two with the name in other cases', 'aDa', [ada, ADA, bob]],
    ['two whose keys start so', 'aaaaaaaa', [ada, ADA, bob]],
  ])('refuses %s, and lists them', (_, word, contacts) => {
    const [one, other, third] = contacts;
    const message = messageOf(() => findContact(contacts, word));
    expect(message).toContain(one!.id);
    expect(message).toContain(other!.id);
    expect(message).not.toContain(third!.id);
  });

  it('lists names in a way that cannot steer the terminal', () => {
    const names = [contact('x\u001b[2J\u202e', '7', 'f'), contact('x\u001b[2J\u202e', '8', 'f')];
    expect(messageOf(() => findContact(names, 'x\u001b[2J\u202e'))).toContain('x\ufffd[2J\ufffd');
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  throw new Error('nothing was thrown');
}
