// Up to where somebody has seen a conversation, and since when: of what we wrote, as its readers say, and of what is
// theirs, as we have told them. In clear: conversation and who; the rest is sealed.
import { z } from 'zod';
import { conversationIdSchema, type ConversationId } from '../../contract/ids.ts';
import { authorSchema, OURSELVES, type AuthorId } from '../../contract/messages.ts';
import { concat, utf8 } from '../../crypto/bytes.ts';
import type { Database } from '../database.ts';
import { idBytes } from '../rows/ids.ts';
import type { Row } from '../rows/row.ts';
import type { Rowids } from '../rows/rowids.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import { resealRows, type Resealable } from '../sealing/resealable.ts';
import type { Sealing, TableSeal } from '../sealing/sealing.ts';

/** Marks kept of one reader, the newest: how exactly the past is told, and 5 KiB. */
const MARKS = 256;

const markSchema = z.object({ position: z.number(), at: z.number() });
/** All up to `position`, since `at` by our clock, ms. */
type Mark = Readonly<z.infer<typeof markSchema>>;

export const seenSchema = z.object({
  conversation: conversationIdSchema,
  by: authorSchema,
  /** Ascending by both. */
  marks: z.array(markSchema).max(MARKS),
});
export type SeenRecord = Readonly<z.infer<typeof seenSchema>>;

export interface SeenTable {
  /** The position up to which `by` has seen it; -Infinity: nothing yet. */
  upTo(conversation: ConversationId, by: AuthorId): number;
  /** When `by` had seen what stands at `position`, ms; null: not yet, or too long ago to be known. */
  since(conversation: ConversationId, by: AuthorId, position: number): number | null;
  /** @returns false when that was known. */
  add(conversation: ConversationId, by: AuthorId, mark: Mark): boolean;
  put(record: SeenRecord): void;
  list(): SeenRecord[];
}

const PUT = `
  INSERT INTO seen (conversation, author, body) VALUES (?, ?, ?)
  ON CONFLICT (conversation, author) DO UPDATE SET body = excluded.body`;
const BY_KEY = 'conversation = ? AND author = ?';
const bodySchema = seenSchema.pick({ marks: true });
const NOTHING: readonly Mark[] = [];

export class SealedSeen implements SeenTable, Resealable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #rowids: Rowids;
  readonly #known = new Map<string, readonly Mark[]>();

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('seen');
    this.#rowids = rowids;
    database.whenUndone(() => this.#known.clear());
    rowids.conversations.whenRemoved((number) => {
      this.#known.clear();
      database.change('DELETE FROM seen WHERE conversation = ?', number);
    });
  }

  upTo(conversation: ConversationId, by: AuthorId): number {
    return this.#marks(conversation, by).at(-1)?.position ?? -Infinity;
  }

  since(conversation: ConversationId, by: AuthorId, position: number): number | null {
    const marks = this.#marks(conversation, by);
    const index = marks.findIndex((mark) => mark.position >= position);
    // Before the first that is kept may lie others.
    const isKnown = index > 0 || (index === 0 && marks.length < MARKS);
    return isKnown ? (marks[index]?.at ?? null) : null;
  }

  add(conversation: ConversationId, by: AuthorId, mark: Mark): boolean {
    const marks = this.#marks(conversation, by);
    if (mark.position <= (marks.at(-1)?.position ?? -Infinity)) return false;
    this.put({ conversation, by, marks: [...marks, mark].slice(-MARKS) });
    return true;
  }

  put({ conversation, by, marks }: SeenRecord): void {
    const body = this.#seal.seal(sealKey(conversation, by), { marks });
    this.#database.change(PUT, ...this.#keyOf(conversation, by), body);
    this.#known.set(`${conversation} ${by}`, marks);
  }

  list(): SeenRecord[] {
    const rows = this.#database.rows('SELECT * FROM seen ORDER BY conversation, author');
    return skipDamaged(this.#sealing, 'seen', rows, (row) => this.#open(row));
  }

  reseal(): void {
    const rows = this.#database.rows('SELECT * FROM seen');
    const lose = (row: Row): void =>
      void this.#database.change(`DELETE FROM seen WHERE ${BY_KEY}`, row.number('conversation'), row.number('author'));
    resealRows(this.#sealing, 'seen', rows, lose, (row) => this.put(this.#open(row)));
  }

  #marks(conversation: ConversationId, by: AuthorId): readonly Mark[] {
    const name = `${conversation} ${by}`;
    const known = this.#known.get(name);
    if (known) return known;
    const rows = this.#database.rows(`SELECT * FROM seen WHERE ${BY_KEY}`, ...this.#keyOf(conversation, by));
    const [record] = skipDamaged(this.#sealing, 'seen', rows, (row) => this.#open(row));
    const marks = record?.marks ?? NOTHING;
    this.#known.set(name, marks);
    return marks;
  }

  #open(row: Row): SeenRecord {
    const conversation = this.#rowids.conversations.idOf(row.number('conversation'));
    const by = this.#rowids.authors.idOf(row.number('author'));
    return { conversation, by, ...this.#seal.open(sealKey(conversation, by), row.bytes('body'), bodySchema) };
  }

  #keyOf(conversation: ConversationId, by: AuthorId): [number, number] {
    return [this.#rowids.conversations.of(conversation), this.#rowids.authors.of(by)];
  }
}

/** conversation(16) ‖ who: nothing for ourselves, else their id(16). What names nobody opens for nobody. */
function sealKey(conversation: ConversationId, by: AuthorId): Uint8Array {
  const where = conversation === '' ? utf8('none') : idBytes(conversation);
  if (by === OURSELVES) return where;
  return concat(where, (by as string) === '' ? utf8('none') : idBytes(by));
}
