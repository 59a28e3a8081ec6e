// Messages: sent, read in pages, marked as read; and typing.
import { CommandError } from '../../contract/errors.ts';
import { MESSAGE_BYTES, PAGE_BYTES } from '../../contract/limits.ts';
import { utf8 } from '../../crypto/bytes.ts';
import { encodeTyping, RECORD } from '../../protocol/records.ts';
import type { Engine } from '../engine.ts';
import type { DeletionCommand } from './deletion.ts';
import { messageView } from '../feed/views.ts';
import { done, type Handlers, type Named } from './handlers.ts';

export function messageCommands(engine: Engine): Handlers<Exclude<Named<'message' | 'typing'>, DeletionCommand>> {
  const { roster, links, outbox, inbox, feed, expiry, options } = engine;
  const { messages } = options.store;
  return {
    'message.send': async ({ contact, body, id }) => {
      if (roster.get(contact).blocked) throw new CommandError('contact-blocked', 'this contact is blocked');
      checkBody(body);
      const record = await outbox.sendText(contact, body, id);
      return messageView(record, links.activeLinkOf(contact));
    },
    'message.page': ({ contact, before, limit }) => {
      roster.get(contact);
      if (before !== undefined && !messages.has(contact, before.direction, before.id)) {
        throw new CommandError('message-unknown', 'no such message in this conversation');
      }
      const page = messages.page(contact, before ?? null, limit, PAGE_BYTES);
      const activeLink = links.activeLinkOf(contact);
      return { messages: page.messages.map((record) => messageView(record, activeLink)), more: page.more };
    },
    'message.read': async ({ contact, upTo }) => {
      roster.get(contact);
      if (messages.unread(contact) === 0) return feed.view(contact);
      await expiry.read(contact, upTo);
      inbox.madeRoom(contact);
      options.events.emit('message.read', { contact, upTo: upTo ?? null });
      return feed.now(contact);
    },
    'typing.set': ({ contact, typing }) => {
      roster.get(contact);
      links.activeLinkOf(contact)?.link.send(RECORD.typing, encodeTyping(typing));
      return done;
    },
  };
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
