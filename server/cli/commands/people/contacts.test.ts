import { expect, it } from 'vitest';
import type { Contact } from '../../../contract/model.ts';
import { sampleContact } from '../../../testing/sample-contact.ts';
import { roomSentences } from '../../terminal/room-notes.ts';
import { describeContact } from './contacts.ts';

const stranger = sampleContact({ name: 'Bob  (online, verified)  key 0123456789abcdef', addedBy: 'request' });

it('a name cannot carry a state or a key on its line', () => {
  expect(describeContact(stranger)).toBe(`key ffffffffffffffff  (offline)  ${stranger.name}`);
});

it('says when messages wait for room, on either side', () => {
  const full: Contact = { ...stranger, name: 'Bob', full: 'unread', refuses: true };
  expect(describeContact(full)).toContain('(offline, sends more than Loom takes, can’t take more right now)');
  expect(roomSentences(stranger)).toEqual([]);
  expect(roomSentences(full)).toEqual([
    'Bob sends more than Loom keeps unread. Read (“loom-web messages CONTACT --read”) or clear to receive the rest.',
    'Waiting: Bob’s Loom can’t take more right now.',
  ]);
});
