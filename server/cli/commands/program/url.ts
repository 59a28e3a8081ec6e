import { daemonCommand } from '../../command.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const urlCommand = daemonCommand({
  name: 'url',
  usage: '',
  summary: 'prints an address that opens the page once, within ten minutes',
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    const url = await daemon.url();
    terminal.print(json ? jsonLine({ url }) : url);
  },
});
