// The dictionaries between opaque ids and the small numbers of rows, of one database.
import type { Database } from '../database.ts';
import { AuthorRowids } from './author-rowids.ts';
import { ContactRowids } from './contact-rowids.ts';
import { ConversationRowids } from './conversation-rowids.ts';
import { MessageKeys } from '../tables/message/message-key.ts';

export class Rowids {
  readonly contacts: ContactRowids;
  readonly conversations: ConversationRowids;
  readonly authors: AuthorRowids;
  readonly messageKeys: MessageKeys;

  constructor(database: Database) {
    this.contacts = new ContactRowids(database);
    this.conversations = new ConversationRowids(database, this.contacts);
    this.authors = new AuthorRowids(database);
    this.messageKeys = new MessageKeys(this.conversations, this.authors);
  }

  /** Nothing of a removed contact is left: its numbers may come to be another's. */
  forget(): void {
    this.contacts.forget();
    this.conversations.forget();
    this.authors.forget();
  }
}
