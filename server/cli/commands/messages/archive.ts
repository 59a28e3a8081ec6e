import { daemonCommand } from '../../command.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { isOn, onOffUsage } from './on-off.ts';

export const archiveCommand = daemonCommand({
  name: 'archive',
  usage: `CONTACT ${onOffUsage}`,
  summary: 'takes a conversation out of the list, until there is something new in it and it is not muted; off: back',
  words: [1, 2],
  options: {},
  check: ({ words }) => void isOn('archive', words[1]),
  async run({ words: [who = '', word], json, terminal }, daemon) {
    const contact = await daemon.contact(who);
    const archived = isOn('archive', word);
    await daemon.request('conversation.archive', { conversation: contact.conversation, archived });
    if (json) terminal.print(jsonLine(await daemon.listed(contact)));
    else terminal.tell(`${printable(contact.name)} is ${archived ? 'archived' : 'back in the list'}.`);
  },
});
