import { LOCK_AFTER_MINUTES } from '../../../contract/limits.ts';
import { wholeNumber } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { CommandFailure } from '../../exit.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const lockCommand = daemonCommand({
  name: 'lock',
  usage: '[--after MINUTES | never]',
  summary: 'locks the profile now, or sets after how many idle minutes it locks by itself',
  words: [0, 0],
  options: { after: { value: 'MINUTES', help: 'lock after so many idle minutes from now on; or “never”' } },
  check({ values }) {
    if (values.after !== undefined) minutesOf(values.after);
  },
  async run({ values, json, terminal }, daemon) {
    if (values.after !== undefined) {
      const { lockAfter } = await daemon.request('vault.lockAfter', { minutes: minutesOf(values.after) });
      if (json) terminal.print(jsonLine({ lockAfter }));
      else
        terminal.tell(
          lockAfter === 0
            ? 'Loom never locks by itself.'
            : `Loom locks after ${lockAfter} idle ${lockAfter === 1 ? 'minute' : 'minutes'}.`,
        );
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

/** The one thing that is not allowed about locking. @throws CommandFailure, or what it was given. */
/** @throws UsageError */
function minutesOf(text: string): number {
  return text === 'never' ? 0 : wholeNumber('--after', text, 1, LOCK_AFTER_MINUTES);
}
