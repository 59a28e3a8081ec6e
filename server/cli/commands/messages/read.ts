import { daemonCommand } from '../../command.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

export const readCommand = daemonCommand({
  name: 'read',
  usage: 'CONTACT',
  summary: 'marks everything of theirs as read',
  words: [1, 1],
  options: {},
  async run({ words: [who = ''], json, terminal }, daemon) {
    const { id } = await daemon.contact(who);
    const contact = await daemon.request('message.read', { contact: id });
    if (json) terminal.print(jsonLine(contact));
    else terminal.tell(`Everything from ${printable(contact.name)} is read.`);
  },
});
