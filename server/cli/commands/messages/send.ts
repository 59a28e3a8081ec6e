import { daemonCommand } from '../../command.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { roomSentences } from '../../terminal/room-notes.ts';
import { typedText } from '../../terminal/typed-text.ts';

export const sendCommand = daemonCommand({
  name: 'send',
  usage: 'CONTACT [TEXT | -]',
  summary: 'sends a text, or what stdin holds',
  words: [1, 2],
  options: {},
  async run({ words: [who = '', text = '-'], json, terminal }, daemon) {
    const contact = await daemon.contact(who);
    const body = text === '-' ? await typedText(terminal) : text;
    const message = await daemon.request('message.send', { conversation: contact.conversation, body });
    terminal.print(json ? jsonLine(message) : `${message.state}  ${message.id}`);
    for (const sentence of roomSentences({ ...contact, full: null })) terminal.tell(sentence);
  },
});
