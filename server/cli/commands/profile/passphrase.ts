// Passphrases come from the terminal or, one a line, from stdin or a descriptor: the current one first, then the new one.
import { createReadStream } from 'node:fs';
import { UsageError, wholeNumber } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { CommandFailure } from '../../exit.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { Secrets } from '../../terminal/secrets.ts';

const actions = ['set', 'change', 'remove'] as const;
type Action = (typeof actions)[number];

const done = {
  set: 'The passphrase is set.',
  change: 'The passphrase is changed.',
  remove: 'The passphrase is removed.',
};

export const passphraseCommand = daemonCommand({
  name: 'passphrase',
  usage: 'set | change | remove [--passphrase-fd N]',
  summary: 'locks what is stored here, or no longer; asks for passphrases or reads them from stdin, one a line',
  words: [1, 1],
  options: { 'passphrase-fd': { value: 'N', help: 'read them from this file descriptor' } },
  check({ words: [word], values }) {
    actionOf(word);
    const fd = values['passphrase-fd'];
    if (fd !== undefined) descriptor(fd);
  },
  async run({ words: [word], values, json, terminal }, daemon) {
    const action = actionOf(word);
    await requireSet(daemon, action !== 'set');
    const fd = values['passphrase-fd'];
    const stdin = fd === undefined ? terminal.stdin : createReadStream('', { fd: descriptor(fd) });
    const secrets = new Secrets({ stdin });
    try {
      const current = action === 'set' ? '' : await secrets.ask('Current passphrase');
      const next = action === 'remove' ? '' : await secrets.choose('New passphrase');
      if (action !== 'remove' && next === '') throw new CommandFailure('failed', 'The new passphrase is empty.');
      const identity = await daemon.request('vault.passphrase', { current, next });
      if (json) terminal.print(jsonLine(identity));
      else terminal.tell(done[action]);
    } finally {
      await secrets.end();
    }
  },
});

/** @throws CommandFailure before anybody is asked for what would be of no use. */
async function requireSet(daemon: Daemon, wanted: boolean): Promise<void> {
  const identity = await daemon.request('identity.get', {});
  if (identity === null || identity.passphraseSet === wanted) return;
  const message = wanted
    ? 'No passphrase is set. “loom-web passphrase set” sets one.'
    : 'A passphrase is set. “loom-web passphrase change” changes it.';
  throw new CommandFailure('failed', message);
}

/** @throws UsageError */
function actionOf(word: string | undefined): Action {
  const action = actions.find((known) => known === word);
  if (!action) throw new UsageError(`passphrase does one of: ${actions.join(', ')}`);
  return action;
}

function descriptor(text: string): number {
  return wholeNumber('--passphrase-fd', text, 0, 1023);
}
