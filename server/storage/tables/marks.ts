// How a person has the list show a conversation. In clear: which conversations it has been said of.
import { z } from 'zod';
import { conversationIdSchema, type ConversationId } from '../../contract/ids.ts';
import type { ConversationMarks } from '../../contract/marks.ts';
import type { Database } from '../database.ts';
import type { Rowids } from '../rows/rowids.ts';
import type { Resealable } from '../sealing/resealable.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { OwnRows } from './own-rows.ts';

export interface MarkTable {
  /** Damaged ones are left out and reported. */
  list(): [ConversationId, ConversationMarks][];
  /** In place of those before. Inside a `journal.write`. */
  put(conversation: ConversationId, marks: ConversationMarks): void;
}

const marksSchema = z.object({
  pinnedAt: z.number().nullable(),
  muted: z.object({ until: z.number().nullable() }).nullable(),
  archived: z.boolean(),
  unread: z.boolean(),
});

/** With whose they are. */
export const markedSchema = marksSchema.extend({ conversation: conversationIdSchema });

export class SealedMarks implements MarkTable, Resealable {
  readonly #rows: OwnRows<ConversationMarks>;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#rows = new OwnRows({ database, sealing, rowids }, 'mark', marksSchema);
  }

  list(): [ConversationId, ConversationMarks][] {
    return this.#rows.list();
  }

  put(conversation: ConversationId, marks: ConversationMarks): void {
    const isNothing = marks.pinnedAt === null && marks.muted === null && !marks.archived && !marks.unread;
    if (isNothing) this.#rows.remove(conversation);
    else this.#rows.put(conversation, marks);
  }

  reseal(): void {
    this.#rows.reseal();
  }
}
