import { daemonCommand } from '../../command.ts';
import { checkMessage, findMessage } from '../../find-message.ts';
import { messageJson } from '../../terminal/message-json.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { typedText } from '../../terminal/typed-text.ts';

export const editCommand = daemonCommand({
  name: 'edit',
  usage: 'CONTACT ID [TEXT | -]',
  summary: 'gives a message of yours other words, or what stdin holds',
  words: [2, 3],
  options: {},
  check({ words: [, id = ''] }) {
    checkMessage('edit', id);
  },
  async run({ words: [who = '', id = '', text = '-'], json, terminal }, daemon) {
    const place = await daemon.place(who);
    const message = await findMessage(daemon, place, id, { prefer: 'mine' });
    const body = text === '-' ? await typedText(terminal) : text;
    const edited = await daemon.request('message.edit', { ...message, body });
    if (json) terminal.print(jsonLine(messageJson(edited)));
    else terminal.tell(`Edited. What it said before stays readable to ${place.contact ? 'both of you' : 'you'}.`);
  },
});
