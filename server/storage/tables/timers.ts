// How long what is written in a conversation is there. In clear: in which conversations somebody has ever set that.
import { z } from 'zod';
import { conversationIdSchema, type ConversationId } from '../../contract/ids.ts';
import type { Database } from '../database.ts';
import type { Rowids } from '../rows/rowids.ts';
import type { Resealable } from '../sealing/resealable.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { OwnRows } from './own-rows.ts';

const settingSchema = z.object({ after: z.number(), at: z.number() });
export const timerSchema = settingSchema.extend({ conversation: conversationIdSchema });

/** Seconds after reading, 0: it stays; and when that was set, by the clock of who did, ms. */
export type TimerSetting = Readonly<z.infer<typeof settingSchema>>;

const OFF: TimerSetting = { after: 0, at: 0 };

export interface TimerTable {
  /** Off, set at 0, where nobody has set it. */
  get(conversation: ConversationId): TimerSetting;
  /** Damaged ones are left out and reported. */
  list(): [ConversationId, TimerSetting][];
  /** In place of the one before. Inside a `journal.write`. */
  put(conversation: ConversationId, setting: TimerSetting): void;
}

export class SealedTimers implements TimerTable, Resealable {
  readonly #rows: OwnRows<TimerSetting>;
  /** Null: not read from the disk yet. */
  #known: Map<ConversationId, TimerSetting> | null = null;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#rows = new OwnRows({ database, sealing, rowids }, 'timer', settingSchema);
    database.whenUndone(() => (this.#known = null));
    rowids.conversations.whenRemoved(() => (this.#known = null));
  }

  get(conversation: ConversationId): TimerSetting {
    return this.#all().get(conversation) ?? OFF;
  }

  list(): [ConversationId, TimerSetting][] {
    return this.#rows.list();
  }

  put(conversation: ConversationId, setting: TimerSetting): void {
    this.#rows.put(conversation, setting);
    this.#all().set(conversation, setting);
  }

  reseal(): void {
    this.#rows.reseal();
  }

  #all(): Map<ConversationId, TimerSetting> {
    return (this.#known ??= new Map(this.list()));
  }
}
