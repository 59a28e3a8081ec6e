// How a person has the list show a conversation. In clear: which conversations it has been said of.
import { z } from 'zod';
import type { ConversationId } from '../../contract/ids.ts';
import type { Database } from '../database.ts';
import type { Rowids } from '../rows/rowids.ts';
import type { Resealable } from '../sealing/resealable.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { OwnRows } from './own-rows.ts';

export interface Marks {
  /** When it was pinned, ms; null: it is not. */
  readonly pinnedAt: number | null;
  /** Until when it is muted, ms, or until somebody says so; null: it is not. */
  readonly mutedUntil: number | 'unmuted' | null;
  readonly archived: boolean;
  /** Shown as unread, though everything in it is read. */
  readonly unread: boolean;
}

/** Of a conversation of which nothing was said. */
export const NO_MARKS: Marks = { pinnedAt: null, mutedUntil: null, archived: false, unread: false };

export interface MarkTable {
  /** Damaged ones are left out and reported. */
  list(): [ConversationId, Marks][];
  /** In place of those before. Inside a `journal.write`. */
  put(conversation: ConversationId, marks: Marks): void;
}

const marksSchema = z.object({
  pinnedAt: z.number().nullable(),
  mutedUntil: z.union([z.number(), z.literal('unmuted')]).nullable(),
  archived: z.boolean(),
  unread: z.boolean(),
});

export class SealedMarks implements MarkTable, Resealable {
  readonly #rows: OwnRows<Marks>;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#rows = new OwnRows({ database, sealing, rowids }, 'mark', marksSchema);
  }

  list(): [ConversationId, Marks][] {
    return this.#rows.list();
  }

  put(conversation: ConversationId, marks: Marks): void {
    const isNothing = marks.pinnedAt === null && marks.mutedUntil === null && !marks.archived && !marks.unread;
    if (isNothing) this.#rows.remove(conversation);
    else this.#rows.put(conversation, marks);
  }

  reseal(): void {
    this.#rows.reseal();
  }
}
