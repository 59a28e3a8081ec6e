// A contact as command line and page get one, for tests of what they say of them.
import type { Contact } from '../contract/model.ts';
import { anyId } from './ids.ts';

/** Somebody added by a token, away, with nothing waiting. */
export function sampleContact(part: Partial<Contact> = {}): Contact {
  return {
    id: anyId('1'.repeat(32)),
    conversation: anyId('2'.repeat(32)),
    name: 'Bob',
    ownName: '',
    about: '',
    picture: null,
    publicKey: 'f'.repeat(64),
    verified: false,
    addedBy: 'token',
    introducedBy: null,
    invite: null,
    blocked: false,
    connection: 'offline',
    addresses: [],
    addedAt: 0,
    lastSeen: null,
    queued: 0,
    full: null,
    refuses: false,
    ...part,
  };
}
