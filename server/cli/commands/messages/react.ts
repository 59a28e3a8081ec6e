import { daemonCommand } from '../../command.ts';
import { checkMessage, findMessage, whoseOptions } from '../../find-message.ts';
import { messageJson } from '../../terminal/message-json.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const reactCommand = daemonCommand({
  name: 'react',
  usage: 'CONTACT ID [EMOJI] [--theirs | --mine]',
  summary: 'reacts to a message with one emoji; without one, takes yours back',
  words: [2, 3],
  options: whoseOptions,
  check({ words: [, id = ''], values }) {
    checkMessage('react', id, values);
  },
  async run({ words: [who = '', id = '', emoji = ''], values, json, terminal }, daemon) {
    const place = await daemon.place(who);
    const message = await findMessage(daemon, place, id, values);
    const changed = await daemon.request('message.react', { ...message, emoji });
    if (json) terminal.print(jsonLine(messageJson(changed)));
    else
      terminal.tell(
        emoji === '' ? 'Your reaction is taken back.' : place.contact ? 'They will see your reaction.' : 'Done.',
      );
  },
});
