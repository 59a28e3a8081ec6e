import { daemonCommand } from '../../command.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

export const readCommand = daemonCommand({
  name: 'read',
  usage: 'CONTACT',
  summary: 'marks everything of theirs as read',
  words: [1, 1],
  options: {},
  async run({ words: [who = ''], json, terminal }, daemon) {
    const place = await daemon.place(who);
    await daemon.request('message.read', { conversation: place.conversation });
    if (json) terminal.print(jsonLine(await daemon.shown(place)));
    else terminal.tell(`Everything ${place.contact ? `from ${printable(place.name)}` : 'in your notes'} is read.`);
  },
});
