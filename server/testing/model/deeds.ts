// What people of a model run do with messages that are there, and what the oracle is told of it.
import { CommandError } from '../../contract/errors.ts';
import type { Message } from '../../contract/model.ts';
import type { Citizen, Citizens } from './citizens.ts';
import type { Operation } from './operations.ts';
import type { Asked } from './steps.ts';

type Act = Extract<Operation, { kind: 'act' }>;

const EMOJI = ['👍', '😂', '❤️', ''] as const;

/** The contact is blocked, the message was just deleted, the text was edited too often. */
const REFUSED = new Set(['contact-blocked', 'message-unknown', 'edits-too-many']);

const READING: Asked = { stored: () => undefined, refused: () => undefined };

export interface DeedsOptions {
  readonly citizens: Citizens;
  /** A text that nobody has said yet. */
  readonly newText: () => string;
}

/** One that `a` may do this with; undefined: none. */
export async function messageFor(
  citizens: Citizens,
  [a, b]: readonly [Citizen, Citizen],
  { deed, which }: Act,
): Promise<Message | undefined> {
  const messages = await a.loom.said(citizens.conversation(a, b));
  const fitting = messages.filter(
    ({ kind, direction }) => kind === 'text' && (direction === 'out' || (deed !== 'edit' && deed !== 'delete')),
  );
  return fitting.toReversed()[which % fitting.length];
}

/** What `a` has read of `b`, or is about to read up to a position, is not told to somebody who is blocked. */
export async function readSilently(citizens: Citizens, a: Citizen, b: Citizen, upTo = -1): Promise<void> {
  const said = await a.loom.said(citizens.conversation(a, b));
  const read = said.filter(
    ({ direction, state, position }) => direction === 'in' && (state === 'read' || position <= upTo),
  );
  citizens.direction(b, a).readSilently(read.map(({ id }) => id));
}

/** `a` does something with a message between them. */
export async function act(
  options: DeedsOptions,
  [a, b]: readonly [Citizen, Citizen],
  operation: Act,
  message: Message,
): Promise<void> {
  const { profile } = a.loom;
  const [asked, command] = deedOf(options, [a, b], operation, message);
  const isSilent = operation.deed === 'read' && options.citizens.contact(a, b).blocked;
  try {
    if (isSilent) await readSilently(options.citizens, a, b, message.position);
    await command();
    if (a.loom.isRunning && a.loom.profile === profile) asked.stored();
  } catch (error) {
    if (error instanceof CommandError && REFUSED.has(error.code)) asked.refused();
    else if (a.loom.isRunning && a.loom.profile === profile) throw error;
  }
}

function deedOf(
  { citizens, newText }: DeedsOptions,
  [a, b]: readonly [Citizen, Citizen],
  { deed, value }: Act,
  { conversation, author, id, direction, position }: Message,
): [Asked, () => Promise<unknown>] {
  const isOurs = direction === 'out';
  const { words, deleted, reaction } = citizens.direction(isOurs ? a : b, isOurs ? b : a).of(id);
  const { profile } = a.loom;
  const ref = { conversation, author, id };
  switch (deed) {
    case 'edit': {
      const body = newText();
      return [words.asked(body), () => profile.execute('message.edit', { ...ref, body })];
    }
    case 'delete':
      return [deleted.asked(true), () => profile.execute('message.delete', { ...ref, everyone: true })];
    case 'react': {
      const emoji = EMOJI[value % EMOJI.length] ?? '';
      const asked = reaction[isOurs ? 'writer' : 'reader'].asked(emoji);
      return [asked, () => profile.execute('message.react', { ...ref, emoji })];
    }
    case 'read':
      return [READING, () => profile.execute('message.read', { conversation, upTo: position })];
    case 'reply':
      throw new Error('a reply is sent');
  }
}
