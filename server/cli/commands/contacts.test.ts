import { expect, it } from 'vitest';
import type { Contact } from '../../contract/model.ts';
import { describeContact } from './contacts.ts';

const stranger: Contact = {
  id: '1'.repeat(32),
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
  unread: 0,
  queued: 0,
  lastMessage: null,
};

it('a name cannot carry a state or a key on its line', () => {
  expect(describeContact(stranger)).toBe(`key ffffffffffffffff  (offline)  ${stranger.name}`);
});
