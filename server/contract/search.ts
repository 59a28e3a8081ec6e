// Search: messages by what they say, in all conversations or in one.
import { z } from 'zod';
import { command, READY, result } from './command.ts';
import { conversationIdSchema } from './ids.ts';
import { QUERY_LENGTH } from './limits.ts';
import type { Message, MessageRef } from './messages.ts';

/** A stretch of a text; `marked`: what was looked for. */
export interface MarkedText {
  readonly text: string;
  readonly marked: boolean;
}

export interface SearchHit extends MessageRef, Pick<Message, 'direction' | 'at' | 'arrivedAt' | 'position'> {
  /** What it says around the first thing that was looked for; an ellipsis stands where it was cut. */
  readonly parts: readonly MarkedText[];
}

/**
 * What was gone through. `filling`: older messages are still being read, ask again in a moment. `newest`: there are more
 * messages than fit into memory, and the oldest were not searched.
 */
export type Searched = 'all' | 'filling' | 'newest';

export interface SearchPage {
  /** Newest first. */
  readonly hits: readonly SearchHit[];
  /** Where the next page begins; null: this is the last one. */
  readonly next: number | null;
  readonly searched: Searched;
}

export const searchCommands = {
  /**
   * Messages that hold every word and "phrase" of `text`, anywhere in a word, without regard to case and accents. Operators
   * narrow it: from:NAME, in:NAME, after:2026-10, before:2026-11-30, has:link|file|image; `from:me` and `in:notes` are ourselves.
   */
  'search.query': command({
    params: z.strictObject({
      text: z.string().max(QUERY_LENGTH),
      conversation: conversationIdSchema.optional(),
      /** `next` of the page before. */
      cursor: z.int().optional(),
    }),
    result: result<SearchPage>(),
    repeatable: true,
    needs: READY,
  }),
};
