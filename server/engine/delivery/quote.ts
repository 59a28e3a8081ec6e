// What a message says now, and how a reply to it begins.
import { QUOTE_BYTES } from '../../protocol/limits.ts';
import type { MessageRecord } from '../../storage/tables/message/message-record.ts';
import { readContent } from './kinds/kinds.ts';

/** The words of a text, as last edited; null: it is no text, or gone. */
export function wordsOf({
  content,
  folded,
  state,
}: Pick<MessageRecord, 'content' | 'folded' | 'state'>): string | null {
  if (state === 'hidden' || folded?.deletedAt != null) return null;
  const said = readContent(content);
  return said?.t === 'text' ? (folded?.edits.at(-1)?.body ?? said.body) : null;
}

/** The beginning of a text in QUOTE_BYTES of UTF-8; null: there is nothing to quote. */
export function quoteOf(entry: Pick<MessageRecord, 'content' | 'folded' | 'state'>): string | null {
  const words = wordsOf(entry);
  return words === null ? null : cut(words);
}

function cut(words: string): string {
  // As many whole characters as there is room for.
  const { read } = new TextEncoder().encodeInto(words, new Uint8Array(QUOTE_BYTES));
  return words.slice(0, read);
}
