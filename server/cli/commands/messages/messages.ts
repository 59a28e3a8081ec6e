import type { MessageId } from '../../../contract/ids.ts';
import { CommandError } from '../../../contract/errors.ts';
import { PAGE_MESSAGES, PAGE_MESSAGES_DEFAULT } from '../../../contract/limits.ts';
import { OURSELVES } from '../../../contract/messages.ts';
import type { Message } from '../../../contract/model.ts';
import { sentAt } from '../../../contract/words/time.ts';
import { UsageError, wholeNumber } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import type { Daemon, Place } from '../../daemon.ts';
import { isMessageId } from '../../find-message.ts';
import { printRows } from '../../terminal/rows.ts';
import { localTime } from '../../terminal/local-time.ts';
import { messageJson } from '../../terminal/message-json.ts';
import { messageLine, noteLine } from '../../terminal/message-line.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { roomSentences } from '../../terminal/room-notes.ts';

/** So many that nobody asks for more by hand; they are held in memory before the first is printed. */
const MOST = 100_000;

type Before = Pick<Message, 'author' | 'id'>;

export const messagesCommand = daemonCommand({
  name: 'messages',
  usage: 'CONTACT [--limit N] [--before ID] [--ids] [--read]',
  summary: 'shows the newest messages, oldest first',
  words: [1, 1],
  options: {
    limit: { value: 'N', help: `how many at most (${PAGE_MESSAGES_DEFAULT})` },
    before: { value: 'ID', help: 'only those before this message' },
    ids: { help: 'show their ids, which other commands and --before take' },
    read: { help: 'mark all of theirs as read' },
  },
  check({ values: { limit, before } }) {
    if (limit !== undefined) wholeNumber('--limit', limit, 1, MOST);
    if (before !== undefined && !isMessageId(before)) throw new UsageError('--before needs a message id');
  },
  async run({ values: { limit, before, ids, read }, words: [who = ''], json, terminal }, daemon) {
    const place = await daemon.place(who);
    const wanted = limit === undefined ? PAGE_MESSAGES_DEFAULT : Number(limit);
    const messages =
      before === undefined ? newest(daemon, place, wanted) : behind(daemon, place, wanted, before as MessageId);
    printRows(terminal, await messages, (message) => {
      if (json) return jsonLine(messageJson(message));
      const time = localTime(sentAt(message));
      const line = place.contact ? messageLine(message, place.name, time) : noteLine(message, time);
      return ids ? `${message.id}  ${line}` : line;
    });
    if (place.contact === null) return;
    if (read) await daemon.request('message.read', { conversation: place.conversation });
    // Reading makes room.
    const now = read ? await daemon.contact(place.contact.id) : place.contact;
    for (const sentence of roomSentences(now)) terminal.tell(sentence);
  },
});

/** An id alone may be that of one of ours and of one of theirs, who chose it later: then ours is meant. */
async function behind(daemon: Daemon, place: Place, wanted: number, id: MessageId): Promise<readonly Message[]> {
  try {
    return await newest(daemon, place, wanted, { author: OURSELVES, id });
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'message-unknown' || !place.contact) throw error;
    return newest(daemon, place, wanted, { author: place.contact.id, id });
  }
}

/** Goes back page by page: one holds a limited number, and fewer when their texts are long. */
async function newest(daemon: Daemon, place: Place, wanted: number, before?: Before): Promise<readonly Message[]> {
  const pages: (readonly Message[])[] = [];
  let missing = wanted;
  let oldest = before;
  for (;;) {
    const { messages, more } = await daemon.request('message.page', {
      conversation: place.conversation,
      limit: Math.min(missing, PAGE_MESSAGES),
      ...(oldest === undefined ? {} : { before: oldest }),
    });
    pages.unshift(messages);
    missing -= messages.length;
    const [first] = messages;
    if (!more || first === undefined || missing <= 0) return pages.flat();
    oldest = { author: first.author, id: first.id };
  }
}
