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
    const place = await daemon.place(who);
    const { name, conversation, contact } = place;
    await confirm(
      terminal,
      values.yes,
      contact ? `Delete every message with ${printable(name)} on this computer` : 'Delete all your notes',
    );
    await daemon.request('conversation.clear', { conversation });
    if (json) terminal.print(jsonLine(await daemon.shown(place)));
    else terminal.tell(contact ? 'Deleted here. What the other side has, they keep.' : 'Deleted.');
  },
});
