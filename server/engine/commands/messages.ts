// Messages: sent, read in pages, marked as read; and typing.
import { CommandError } from '../../contract/errors.ts';
import { MESSAGE_BYTES, PAGE_BYTES } from '../../contract/limits.ts';
import { utf8 } from '../../crypto/bytes.ts';
import { encodeTyping, RECORD } from '../../protocol/records.ts';
import { OURSELVES } from '../../storage/tables/message-record.ts';
import type { Engine } from '../engine.ts';
import { messageView } from '../feed/views.ts';
import { done, type Handlers } from './handlers.ts';

type MessageCommand = 'message.send' | 'message.page' | 'message.read' | 'typing.set';

export function messageCommands(engine: Engine): Handlers<MessageCommand> {
  const { roster, conversations, links, outbox, inbox, feed, expiry, options } = engine;
  const { messages } = options.store;
  return {
    'message.send': async ({ contact, body, id }) => {
      if (roster.get(contact).blocked) throw new CommandError('contact-blocked', 'this contact is blocked');
      checkBody(body);
      const record = await outbox.send(conversations.directWith(contact), { t: 'text', body }, id);
      return messageView(record, contact, links.activeLinkOf(contact));
    },
    'message.page': ({ contact, before: place, limit }) => {
      roster.get(contact);
      const conversation = conversations.directWith(contact);
      const before = place && { author: authorOf(contact, place.direction), id: place.id };
      if (before !== undefined && !messages.has({ conversation, ...before })) {
        throw new CommandError('message-unknown', 'no such message in this conversation');
      }
      const page = messages.page(conversation, before ?? null, limit, PAGE_BYTES);
      const activeLink = links.activeLinkOf(contact);
      return { messages: page.messages.map((record) => messageView(record, contact, activeLink)), more: page.more };
    },
    'message.read': async ({ contact }) => {
      roster.get(contact);
      const conversation = conversations.directWith(contact);
      if (messages.unread(conversation) === 0) return feed.view(contact);
      await expiry.read(conversation);
      inbox.madeRoom(contact);
      options.events.emit('message.read', { contact });
      return feed.now(contact);
    },
    'typing.set': ({ contact, typing }) => {
      roster.get(contact);
      links.activeLinkOf(contact)?.link.send(RECORD.typing, encodeTyping(typing));
      return done;
    },
  };
}

/** The author of one of a direct conversation. */
export function authorOf(contact: string, direction: 'in' | 'out'): string {
  return direction === 'out' ? OURSELVES : contact;
}

/** Half a code point cannot be written as UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function checkBody(body: string): void {
  if (body === '') throw new CommandError('message-empty', 'there is nothing to send');
  if (LONE_SURROGATE.test(body)) throw new CommandError('bad-request', 'the text is not valid Unicode');
  if (utf8(body).length > MESSAGE_BYTES) {
    throw new CommandError('message-too-large', `a message has at most ${MESSAGE_BYTES} bytes`);
  }
}
