import { LOCK_AFTER_MINUTES } from '../../../contract/limits.ts';
import { wholeNumber } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { CommandFailure } from '../../exit.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const lockCommand = daemonCommand({
  name: 'lock',
  usage: '[--after MINUTES | never]',
  summary: 'locks the profile, or says after how long without you it locks by itself',
  words: [0, 0],
  options: { after: { value: 'MINUTES', help: 'not now, but after so many idle minutes from now on; or “never”' } },
  check({ values }) {
    if (values.after !== undefined) minutesOf(values.after);
  },
  async run({ values, json, terminal }, daemon) {
    if (values.after !== undefined) {
      const { lockAfter } = await daemon.request('vault.lockAfter', { minutes: minutesOf(values.after) });
      if (json) terminal.print(jsonLine({ lockAfter }));
      else terminal.tell(lockAfter === 0 ? 'It never locks by itself.' : `It locks after ${lockAfter} idle minutes.`);
      return;
    }
    const identity = await daemon.request('identity.get', {});
    if (identity?.passphraseSet === false) {
      throw new CommandFailure(
        'notAllowed',
        'No passphrase is set, so there is nothing to lock. “loom-web passphrase set” sets one.',
      );
    }
    await daemon.request('vault.lock', {});
    if (!json) terminal.tell('Locked.');
  },
});

/** @throws UsageError */
function minutesOf(text: string): number {
  return text === 'never' ? 0 : wholeNumber('--after', text, 1, LOCK_AFTER_MINUTES);
}
