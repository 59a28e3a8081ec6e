// Somebody reacts to a message with an emoji, or takes that back.
import { emojiOf } from '../../../contract/words/emoji.ts';
import type { MessageId } from '../../../contract/ids.ts';
import { toHex } from '../../../crypto/bytes.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import { UNTOUCHED, type Folded, type Reacted } from '../../../storage/tables/message/folded.ts';
import type { MessageKind } from './message-kind.ts';

export const react: MessageKind<ContentOf<'react'>> = {
  view: null,
  apply(content, { act, entries }) {
    const { conversation, author: by, id, seq, at } = act;
    const { to, emoji } = content;
    const author = entries.authorOf(conversation, to.by);
    if (author === null || (emoji !== '' && emojiOf(emoji) !== emoji)) return entries.drop();
    return entries.change(
      content,
      {
        target: { conversation, author, id: toHex(to.id) as MessageId },
        deed: 'reacted',
        change: (entry) => {
          const folded = withReaction(entry.folded ?? UNTOUCHED, { by, emoji, seq, at, act: id });
          return folded && { ...entry, folded };
        },
      },
      act,
    );
  },
};

/** The same in whatever order they come: of one person's the later `seq` counts. @returns null: it changes nothing. */
export function withReaction(folded: Folded, made: Reacted): Folded | null {
  const known = folded.reactions.find(({ by }) => by === made.by);
  if (known && known.seq >= made.seq) return null;
  const others = folded.reactions.filter((other) => other !== known);
  return { ...folded, reactions: [...others, made].sort((a, b) => (a.by < b.by ? -1 : 1)) };
}
