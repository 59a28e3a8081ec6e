// Messages: sent, read in pages, marked as read; and typing.
import { CommandError } from '../../contract/errors.ts';
import { MESSAGE_BYTES, PAGE_BYTES } from '../../contract/limits.ts';
import { fromHex, utf8 } from '../../crypto/bytes.ts';
import { encodeTyping, RECORD } from '../../protocol/records.ts';
import { runInBackground } from '../background.ts';
import type { Conversation } from '../contacts/conversations.ts';
import type { Engine } from '../engine.ts';
import type { DeletionCommand } from './deletion.ts';
import { shown, type ActCommand } from './acts.ts';
import type { MarkCommand } from './marks.ts';
import type { RuleCommand } from './rules.ts';
import { done, type Handlers, type Named } from './handlers.ts';

type MessageCommand = Exclude<
  Named<'message' | 'typing' | 'conversation'>,
  DeletionCommand | ActCommand | MarkCommand | RuleCommand
>;

export function messageCommands(engine: Engine): Handlers<MessageCommand> {
  const { conversations, authors, outbox, conversationFeed, views, expiry, marks, options } = engine;
  const { messages } = options.store;
  return {
    'conversation.list': () => conversationFeed.list(),
    'conversation.notes': async () => {
      const known = conversations.notes();
      return known === null ? conversationFeed.now(await conversations.beginNotes()) : conversationFeed.view(known);
    },
    'message.send': async ({ conversation, body, id, replyTo }) => {
      requireWanted(engine, conversations.get(conversation));
      checkBody(body);
      const target = replyTo && shown(engine, { conversation, ...replyTo });
      const re = target && { by: authors.identityOf(target.author), id: fromHex(target.id) };
      const record = await outbox.send(conversation, { t: 'text', body, ...(re && { re }) }, id);
      return views.view(record);
    },
    'message.page': ({ conversation, before, limit }) => {
      conversations.get(conversation);
      if (before !== undefined && !messages.has({ conversation, ...before })) {
        throw new CommandError('message-unknown', 'no such message in this conversation');
      }
      const page = messages.page(conversation, before ?? null, limit, PAGE_BYTES);
      return { messages: views.page(page.messages), more: page.more };
    },
    'message.read': async ({ conversation, upTo }) => {
      const place = conversations.get(conversation);
      const marked = marks.of(conversation).unread;
      if (marked) await marks.change(conversation, { unread: false });
      if (messages.unread(conversation) === 0) {
        return marked ? conversationFeed.now(conversation) : conversationFeed.view(conversation);
      }
      await expiry.read(conversation, upTo);
      madeRoom(engine, place);
      runInBackground(outbox.sendReceipt(conversation));
      options.events.emit('message.read', { conversation, upTo: upTo ?? null });
      return conversationFeed.now(conversation);
    },
    'typing.set': ({ conversation, typing }) => {
      conversations.get(conversation);
      for (const { link } of conversationFeed.activeLinksOf(conversation))
        link.send(RECORD.typing, encodeTyping(typing));
      return done;
    },
  };
}

/** Fewer of theirs fill our disk: who waits for room is told, and so are tabs. */
export function madeRoom({ inbox, feed }: Engine, place: Conversation): void {
  if (place.kind !== 'direct') return;
  inbox.madeRoom(place.contact);
  feed.changed(place.contact);
}

/** @throws CommandError contact-blocked. */
export function requireWanted({ roster }: Engine, place: Conversation): void {
  const blocked = place.kind === 'direct' && roster.get(place.contact).blocked;
  if (blocked) throw new CommandError('contact-blocked', 'this contact is blocked');
}

/** Half a code point cannot be written as UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** @throws CommandError message-empty, bad-request, message-too-large. */
export function checkBody(body: string): void {
  if (body === '') throw new CommandError('message-empty', 'there is nothing to send');
  if (LONE_SURROGATE.test(body)) throw new CommandError('bad-request', 'the text is not valid Unicode');
  if (utf8(body).length > MESSAGE_BYTES) {
    throw new CommandError('message-too-large', `a message has at most ${MESSAGE_BYTES} bytes`);
  }
}
