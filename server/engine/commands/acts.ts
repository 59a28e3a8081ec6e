// What is done to a message that is there: answered to with an emoji, given other words, copied, looked at closely.
import { CommandError } from '../../contract/errors.ts';
import { OURSELVES, type MessageInfo } from '../../contract/messages.ts';
import { emojiOf } from '../../contract/words/emoji.ts';
import { timeOr } from '../../contract/words/time.ts';
import { fromHex } from '../../crypto/bytes.ts';
import { EDITS } from '../../protocol/limits.ts';
import { UNTOUCHED } from '../../storage/tables/message/folded.ts';
import { isOurs, type MessageRecord, type MessageRef } from '../../storage/tables/message/message-record.ts';
import { disappearanceOf } from '../feed/entry-views.ts';
import { wordsOf } from '../delivery/quote.ts';
import { readContent } from '../delivery/kinds/kinds.ts';
import type { Engine } from '../engine.ts';
import type { Handlers } from './handlers.ts';
import { checkBody, requireWanted } from './messages.ts';

export type ActCommand = 'message.forward' | 'message.edit' | 'message.react' | 'message.info';

export function actCommands(engine: Engine): Handlers<ActCommand> {
  const { conversations, outbox, views, authors } = engine;
  return {
    'message.forward': async ({ from, conversation, id }) => {
      conversations.get(from.conversation);
      const body = wordsOf(shown(engine, from));
      if (body === null) throw notText();
      requireWanted(engine, conversations.get(conversation));
      return views.view(await outbox.send(conversation, { t: 'text', body, fwd: true }, id));
    },
    'message.edit': async ({ body, ...ref }) => {
      requireWanted(engine, conversations.get(ref.conversation));
      checkBody(body);
      await outbox.act(ref.conversation, () => {
        const entry = ours(engine, ref);
        const words = wordsOf(entry);
        if (words === null) throw notText();
        if (words === body) return null;
        const n = (entry.folded?.edits.at(-1)?.n ?? 0) + 1;
        if (n > EDITS) throw new CommandError('edits-too-many', `a message is edited at most ${EDITS} times`);
        return { t: 'edit', of: fromHex(ref.id), n, body };
      });
      return views.view(shown(engine, ref));
    },
    'message.react': async ({ emoji: typed, ...ref }) => {
      requireWanted(engine, conversations.get(ref.conversation));
      const emoji = typed === '' ? '' : emojiOf(typed);
      if (emoji === null) throw new CommandError('emoji-invalid', 'a reaction is exactly one emoji');
      await outbox.act(ref.conversation, () => {
        const { folded } = there(engine, ref);
        const given = folded?.reactions.find(({ by }) => by === OURSELVES)?.emoji ?? '';
        if (given === emoji) return null;
        return { t: 'react', to: { by: authors.identityOf(ref.author), id: fromHex(ref.id) }, emoji };
      });
      return views.view(shown(engine, ref));
    },
    'message.info': (ref) => {
      conversations.get(ref.conversation);
      return infoOf(engine, shown(engine, ref));
    },
  };
}

/** A message that people see, if only its tombstone. @throws CommandError message-unknown. */
export function shown({ entries }: Engine, ref: MessageRef): MessageRecord {
  const entry = entries.find(ref);
  if (!entry || entry.state === 'hidden') {
    throw new CommandError('message-unknown', 'no such message in this conversation');
  }
  return entry;
}

/** @throws CommandError message-unknown, message-not-yours. */
export function ours(engine: Engine, ref: MessageRef): MessageRecord {
  const entry = shown(engine, ref);
  if (!isOurs(entry)) throw new CommandError('message-not-yours', 'only what you wrote yourself can be changed');
  return entry;
}

/** One that says something still. @throws CommandError message-unknown. */
function there(engine: Engine, ref: MessageRef): MessageRecord {
  const entry = shown(engine, ref);
  if (entry.folded?.deletedAt != null) throw new CommandError('message-unknown', 'this message was deleted');
  return entry;
}

function notText(): CommandError {
  return new CommandError('message-not-text', 'only texts can be edited and forwarded');
}

function infoOf({ conversations, outbox, options }: Engine, entry: MessageRecord): MessageInfo {
  const { conversation, position, at, receivedAt, deliveredAt = null, folded = UNTOUCHED } = entry;
  const place = conversations.get(conversation);
  const reader = isOurs(entry) && place.kind === 'direct' ? place.contact : null;
  const readAt = reader === null ? null : options.store.seen.since(conversation, reader, position);
  const said = folded.deletedAt === null ? readContent(entry.content) : null;
  const first = said?.t === 'text' ? [{ body: said.body, at: timeOr(at, receivedAt) }] : [];
  return {
    composedAt: timeOr(at, receivedAt),
    storedAt: receivedAt,
    tries: isOurs(entry) ? outbox.drain.tries.of(entry) : [],
    deliveredAt: reader === null ? null : deliveredAt,
    readAt: entry.state === 'delivered' ? readAt : null,
    deletedAt: folded.deletedAt,
    disappears: disappearanceOf(entry).disappears ?? null,
    versions: [...first, ...folded.edits.map((edit) => ({ body: edit.body, at: edit.at }))],
    reactions: folded.reactions
      .filter(({ emoji }) => emoji !== '')
      .map(({ by, emoji, at: since }) => ({ author: by, emoji, at: since })),
  };
}
