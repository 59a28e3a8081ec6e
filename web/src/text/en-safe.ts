// Words about privacy: files that were changed, deleting, locking, passphrases, look-alike names, destroying a profile.
import { changedFilesSentence } from '../../../server/contract/words/changed-files.ts';

/** One message, and a whole conversation. */
export const deleting = {
  details: 'Details',
  yours: 'Written by you, {when}',
  theirs: 'Written by {name}, {when}',
  bothTimes: 'Sent {sent} by their clock. It came {came} by yours.',
  ask: 'Delete message',
  sure: 'Delete it from this device? {name} keeps their copy, and so do backups you made before.',
  sureWaiting:
    'Delete it? {name} does not have it yet. Unless it is on its way just now, it will never be sent. Their Loom can tell that a message was withdrawn, but not what it said.',
  yes: 'Delete for me',
  all: 'Delete all messages',
  allSure:
    'Delete all messages with {name} from this device? They keep theirs. What isn’t on their device yet won’t be sent, though their Loom can tell that messages were withdrawn. Backups you made before keep everything. This can’t be undone.',
  allYes: 'Delete all for good',
};

/** The profile's files are not as Loom left them. */
export const changedFiles = {
  label: 'Changed files',
  text: `${changedFilesSentence} {check}`,
  checked: 'I have checked',
};

export const locking = {
  after: 'Lock when I am away',
  afterHint: 'Also when this computer has been asleep.',
  minutes: 'never | after 1 minute | after {count} minutes',
  hours: 'never | after 1 hour | after {count} hours',
  never: 'never',
  resealing:
    'Everything stored is being locked with a new key: {percent} % done. Until then, an old copy of your key file could open the rest. You can go on using Loom.',
  meanwhileTitle: 'While it is locked',
  meanwhile:
    'Nobody can reach you. Others’ messages wait on their devices, yours wait here, and everything is delivered once you unlock.',
};

/** Of a passphrase. */
export const strength = {
  weak: 'Easy to guess. Four or five unrelated words are far better.',
  fair: 'Someone who tries hard could guess it. One more word helps.',
  good: 'Hard to guess.',
  strong: 'Very hard to guess.',
};

/** People of one name. */
export const twins = {
  hint: 'The start of their public key: someone else has a name that looks like this one',
  count:
    'Another contact’s name looks like this one | Another contact’s name looks like this one | {count} contacts have names that look like this',
  request: 'The name looks like your contact {name}, but this is someone else.',
};

export const wipe = {
  title: 'Destroy everything',
  lead: 'Deletes your identity, contacts and messages from this computer, for good. Only a backup or your recovery phrase can bring you back. Backups in other folders stay.',
  open: 'Destroy…',
  word: 'wipe',
  field: 'Type “{word}” to destroy everything',
  hint: 'The keys go first. After that, nobody can read what is left on the disk.',
  yes: 'Destroy everything now',
};
