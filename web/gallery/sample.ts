// People and messages that no Loom has met, at one time for ever.
import type { ContactId, ConversationId, MessageId } from '../../server/contract/model.ts';
import { NO_MARKS } from '../../server/contract/marks.ts';
import { sampleContact } from '../../server/testing/sample-contact.ts';
import type { Listed } from '../src/domain/listed.ts';
import type { Shown } from '../src/domain/message/outgoing.ts';

/** Noon of the last day of November 2026, UTC. */
export const NOON = Date.UTC(2026, 10, 30, 12);
const MINUTE = 60_000;

const id = (number: number): AnyId => number.toString(16).padStart(32, '0') as AnyId;
const key = (number: number): string => (number * 0x1357_9bdf).toString(16).padStart(8, '0').repeat(8).slice(0, 64);

type AnyId = ContactId & ConversationId & MessageId;

let messages = 0;

export function message(body: string, part: Partial<Shown> = {}): Shown {
  messages += 1;
  const at = NOON + Math.floor(messages / 3) * MINUTE;
  return {
    id: id(messages),
    conversation: id(101),
    author: id(1),
    direction: 'in',
    kind: 'text',
    body,
    at,
    arrivedAt: at,
    state: 'read',
    position: messages,
    missing: 0,
    ...part,
  } as Shown;
}

export const own = (body: string, part: Partial<Shown> = {}): Shown =>
  message(body, { author: 'me', direction: 'out', state: 'delivered', ...part });

function contact(number: number, name: string, part: Partial<Listed> = {}): Listed {
  const { state, ...last } = message(`What ${name} wrote last, longer than the row is wide`);
  return {
    ...sampleContact({ id: id(number), conversation: id(100 + number), name, publicKey: key(number) }),
    addedAt: NOON,
    lastSeen: NOON - 90 * MINUTE,
    unread: 0,
    marks: NO_MARKS,
    timer: 0,
    lastMessage: { ...last, state: state === 'read' ? 'read' : 'received' },
    ...part,
  };
}

export const ANN = contact(1, 'Ann Lindqvist', { connection: 'online', verified: true });

export const PEOPLE: readonly Listed[] = [
  ANN,
  contact(2, 'Carl-Heinz Müller', { connection: 'online', unread: 12 }),
  contact(3, 'Dana', { unread: 1200, marks: { ...NO_MARKS, pinnedAt: NOON, muted: { until: null } } }),
  contact(4, 'W'.repeat(64), { marks: { ...NO_MARKS, unread: true } }),
  contact(5, 'Bob', { blocked: true }),
  contact(6, 'Łukasz Őry', { connection: 'waiting', lastMessage: null }),
];

const text = 'Ten minutes: the road along the water is closed again, and I have to walk around the whole basin.';

export const TALK: readonly Shown[] = [
  own('Are you at the harbour already?'),
  own('And did you bring the ropes?'),
  message(`Nearly. ${text}`),
  message('Wait for me at the blue crane'),
  message('The map: http://192.168.1.20:8080 or example.org/boats'),
  own('Good'),
  own(`Two lines.\n${text}`, { state: 'sent' }),
  message('At the harbour, then'),
  message('', { kind: 'unknown' }),
  message('After a hole', { missing: 3 }),
  own('This one waits', { state: 'queued' }),
  own('On its way to the disk', { state: 'sending' }),
  own('This one failed', { state: 'failed', problem: 'internal' }),
  message('', { kind: 'introduction', introduced: { name: 'Eve', publicKey: key(9) } }),
  message('Found them', {
    reply: { author: 'me', id: id(2), is: 'here', text: 'And did you bring the ropes?' },
    reactions: [
      { emoji: '⚓', by: ['me'], own: true },
      { emoji: '★', by: ['me', id(1)], own: false },
    ],
  }),
  own('With other words', { edits: 1, state: 'read' }),
  own('', { kind: 'deleted', state: 'delivered' }),
  message('Passed on', {
    forwarded: true,
    reply: { author: null, id: id(99), is: 'missing', text: 'What is not here' },
  }),
];
