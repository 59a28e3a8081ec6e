import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { checkMessage, findMessage, whoseOptions } from '../../find-message.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const deleteCommand = daemonCommand({
  name: 'delete',
  usage: 'CONTACT ID [--everyone] [--theirs | --mine]',
  summary: 'deletes a message on this computer; “messages --ids” shows their ids',
  words: [2, 2],
  options: {
    everyone: { help: 'one of yours, on their computer as well; that there was one stays to be seen' },
    ...whoseOptions,
  },
  check({ words: [, id = ''], values }) {
    checkMessage('delete', id, values);
    if (values.everyone && values.theirs) throw new UsageError('delete: --everyone is for a message of yours');
  },
  async run({ words: [who = '', id = ''], values, json, terminal }, daemon) {
    const place = await daemon.place(who);
    const everyone = values.everyone ?? false;
    const message = await findMessage(daemon, place, id, everyone ? { ...values, prefer: 'mine' } : values);
    await daemon.request('message.delete', { ...message, everyone });
    if (json) terminal.print(jsonLine(await daemon.shown(place)));
    else if (!place.contact) terminal.tell('Deleted.');
    else if (everyone) terminal.tell('Deleted here, and there once Loom reaches them.');
    else terminal.tell('Deleted here. What the other side has, they keep.');
  },
});
