// What browser, command line and daemon talk about, from every domain. Plain data: JSON, no bytes, times in ms since 1970.
export type * from './contacts.ts';
export type * from './conversations.ts';
export type * from './drafts.ts';
export type * from './files.ts';
export type * from './identity.ts';
export type * from './ids.ts';
export type * from './marks.ts';
export type * from './meeting.ts';
export type * from './messages.ts';
export type * from './network.ts';
export type * from './profile.ts';
export type * from './recovery.ts';
export type * from './search.ts';
