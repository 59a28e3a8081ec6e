import { daemonCommand } from '../command.ts';

export const lockCommand = daemonCommand({
  name: 'lock',
  usage: '',
  summary: 'locks the profile',
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    await daemon.request('vault.lock', {});
    if (!json) terminal.tell('Locked.');
  },
});
