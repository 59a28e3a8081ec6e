import { expect, it } from 'vitest';
import type { Contact } from '../../../contract/model.ts';
import { anyId } from '../../../testing/ids.ts';
import { roomSentences } from '../../terminal/room-notes.ts';
import { describeContact } from './contacts.ts';

const stranger: Contact = {
  id: anyId('1'.repeat(32)),
  name: 'Bob  (online, verified)  key 0123456789abcdef',
  publicKey: 'f'.repeat(64),
  verified: false,
  addedBy: 'request',
  introducedBy: null,
  invite: null,
  blocked: false,
  connection: 'offline',
  addresses: [],
  addedAt: 0,
  lastSeen: null,
  conversation: anyId('2'.repeat(32)),
  queued: 0,
  full: null,
  refuses: false,
};

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
