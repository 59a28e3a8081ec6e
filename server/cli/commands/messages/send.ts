import { daemonCommand } from '../../command.ts';
import { checkMessage, findMessage } from '../../find-message.ts';
import { messageJson } from '../../terminal/message-json.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { roomSentences } from '../../terminal/room-notes.ts';
import { typedText } from '../../terminal/typed-text.ts';

export const sendCommand = daemonCommand({
  name: 'send',
  usage: 'CONTACT [TEXT | -] [--reply-to ID]',
  summary: 'sends a text, or what stdin holds',
  words: [1, 2],
  options: { 'reply-to': { value: 'ID', help: 'answers this message; “messages --ids” shows their ids' } },
  check({ values }) {
    if (values['reply-to'] !== undefined) checkMessage('send', values['reply-to']);
  },
  async run({ words: [who = '', text = '-'], values, json, terminal }, daemon) {
    const place = await daemon.place(who);
    const body = text === '-' ? await typedText(terminal) : text;
    const { conversation, contact } = place;
    const written = values['reply-to'];
    const target = written === undefined ? null : await findMessage(daemon, place, written);
    const replyTo = target && { author: target.author, id: target.id };
    const message = await daemon.request('message.send', { conversation, body, ...(replyTo && { replyTo }) });
    terminal.print(json ? jsonLine(messageJson(message)) : `${message.state}  ${message.id}`);
    for (const sentence of contact ? roomSentences({ ...contact, full: null }) : []) terminal.tell(sentence);
  },
});
