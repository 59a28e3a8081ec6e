import { UsageError } from '../../../options.ts';
import { command } from '../../command.ts';
import { CommandFailure, exitCodes } from '../../exit.ts';
import { jsonLine } from '../../terminal/printable.ts';

const actions = ['install', 'remove', 'status'] as const;
type Action = (typeof actions)[number];

const words = {
  none: 'There is no launcher.',
  installed: 'The launcher is in your menu of programs.',
  foreign: 'Another file has the launcher’s name. It was left alone.',
  impossible: 'There is no place for a launcher here.',
};

export const launcherCommand = command({
  name: 'launcher',
  usage: 'install | remove | status',
  summary: 'Loom among the programs of your desktop: starts it if need be, and opens it in your browser',
  words: [1, 1],
  options: {},
  async run({ words: [word], json, place, terminal }) {
    const action = actionOf(word);
    const { thisLauncher } = await import('../../launcher/this-launcher.ts');
    const launcher = thisLauncher(place);
    const did = action === 'status' || (action === 'install' ? launcher.install() : launcher.remove());
    const { state, path } = launcher;
    if (!did) throw new CommandFailure('failed', words[state]);
    terminal.print(json ? jsonLine({ state, path }) : `${words[state]}${state === 'installed' ? `\n${path}` : ''}`);
    return exitCodes.done;
  },
});

/** @throws UsageError */
function actionOf(word: string | undefined): Action {
  const action = actions.find((known) => known === word);
  if (action === undefined) throw new UsageError(`launcher does one of: ${actions.join(', ')}`);
  return action;
}
