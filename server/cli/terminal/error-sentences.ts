// What the command line says for each error code of the contract.
import type { ErrorCode } from '../../contract/errors.ts';
import type { StorageErrorCode } from '../../storage/errors.ts';
import { exitCodes } from '../exit.ts';
import type { ExitCode } from '../exit.ts';

export const sentences: Readonly<Record<ErrorCode, string>> = {
  'bad-request': 'Loom didn’t understand the request. Are both the same version?',
  'unknown-command':
    'The running Loom doesn’t know this command: it is a different version. Stop it and start it again.',
  'not-allowed': 'That isn’t allowed here.',
  locked: 'The profile is locked. “loom-web unlock” opens it.',
  'no-identity': 'The profile has no identity yet. Create one in the browser: “loom-web url” prints the address.',
  'identity-exists': 'This profile already has an identity.',
  'wrong-passphrase': 'The passphrase is wrong.',
  'passphrase-too-long': 'The passphrase is too long.',
  'phrase-length': 'A recovery phrase has 24 words.',
  'phrase-word': 'One of these isn’t a recovery-phrase word. Is it spelled right?',
  'phrase-checksum': 'These words don’t fit together. Is one wrong, or out of order?',
  'phrase-not-shown': 'Show the recovery phrase first.',
  'passphrase-empty': 'A backup needs its own passphrase.',
  'path-invalid': 'Not a usable path.',
  'file-exists': 'A file with that name already exists, and Loom doesn’t overwrite it.',
  'file-missing': 'There is no such file or folder.',
  'file-refused': 'Loom can’t read or write the file. Is it yours, and is the disk full?',
  'file-silent': 'The file or folder doesn’t answer. Is its disk or network share still there?',
  'backup-foreign': 'That isn’t a Loom backup.',
  'backup-newer': 'This backup is from a newer version of Loom. Update Loom to use it.',
  'backup-truncated': 'The end of this backup is missing. Was all of it copied?',
  'backup-damaged': 'The backup is damaged. Nothing was changed.',
  'backup-passphrase': 'That isn’t the passphrase of this backup.',
  'backup-unproven': 'The backup was written but couldn’t be read back, so it wasn’t kept. Try another disk.',
  'import-foreign': 'That isn’t a database of the original Loom.',
  'import-damaged': 'The database of the original Loom is damaged. Nothing was changed.',
  'import-in-use': 'The database of the original Loom changed while it was read. Stop that program first.',
  'task-running': 'A backup, restore or import is already running.',
  'task-stopped': 'That was stopped before it was done. Nothing was kept.',
  'database-newer': 'This profile was last used by a newer version of Loom. Update Loom to open it.',
  'system-busy': 'The system lets Loom open no more files or processes. Try again, or raise its limit (“ulimit -n”).',
  'storage-failed': 'Loom can’t write to your disk. Is it full, or gone?',
  'token-prefix': 'That isn’t a contact code: it doesn’t start with LOOM-.',
  'token-encoding': 'The contact code has a character that doesn’t belong in it.',
  'token-length': 'The contact code is too short or too long. Was all of it copied?',
  'token-version': 'The contact code is from a newer version of Loom. Update Loom to use it.',
  'token-checksum': 'The contact code has a typing mistake.',
  'token-key': 'The key in the contact code isn’t valid.',
  'token-own': 'That is your own contact code.',
  'token-expired': 'The invite has expired. Ask for a new one. If it is new, check this computer’s clock.',
  'pairing-busy': 'Another pairing is running. Finish or cancel it first.',
  'pairing-none': 'No pairing is waiting for a code.',
  'pairing-code': 'A code is six digits.',
  'invite-unknown': 'There is no such invite.',
  'invite-used': 'The invite has already been used. Remove or block the contact instead.',
  'contact-unknown': 'There is no such contact.',
  'conversation-unknown': 'There is no such conversation.',
  'contact-exists': 'You already have this contact.',
  'contact-blocked': 'You have blocked this person. Unblock them first.',
  'introduction-unmet': 'You can introduce two people once Loom has connected to both of them.',
  'introduction-key': 'The key in the introduction isn’t theirs. Ask them for their contact code.',
  'request-unknown': 'There is no such request.',
  'name-empty': 'The name is empty.',
  'name-too-long': 'The name is too long.',
  'about-too-long': 'The line about you is too long. Use at most 140 letters, fewer with accents or emoji.',
  'picture-invalid': 'The picture has to be a JPEG, PNG or WebP file, at most 1024 pixels wide and high.',
  'picture-too-large': 'The picture is too large. It may have at most 24 KiB.',
  'address-invalid': 'That isn’t an address. Type it as HOST:PORT, with an IP address or a name ending in .local.',
  'message-empty': 'The message is empty.',
  'message-too-large': 'The message is too large.',
  'message-unknown': 'There is no such message.',
  'message-id-taken': 'Another message has this id.',
  'message-not-yours': 'Only what you wrote yourself can be changed.',
  'message-not-text': 'Only texts can be edited and forwarded.',
  'file-unknown': 'This file isn’t here any more.',
  'file-state': 'This can’t be done with the file right now.',
  'file-too-large': 'The file is larger than it was said to be.',
  'disk-full': 'There is too little room on this disk.',
  'files-unsupported': 'Files can’t be sent to yourself yet.',
  'edits-too-many': 'A message can be edited 20 times.',
  'emoji-invalid': 'A reaction is exactly one emoji.',
  'too-many': 'That is more than Loom takes at once. Wait a moment and try again.',
  internal: 'Internal error in Loom. Its log on stderr says more.',
};

/** When nobody answers. */
export function notRunningSentence(profile: string): string {
  return `Loom is not running for the profile “${profile}”.`;
}

/** When a profile cannot be started at all. */
export const storageSentences: Readonly<Record<StorageErrorCode, string>> = {
  'wrong-passphrase': sentences['wrong-passphrase'],
  'keys-damaged': 'Loom can’t read the keys of this profile (keys.json). Nothing was changed.',
  'database-newer': sentences['database-newer'],
  'in-use': 'The database of the profile is in use by another program.',
  'not-crash-safe':
    'The disk of this profile can’t keep a database safe through a crash. Choose another with --data-dir.',
  damaged: 'The database of the profile is damaged. Nothing was changed.',
  'write-failed': sentences['storage-failed'],
};

/** Locked is 3 and not allowed is 5, so that scripts can tell; everything else the daemon refuses is 1. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code === 'locked') return exitCodes.locked;
  if (code === 'not-allowed') return exitCodes.notAllowed;
  return exitCodes.failed;
}
