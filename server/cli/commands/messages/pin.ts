import { daemonCommand } from '../../command.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { isOn, onOffUsage } from './on-off.ts';

export const pinCommand = daemonCommand({
  name: 'pin',
  usage: `CONTACT ${onOffUsage}`,
  summary: 'keeps a conversation on top of the list; off: no more',
  words: [1, 2],
  options: {},
  check: ({ words }) => void isOn('pin', words[1]),
  async run({ words: [who = '', word], json, terminal }, daemon) {
    const contact = await daemon.contact(who);
    const pinned = isOn('pin', word);
    await daemon.request('conversation.pin', { conversation: contact.conversation, pinned });
    if (json) terminal.print(jsonLine(await daemon.listed(contact)));
    else terminal.tell(`${printable(contact.name)} is ${pinned ? 'pinned' : 'no longer pinned'}.`);
  },
});
