import { daemonCommand } from '../../command.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

export const readCommand = daemonCommand({
  name: 'read',
  usage: 'CONTACT',
  summary: 'marks everything of theirs as read',
  words: [1, 1],
  options: {},
  async run({ words: [who = ''], json, terminal }, daemon) {
    const contact = await daemon.contact(who);
    await daemon.request('message.read', { conversation: contact.conversation });
    if (json) terminal.print(jsonLine(await daemon.listed(contact)));
    else terminal.tell(`Everything from ${printable(contact.name)} is read.`);
  },
});
