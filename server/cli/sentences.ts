// What the command line says for each error code of the contract.
import type { ErrorCode } from '../contract/errors.ts';
import type { StorageErrorCode } from '../storage/errors.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';

export const sentences: Readonly<Record<ErrorCode, string>> = {
  'bad-request': 'Loom did not understand the request. Are both of the same version?',
  'unknown-command':
    'The running Loom does not know this command. It is of another version: stop it and start it anew.',
  'not-allowed': 'That is not allowed here.',
  locked: 'The profile is locked. “loom-web unlock” opens it.',
  'no-identity': 'The profile has no identity yet. Create one in the browser: “loom-web url” prints the address.',
  'identity-exists': 'The profile has an identity already.',
  'wrong-passphrase': 'The passphrase is wrong.',
  'passphrase-too-long': 'The passphrase is too long.',
  'phrase-length': 'A recovery phrase has 24 words.',
  'phrase-word': 'One of the words is not in the list of words. Is it spelt right?',
  'phrase-checksum':
    'Each word is in the list, but together they are no recovery phrase. Is one in the place of another?',
  'phrase-not-shown': 'Have the recovery phrase shown first.',
  'passphrase-empty': 'A backup needs a passphrase of its own.',
  'path-invalid': 'That is no path that can be used.',
  'file-exists': 'There is something of that name already; Loom does not overwrite it.',
  'file-missing': 'There is no such file or folder.',
  'file-refused': 'The file could not be read or written. Is it yours, and is there room?',
  'backup-foreign': 'That is no backup of Loom.',
  'backup-newer': 'A newer Loom has made this backup. Start that one, or a newer one.',
  'backup-truncated': 'The backup ends too early. Was all of it copied?',
  'backup-damaged': 'The backup is damaged. Nothing was changed.',
  'backup-passphrase': 'The passphrase does not open this backup.',
  'import-foreign': 'That is no database of the original Loom.',
  'import-damaged': 'The database of the original Loom is damaged. Nothing was changed.',
  'import-in-use': 'The database of the original Loom changed while it was read. Stop that program first.',
  'task-running': 'A backup, a restoring or an import is under way already.',
  'task-stopped': 'That was stopped before it was done. Nothing of it is kept.',
  'database-newer': 'The profile was last used by a newer Loom. Start that one, or a newer one.',
  'storage-failed': 'The disk refused to store or to read. Is it full, or gone?',
  'token-prefix': 'That is no identity token: it does not start as one.',
  'token-encoding': 'The identity token has a character that cannot be in one.',
  'token-length': 'The identity token is too short or too long. Was all of it copied?',
  'token-version': 'The identity token is of a version this Loom does not know.',
  'token-checksum': 'The identity token has a typing mistake.',
  'token-key': 'The key in the identity token is not a usable one.',
  'token-own': 'That is your own identity token.',
  'token-expired': 'The identity token has expired. Ask for a new one.',
  'pairing-busy': 'Another pairing is under way. Finish or cancel it first.',
  'pairing-none': 'No code is wanted: no pairing is under way, or it is over.',
  'pairing-code': 'A code is six digits.',
  'invite-unknown': 'There is no such invite.',
  'invite-used': 'The invite was used already. Remove or block the contact instead.',
  'contact-unknown': 'There is no such contact.',
  'contact-exists': 'You have this contact already.',
  'contact-blocked': 'The contact is blocked.',
  'request-unknown': 'There is no such request.',
  'name-empty': 'The name is empty.',
  'name-too-long': 'The name is too long.',
  'address-invalid': 'The address is not HOST:PORT with an IP address or a name ending in .local.',
  'message-empty': 'The message is empty.',
  'message-too-large': 'The message is too large.',
  'message-unknown': 'There is no such message.',
  'message-id-taken': 'Another message has this id.',
  'too-many': 'That is more than Loom keeps or takes at once.',
  internal: 'Loom met a mistake of its own. Its log on stderr says more.',
};

/** When a profile cannot be started at all. */
export const storageSentences: Readonly<Record<StorageErrorCode, string>> = {
  'wrong-passphrase': sentences['wrong-passphrase'],
  'keys-damaged': 'The keys of the profile (keys.json) cannot be read. Nothing was changed.',
  'database-newer': sentences['database-newer'],
  'in-use': 'The database of the profile is in use by another program.',
  'not-crash-safe': 'The disk of the profile cannot keep a database safe over a crash. Choose another with --data-dir.',
  damaged: 'The database of the profile is damaged. Nothing was changed.',
  'write-failed': sentences['storage-failed'],
};

/** Locked is 3 and not allowed is 5, so that scripts can tell; everything else the daemon refuses is 1. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code === 'locked') return exitCodes.locked;
  if (code === 'not-allowed') return exitCodes.notAllowed;
  return exitCodes.failed;
}
