// Commands that set something, or take it back with `off`.
import { UsageError } from '../../../options.ts';

export const onOffUsage = '[off]';

/** @param word what stands behind the contact. @throws UsageError for anything but `on` and `off`. */
export function isOn(command: string, word: string | undefined): boolean {
  if (word === undefined || word === 'on') return true;
  if (word === 'off') return false;
  throw new UsageError(`${command}: “${word}” is not “off”; put a name with spaces in quotes`);
}
