import type { Identity } from '../../../contract/model.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { CommandFailure } from '../../exit.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

export const profileCommand = daemonCommand({
  name: 'profile',
  usage: '[name NAME]',
  summary: 'who you are to your contacts; or changes your name',
  words: [0, 2],
  options: {},
  check({ words: [verb, name] }) {
    if (verb === undefined) return;
    if (verb !== 'name') throw new UsageError(`profile does one of: name`);
    if (name === undefined) throw new UsageError('profile name: NAME is missing');
  },
  async run({ words: [verb, name = ''], json, terminal }, daemon) {
    const identity = verb === undefined ? await own(daemon) : await daemon.request('identity.rename', { name });
    if (json) terminal.print(jsonLine(identity));
    else for (const line of describe(identity)) terminal.print(line);
  },
});

/** @throws CommandError locked, no-identity. */
async function own(daemon: Daemon): Promise<Identity> {
  const identity = await daemon.request('identity.get', {});
  if (identity) return identity;
  // Answers with the reason.
  await daemon.request('identity.token', {});
  throw new CommandFailure('failed', 'This profile was opened only just now. Try again.');
}

function describe({ name, publicKey, passphraseSet, lockAfter }: Identity): readonly string[] {
  const locks = lockAfter === 0 ? 'never locks by itself' : `locks after ${lockAfter} idle minutes`;
  return [
    `Name        ${printable(name)}`,
    `Key         ${publicKey}`,
    `Passphrase  ${passphraseSet ? `set, ${locks}` : 'none: anyone who can read your files can read your messages'}`,
  ];
}
