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

/** To another day of a conversation. */
export const jump = {
  title: 'Go to a day',
  day: 'Day',
  go: 'Go there',
  first: 'First message',
};
