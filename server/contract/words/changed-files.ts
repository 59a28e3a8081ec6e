// What to check when a profile's files were changed while Loom was closed, in English: one wording for the page and the
// command line.
import type { ChangedPart } from '../profile.ts';

export const changedFilesSentence =
  'Files of this profile were changed while Loom was closed. Nothing else is wrong, but older entries may be back.';

/** What to look at, for each part. */
export const checks: Readonly<Record<ChangedPart, string>> = {
  identity: 'your own name',
  contact: 'who is blocked, who is verified, and whether anyone is missing',
  request: 'who asks to talk to you',
  invite: 'which invites are open',
  setting: 'your settings',
};

/** One line; parts is not empty. */
export function whatToCheck(parts: readonly ChangedPart[]): string {
  return `Please check: ${parts.map((part) => checks[part]).join('; ')}.`;
}
