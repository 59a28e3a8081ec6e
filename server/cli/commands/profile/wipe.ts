import { WIPE_WORD } from '../../../contract/limits.ts';
import { daemonCommand } from '../../command.ts';
import { CommandFailure } from '../../exit.ts';
import { Secrets } from '../../terminal/secrets.ts';

export const wipeCommand = daemonCommand({
  name: 'wipe',
  usage: '',
  summary: `destroys the profile: keys first, then every file; asks for the word “${WIPE_WORD}” or reads it from stdin`,
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    const { profile, dataDir } = await daemon.request('status.get', {});
    terminal.tell(`This destroys the profile ${profile} and everything in ${dataDir}. Nothing here brings it back.`);
    const secrets = new Secrets(terminal);
    const word = await secrets.ask(`Type ${WIPE_WORD}`);
    await secrets.end();
    if (word !== WIPE_WORD) throw new CommandFailure('failed', 'Nothing was destroyed.');
    await daemon.request('vault.wipe', { word });
    if (!json) terminal.tell('Destroyed.');
  },
});
