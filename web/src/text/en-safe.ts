// Words for keeping things to oneself: deleting.

/** One message, and a whole conversation. */
export const deleting = {
  more: 'More',
  title: 'Message',
  yours: 'Written by you, {when}',
  theirs: 'Written by {name}, {when}',
  ask: 'Delete message',
  sure: 'Delete it from this device? {name} keeps their copy. Backups you made before keep it, too.',
  sureWaiting: 'Delete it? {name} does not have it yet. Unless it is on its way just now, it will never be sent.',
  yes: 'Delete for good',
  all: 'Delete all messages',
  allSure:
    'Delete all messages with {name} from this device? They keep theirs. What is not on their device yet will not be sent. Backups you made before keep everything. This cannot be undone.',
  allYes: 'Delete all for good',
};
