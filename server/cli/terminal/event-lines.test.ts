import { expect, it } from 'vitest';
import type { EventMessage } from '../../contract/events.ts';
import type { Contact, Message } from '../../contract/model.ts';
import { anyId } from '../../testing/ids.ts';
import { sampleContact } from '../../testing/sample-contact.ts';
import { clockTime } from './local-time.ts';
import { Sayings } from './event-lines.ts';

const now = 1_800_000_000_000;
const time = clockTime(now);

const bob = sampleContact();

const hello: Message = {
  id: anyId('2'.repeat(32)),
  conversation: bob.conversation,
  author: bob.id,
  direction: 'in',
  kind: 'text',
  body: 'hello\n21:00  Bob: forged',
  at: now,
  arrivedAt: now,
  state: 'received',
  position: 1,
  missing: 0,
};

const say = (sayings: Sayings, event: EventMessage): readonly string[] => sayings.of(event, now);
const changed = (contact: Contact): EventMessage => ({ cursor: 1, event: 'contact.changed', data: { contact } });

it('says a message, and no line of it passes for another', () => {
  const received: EventMessage = { cursor: 1, event: 'message.received', data: { message: hello } };
  expect(say(new Sayings([bob]), received)).toEqual([`${time}  Bob: hello\n    21:00  Bob: forged`]);
});

it('says who has done what to a message, and no text passes for a mark', () => {
  const message: Message = {
    ...hello,
    body: 'hi  (edited)',
    edits: 1,
    reactions: [{ emoji: '👍', by: ['me'], own: true }],
  };
  const acted = (data: object): EventMessage => ({ cursor: 1, event: 'message.changed', data: { message, ...data } });
  const line = `    ${time}  Bob (edited, 👍 1): hi  (edited)`;
  const sayings = new Sayings([bob]);
  expect(say(sayings, acted({ act: 'edited', by: bob.id }))).toEqual([`${time}  Bob edited`, line]);
  expect(say(sayings, acted({ act: 'reacted', by: 'me' }))).toEqual([`${time}  you reacted to`, line]);
  expect(say(sayings, acted({ act: 'deleted', by: bob.id }))).toEqual([`${time}  Bob deleted a message for everyone`]);
  expect(say(sayings, acted({}))).toEqual([]);
});

it('says once who comes and goes, and nothing of what else changes', () => {
  const sayings = new Sayings([bob]);
  expect(say(sayings, changed({ ...bob, queued: 1, connection: 'connecting' }))).toEqual([]);
  expect(say(sayings, changed({ ...bob, connection: 'online' }))).toEqual([`${time}  Bob is online`]);
  expect(say(sayings, changed({ ...bob, connection: 'online', queued: 2 }))).toEqual([]);
  expect(say(sayings, changed(bob))).toEqual([`${time}  Bob is offline`]);
});

it('names who is new, and who is gone; a name cannot steer the terminal', () => {
  const sayings = new Sayings([]);
  expect(say(sayings, changed({ ...bob, name: 'B\u001b[2Job' }))).toEqual([`${time}  B\ufffd[2Job is a contact now`]);
  const removed: EventMessage = { cursor: 1, event: 'contact.removed', data: { contact: bob.id } };
  expect(say(sayings, removed)).toEqual([`${time}  B\ufffd[2Job was removed`]);
});

it('has no line for what nobody waits for', () => {
  const data = { conversation: bob.conversation, author: bob.id, typing: true };
  const typing: EventMessage = { cursor: 1, event: 'typing.changed', data };
  expect(say(new Sayings([bob]), typing)).toEqual([]);
});
