import type { NetworkFacts } from '../../../contract/model.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { clockTime } from '../../terminal/local-time.ts';
import { jsonLine } from '../../terminal/printable.ts';

const modes = ['contacts', 'everyone', 'off'] as const;
type Mode = (typeof modes)[number];

export const visibilityCommand = daemonCommand({
  name: 'visibility',
  usage: '[contacts | everyone | off]',
  summary: 'who on the network can see that you are here; everyone lasts ten minutes',
  words: [0, 1],
  options: {},
  check({ words: [mode] }) {
    if (mode !== undefined) modeOf(mode);
  },
  async run({ words: [word], json, terminal }, daemon) {
    const facts =
      word === undefined
        ? await daemon.request('network.status', {})
        : await daemon.request('network.visibility', { mode: modeOf(word) });
    terminal.print(json ? jsonLine(facts.visibility) : sentence(facts));
  },
});

/** @throws UsageError */
function modeOf(word: string): Mode {
  const mode = modes.find((known) => known === word);
  if (mode === undefined) throw new UsageError(`visibility is one of: ${modes.join(', ')}`);
  return mode;
}

function sentence({ visibility: { mode, until }, discovery }: NetworkFacts): string {
  const said = {
    contacts: 'Your contacts can see that you are here.',
    everyone: `Everyone nearby can see your name and contact code${until === null ? '' : ` until ${clockTime(until)}`}.`,
    off: 'Nobody can see that you are here, and Loom looks for nobody.',
  }[mode];
  return discovery.status === 'on' || mode === 'off' ? said : `${said} But Loom can’t look for people here.`;
}
