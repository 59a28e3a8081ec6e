import { OURSELVES } from '../../../contract/messages.ts';
import type { AuthorId, MessageInfo } from '../../../contract/model.ts';
import { lifeWords } from '../../../contract/words/life.ts';
import { daemonCommand } from '../../command.ts';
import { checkMessage, findMessage, whoseOptions } from '../../find-message.ts';
import { localTime } from '../../terminal/local-time.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

export const infoCommand = daemonCommand({
  name: 'info',
  usage: 'CONTACT ID [--theirs | --mine]',
  summary: 'tells what is known of a message: its times, where it was sent, what it said before, who reacted',
  words: [2, 2],
  options: whoseOptions,
  check({ words: [, id = ''], values }) {
    checkMessage('info', id, values);
  },
  async run({ words: [who = '', id = ''], values, json, terminal }, daemon) {
    const place = await daemon.place(who);
    const info = await daemon.request('message.info', await findMessage(daemon, place, id, values));
    if (json) terminal.print(jsonLine(info));
    else for (const line of linesOf(info, place.name)) terminal.print(line);
  },
});

function linesOf(info: MessageInfo, name: string): readonly string[] {
  const { composedAt, storedAt, tries, deliveredAt, readAt, deletedAt, disappears, versions, reactions } = info;
  const nameOf = (author: AuthorId): string => (author === OURSELVES ? 'you' : printable(name));
  const times = [
    ['Written', composedAt],
    ['Stored here', storedAt],
  ] as const;
  const after = [
    ['On their device', deliveredAt],
    ['Read', readAt],
    ['Deleted', deletedAt],
    ['Disappears', disappears?.at ?? null],
  ] as const;
  const waits = disappears?.at === null ? [row('Disappears', `${lifeWords(disappears.after)} after it is read`)] : [];
  return [
    ...times.map(([what, at]) => row(what, localTime(at))),
    ...tries.map(({ at, address }) => row('Sent', `${localTime(at)}  to ${address}`)),
    ...after.flatMap(([what, at]) => (at === null ? [] : [row(what, localTime(at))])),
    ...waits,
    ...reactions.map(({ author, emoji, at }) =>
      row('Reaction', `${localTime(at)}  ${nameOf(author)}: ${printable(emoji)}`),
    ),
    ...versions
      .slice(0, -1)
      .map(({ body, at }) =>
        row('Earlier', `${localTime(at)}  ${body === null ? '(too long to keep)' : printable(body)}`),
      ),
  ];
}

function row(what: string, said: string): string {
  return `${what.padEnd(17)}${said}`;
}
