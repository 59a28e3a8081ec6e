// What a message says now, and how a reply to it begins.
import type { ParsedContent } from '../../protocol/content/content.ts';
import { QUOTE_BYTES } from '../../protocol/limits.ts';
import type { MessageRecord } from '../../storage/tables/message/message-record.ts';
import { readContent } from './kinds/kinds.ts';

type Entry = Pick<MessageRecord, 'content' | 'folded' | 'state'>;

/** The words of a text, as last edited; null: it is no text, or gone. */
export function wordsOf(entry: Entry): string | null {
  const said = saidIn(entry);
  return said?.t === 'text' ? (entry.folded?.edits.at(-1)?.body ?? said.body) : null;
}

/** The beginning of a text, or of what is said of a file, in QUOTE_BYTES of UTF-8; null: there is nothing to quote. */
export function quoteOf(entry: Entry): string | null {
  const said = saidIn(entry);
  const words = said?.t === 'file' ? (said.caption ?? null) : wordsOf(entry);
  return words === null ? null : cut(words);
}

function saidIn({ content, folded, state }: Entry): ParsedContent | null {
  return state === 'hidden' || folded?.deletedAt != null ? null : readContent(content);
}

function cut(words: string): string {
  // As many whole characters as there is room for.
  const { read } = new TextEncoder().encodeInto(words, new Uint8Array(QUOTE_BYTES));
  return words.slice(0, read);
}
