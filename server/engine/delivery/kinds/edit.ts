// An author gives a text of theirs other words. The versions before stay with it, as far as they fit.
import type { MessageId } from '../../../contract/ids.ts';
import { toHex } from '../../../crypto/bytes.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import { TEXT_BYTES } from '../../../protocol/limits.ts';
import { UNTOUCHED, type Edit, type Folded } from '../../../storage/tables/message/folded.ts';
import type { MessageKind } from './message-kind.ts';

/** What the versions between the first and the last take together, as UTF-8: as much as one text. The oldest make room. */
export const VERSIONS_BYTES = TEXT_BYTES;

export const edit: MessageKind<ContentOf<'edit'>> = {
  view: null,
  apply(content, { act, entries }) {
    const { conversation, author, id, seq, at } = act;
    const { of, n, body } = content;
    const made = { n, body, seq, at, act: id };
    return entries.change(
      content,
      {
        target: { conversation, author, id: toHex(of) as MessageId },
        deed: 'edited',
        change: (entry) => {
          const folded = entries.isText(entry) ? withEdit(entry.folded ?? UNTOUCHED, made) : null;
          return folded && { ...entry, folded };
        },
      },
      act,
    );
  },
};

/**
 * The same in whatever order edits come: of two under one number the later `seq` counts. @returns null: it changes nothing.
 */
export function withEdit(folded: Folded, made: Edit): Folded | null {
  const known = folded.edits.find(({ n }) => n === made.n);
  if (known && known.seq >= made.seq) return null;
  const edits = [...folded.edits.filter((other) => other !== known), made].sort((a, b) => a.n - b.n);
  return { ...folded, edits: within(edits) };
}

/** Nothing is kept behind the first that no longer fits: what is left out then does not depend on the order. */
function within(edits: readonly Edit[]): readonly Edit[] {
  let left = VERSIONS_BYTES;
  const kept = edits.toReversed().map((version, age) => {
    if (age === 0) return version;
    left -= version.body === null ? Infinity : Buffer.byteLength(version.body);
    return left < 0 ? { ...version, body: null } : version;
  });
  return kept.reverse();
}
