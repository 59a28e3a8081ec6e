import { CommandError } from '../../../contract/errors.ts';
import type { Contact, ContactId, Direction, Message, MessageId } from '../../../contract/model.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { CommandFailure } from '../../exit.ts';
import { jsonLine } from '../../terminal/printable.ts';

const ID = /^[0-9a-f]{32}$/;

export const deleteCommand = daemonCommand({
  name: 'delete',
  usage: 'CONTACT ID [--theirs | --mine]',
  summary: 'deletes a message on this computer; “messages --ids” shows their ids',
  words: [2, 2],
  options: {
    theirs: { help: 'the one they sent, where an id of theirs is the same as one of yours' },
    mine: { help: 'the one you sent' },
  },
  check({ words: [, id = ''], values: { theirs, mine } }) {
    if (!ID.test(id)) throw new UsageError('delete: ID is 32 hex digits, as “messages --ids” shows');
    if (theirs && mine) throw new UsageError('delete: --theirs or --mine, not both');
  },
  async run({ words: [who = '', written = ''], values: { theirs, mine }, json, terminal }, daemon) {
    const id = written as MessageId;
    const contact = await daemon.contact(who);
    const said = theirs ? 'in' : mine ? 'out' : null;
    const direction = said ?? (await directionOf(daemon, contact, id));
    const changed = await daemon.request('message.delete', { contact: contact.id, direction, id });
    if (json) terminal.print(jsonLine(changed));
    else terminal.tell('Deleted here. What the other side has, they keep.');
  },
});

/** Whose it is. @throws CommandFailure when there is none, or one of each. */
async function directionOf(daemon: Daemon, { id: contact }: Contact, id: MessageId): Promise<Direction> {
  const found: Direction[] = [];
  for (const direction of ['out', 'in'] as const)
    if (await isThere(daemon, contact, { direction, id })) found.push(direction);
  const [direction, other] = found;
  if (direction === undefined) throw new CommandFailure('failed', 'There is no such message.');
  if (other) throw new CommandFailure('failed', 'Each of you has one with this id: say --theirs or --mine.');
  return direction;
}

async function isThere(
  daemon: Daemon,
  contact: ContactId,
  before: Pick<Message, 'direction' | 'id'>,
): Promise<boolean> {
  try {
    await daemon.request('message.page', { contact, limit: 1, before });
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.code === 'message-unknown') return false;
    throw error;
  }
}
