// Which message a person means by an id on the command line.
import type { MessageId } from '../contract/ids.ts';
import { CommandError } from '../contract/errors.ts';
import { OURSELVES, type AuthorId } from '../contract/messages.ts';
import type { MessageRef } from '../contract/model.ts';
import { UsageError } from '../options.ts';
import type { Daemon, Place } from './daemon.ts';
import { CommandFailure } from './exit.ts';

const NONE = 'There is no such message.';

const ID = /^[0-9a-f]{32}$/;

export function isMessageId(text: string): text is MessageId {
  return ID.test(text);
}

/** The options of commands that take one message. */
export const whoseOptions = {
  theirs: { help: 'the one they sent, where an id of theirs is the same as one of yours' },
  mine: { help: 'the one you sent' },
} as const;

interface Whose {
  readonly theirs?: boolean | undefined;
  readonly mine?: boolean | undefined;
  /** Of one each, ours is meant. */
  readonly prefer?: 'mine';
}

/** @throws UsageError */
export function checkMessage(command: string, id: string, { theirs, mine }: Whose = {}): void {
  if (!isMessageId(id)) throw new UsageError(`${command}: ID is 32 hex digits, as “messages --ids” shows`);
  if (theirs && mine) throw new UsageError(`${command}: --theirs or --mine, not both`);
}

/** @throws CommandFailure when there is none, or one of each. */
export async function findMessage(
  daemon: Daemon,
  { contact, conversation }: Pick<Place, 'contact' | 'conversation'>,
  written: string,
  { theirs, mine, prefer }: Whose = {},
): Promise<MessageRef> {
  const id = written as MessageId;
  if (theirs) {
    if (!contact) throw new CommandFailure('failed', NONE);
    return { conversation, author: contact.id, id };
  }
  if (mine) return { conversation, author: OURSELVES, id };
  const found: AuthorId[] = [];
  const authors = contact ? [OURSELVES, contact.id] : [OURSELVES];
  for (const author of authors) if (await isThere(daemon, { conversation, author, id })) found.push(author);
  const [author, other] = found;
  if (author === undefined) throw new CommandFailure('failed', NONE);
  if (other && prefer === undefined)
    throw new CommandFailure('failed', 'Each of you has one with this id: say --theirs or --mine.');
  return { conversation, author, id };
}

async function isThere(daemon: Daemon, { conversation, author, id }: MessageRef): Promise<boolean> {
  try {
    await daemon.request('message.page', { conversation, limit: 1, before: { author, id } });
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.code === 'message-unknown') return false;
    throw error;
  }
}
