import type { MessageId } from '../../../contract/ids.ts';
import { CommandError } from '../../../contract/errors.ts';
import { type AuthorId, OURSELVES } from '../../../contract/messages.ts';
import type { Contact, MessageRef } from '../../../contract/model.ts';
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
    const { conversation } = contact;
    const said = theirs ? contact.id : mine ? OURSELVES : null;
    const author = said ?? (await authorOf(daemon, contact, id));
    await daemon.request('message.delete', { conversation, author, id });
    if (json) terminal.print(jsonLine(await daemon.listed(contact)));
    else terminal.tell('Deleted here. What the other side has, they keep.');
  },
});

/** Whose it is. @throws CommandFailure when there is none, or one of each. */
async function authorOf(daemon: Daemon, { id: contact, conversation }: Contact, id: MessageId): Promise<AuthorId> {
  const found: AuthorId[] = [];
  for (const author of [OURSELVES, contact])
    if (await isThere(daemon, { conversation, author, id })) found.push(author);
  const [author, other] = found;
  if (author === undefined) throw new CommandFailure('failed', 'There is no such message.');
  if (other) throw new CommandFailure('failed', 'Each of you has one with this id: say --theirs or --mine.');
  return author;
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
