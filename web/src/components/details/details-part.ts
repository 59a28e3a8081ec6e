/** What of a contact's details is opened by a button. */
export type DetailsPart = 'verify' | 'introduce' | 'rename' | 'delete';
