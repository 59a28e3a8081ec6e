// Texts that are typed and not sent, one a conversation. In clear: which conversations have one.
import { z } from 'zod';
import type { ConversationId } from '../../contract/ids.ts';
import type { Database } from '../database.ts';
import type { Rowids } from '../rows/rowids.ts';
import type { Resealable } from '../sealing/resealable.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { OwnRows } from './own-rows.ts';

export interface DraftTable {
  /** Damaged ones are left out and reported. */
  list(): { readonly conversation: ConversationId; readonly body: string }[];
  /** In place of the one before, which is overwritten; an empty one takes it away. Inside a `journal.write`. */
  put(conversation: ConversationId, body: string): void;
}

const bodySchema = z.object({ body: z.string() });

export class SealedDrafts implements DraftTable, Resealable {
  readonly #rows: OwnRows<z.infer<typeof bodySchema>>;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#rows = new OwnRows({ database, sealing, rowids }, 'draft', bodySchema);
  }

  list(): { conversation: ConversationId; body: string }[] {
    return this.#rows.list().map(([conversation, { body }]) => ({ conversation, body }));
  }

  put(conversation: ConversationId, body: string): void {
    if (body === '') this.#rows.remove(conversation);
    else this.#rows.put(conversation, { body });
  }

  reseal(): void {
    this.#rows.reseal();
  }
}
