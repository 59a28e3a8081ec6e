import { daemonCommand } from '../../command.ts';
import { checkMessage, findMessage, whoseOptions } from '../../find-message.ts';
import { messageJson } from '../../terminal/message-json.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const forwardCommand = daemonCommand({
  name: 'forward',
  usage: 'CONTACT ID TO [--theirs | --mine]',
  summary: 'sends a copy of a text to another contact or to “notes”; whose it is, is not told',
  words: [3, 3],
  options: whoseOptions,
  check({ words: [, id = ''], values }) {
    checkMessage('forward', id, values);
  },
  async run({ words: [who = '', id = '', to = ''], values, json, terminal }, daemon) {
    const [from, { conversation }] = [await daemon.place(who), await daemon.place(to)];
    const message = await findMessage(daemon, from, id, values);
    const sent = await daemon.request('message.forward', { from: message, conversation });
    terminal.print(json ? jsonLine(messageJson(sent)) : `${sent.state}  ${sent.id}`);
  },
});
