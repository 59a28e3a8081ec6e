// Words around a conversation: oneself, the other, and finding one's way in what was said.

/** The own picture at the head of the list. */
export const own = {
  you: 'You',
  code: 'My contact code',
  tag: 'The start of your public key: it tells you from others with your name',
};

/** Who somebody is. */
export const about = {
  do: { verify: 'Verify', introduce: 'Introduce', rename: 'Rename', delete: 'Delete' },
  connection: 'Connection',
  advanced: 'Advanced',
  key: 'Public key',
  keyHint: 'Their own Loom shows them the same picture and the same first letters.',
};

/** What was said, found again. */
export const search = {
  messages: 'Messages',
  looking: 'Searching…',
  filling: 'Searching older messages…',
  nothing: 'No message says that.',
  failed: 'Loom didn’t answer. Change a letter to search again.',
  newest: 'The oldest messages were not searched: there are too many.',
  found: 'No message found | One message found | {count} messages found',
  more: 'Show more',
  you: 'You:',
  here: 'Search in this conversation',
  within: 'Only in {name}',
  everywhere: 'Search everywhere',
};

/** To another day of a conversation. */
export const jump = {
  title: 'Go to a day',
  day: 'Day',
  go: 'Go there',
  first: 'First message',
};

/** How the list shows a conversation: known here alone. */
export const listing = {
  menu: 'Conversation',
  more: 'More',
  pin: 'Pin to top',
  unpin: 'Unpin',
  mute: 'Mute…',
  unmute: 'Unmute',
  archive: 'Archive',
  unarchive: 'Move back to list',
  unread: 'Mark as unread',
  read: 'Mark as read',
  muteFor: 'Mute for',
  hour: 'For 1 hour',
  hours: 'For 8 hours',
  week: 'For a week',
  always: 'Until I unmute',
  archived: 'Archived ({count})',
  archivedTitle: 'Archived',
  archivedHint: 'A conversation comes back with its next message, unless it is muted.',
  back: 'Back to all conversations',
  state: { pinned: 'pinned', muted: 'muted', markedUnread: 'marked as unread' },
};

/** Messages that disappear. */
export const timer = {
  title: 'Disappearing messages',
  menu: 'Disappearing messages…',
  field: 'New messages disappear',
  hint: 'For both of you, this long after they are read. They can still be copied or photographed before that.',
  off: 'Off',
  after: '{life} after they are read',
  set: '{who} set messages to disappear {life} after they are read',
  turnedOff: '{who} turned off disappearing messages',
  preview: 'Disappearing messages',
  on: 'New messages disappear {life} after they are read',
  sign: 'Disappears {life} after it is read',
  gone: 'Disappears from this device {when}',
};
