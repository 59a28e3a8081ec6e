import { daemonCommand } from '../../command.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const tokenCommand = daemonCommand({
  name: 'token',
  usage: '',
  summary: 'your contact code, for people who want to add you',
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    const { token, peerPort } = await daemon.request('identity.token', {});
    terminal.print(json ? jsonLine({ token, peerPort }) : token);
  },
});
