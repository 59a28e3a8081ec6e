import { daemonCommand } from '../../command.ts';
import { confirm, yesOption } from '../../terminal/confirm.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

export const clearCommand = daemonCommand({
  name: 'clear',
  usage: 'CONTACT [--yes]',
  summary: 'deletes every message of a conversation on this computer',
  words: [1, 1],
  options: yesOption,
  async run({ words: [who = ''], values, json, terminal }, daemon) {
    const { id, name, conversation } = await daemon.contact(who);
    await confirm(terminal, values.yes, `Delete every message with ${printable(name)} on this computer`);
    await daemon.request('conversation.clear', { conversation });
    if (json) terminal.print(jsonLine(await daemon.listed({ id })));
    else terminal.tell('Deleted here. What the other side has, they keep.');
  },
});
