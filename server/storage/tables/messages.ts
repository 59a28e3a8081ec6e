// Messages. In clear: conversation, author, id, number, position and state of each; what it says, and when, is sealed.
// A message's position in its conversation is a real number, so that one that comes late finds room between two others.
import type { ContactId, ConversationId } from '../../contract/ids.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import type { Database } from '../database.ts';
import { OURS } from '../rows/author-rowids.ts';
import type { Row } from '../rows/row.ts';
import { encodeBody } from './message/message-body.ts';
import { OURSELVES } from '../../contract/messages.ts';
import {
  STATE,
  type MessageRef,
  type MessageRecord,
  type MessageTable,
  type NewMessage,
  type Picks,
  type PlacedOurs,
  type RefWithin,
  type Span,
  type StoredPage,
  type StoredRun,
} from './message/message-record.ts';
import { begun, fades, SealedMessageFading } from './message/message-fading.ts';
import { SealedMessageScan } from './message/message-scan.ts';
import { MessageTally, UNREAD } from './message/message-tally.ts';
import { latePosition, nextPosition, rowsBehind } from './message/message-position.ts';
import { MessageRows } from './message/message-rows.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { countWithin } from '../rows/pieces.ts';
import type { Rowids } from '../rows/rowids.ts';

const INSERT = `
  INSERT INTO message (conversation, author, id, seq, position, state, fades, tag, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const BY_ID = 'conversation = ? AND author = ? AND id = ?';
const REWRITE = `UPDATE message SET state = ?, fades = ?, tag = ?, body = ? WHERE ${BY_ID}`;
const WAITS = `
  SELECT * FROM message WHERE ${BY_ID} AND seq = ? AND position = ? AND state = ${STATE.queued}`;
// Written like the index message_position, or SQLite would not use it.
const SHOWN = `conversation = ? AND (state = ${STATE.hidden}) = 0`;
const FIRST_UNREAD = `
  SELECT position FROM message WHERE ${SHOWN} AND ${UNREAD} AND position > ? ORDER BY position LIMIT 1`;
const LAST_SEEN = `
  SELECT conversation, author, id, position FROM message
  WHERE ${SHOWN} AND author <> ${OURS} AND state = ${STATE.read} AND position > ?
  AND position < ifnull((${FIRST_UNREAD}), 9e999) ORDER BY position DESC LIMIT 1`;
/** All that opening one takes. */
const OPENED = 'conversation, author, id, seq, position, state, tag, body';
const NOTHING = new Uint8Array(0);
/** Behind every message of a conversation. */
const LAST = Number.MAX_VALUE;

export class SealedMessages implements MessageTable {
  readonly scan: SealedMessageScan;
  readonly fading: SealedMessageFading;
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #rows: MessageRows;
  readonly #rowids: Rowids;
  readonly #tally: MessageTally;
  /** The last position given in each conversation: never smaller than the last one on disk, whatever was undone since. */
  readonly #last = new Map<ConversationId, number>();

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#rows = new MessageRows(sealing, rowids);
    this.#rowids = rowids;
    this.#tally = new MessageTally(database, rowids);
    this.scan = new SealedMessageScan(database, sealing, (row) => this.#rows.open(row));
    this.fading = new SealedMessageFading(database, sealing, (row) => this.#rows.open(row));
  }

  append(message: NewMessage): number {
    return this.#insert(message, this.nextPosition(message.conversation));
  }

  nextPosition(conversation: ConversationId): number {
    const last = this.#last.get(conversation);
    return last === undefined ? nextPosition(this.#database, this.#rows.of(conversation)) : Math.floor(last) + 1;
  }

  insertLate(message: NewMessage): number {
    const { conversation, seq, missing } = message;
    return this.#insert(message, latePosition(this.#database, this.#rows.of(conversation), seq, missing));
  }

  insert({ position, ...message }: MessageRecord): void {
    this.#insert(message, position);
  }

  has(ref: MessageRef): boolean {
    return this.rowOf(ref) !== null;
  }

  rowOf(ref: MessageRef): number | null {
    const row = this.#database.row(`SELECT number FROM message WHERE ${BY_ID}`, ...this.#rows.keyOf(ref));
    return row?.number('number') ?? null;
  }

  behindHole(conversation: ConversationId, seq: number): MessageRecord | null {
    const rows = rowsBehind(this.#database, this.#rows.of(conversation), seq);
    const [next] = skipDamaged(this.#sealing, 'message', rows, (row) => this.#rows.open(row));
    return next && next.seq - next.missing <= seq ? next : null;
  }

  setMissing(message: MessageRecord, missing: number): void {
    this.rewrite({ ...message, missing });
  }

  rewrite(message: MessageRecord): void {
    const key = this.#rows.keyOf(message);
    const [conversation, author] = key;
    const before = this.#database.row(`SELECT number, state, length(body) AS size FROM message WHERE ${BY_ID}`, ...key);
    if (!before) return;
    const state = STATE[message.state];
    const sealed = this.#rows.sealed(key, message, message.position);
    const body = sealed.seal(encodeBody(message));
    this.#database.change(REWRITE, state, fades(message), sealed.tag('state', state), body, ...key);
    this.fading.written(before.number('number'), message, body.length);
    this.#tally.gone({ conversation, author, state: before.number('state'), size: before.number('size') });
    this.#tally.came({ conversation, author, state, size: body.length });
  }

  overwrite(message: MessageRecord): void {
    this.rewrite(message);
    this.#database.scrub();
  }

  get(ref: MessageRef): MessageRecord | null {
    const row = this.#database.row(`SELECT * FROM message WHERE ${BY_ID}`, ...this.#rows.keyOf(ref));
    return row && this.#rows.open(row);
  }

  locate(ref: MessageRef): { seq: number; position: number } | null {
    const row = this.#database.row(`SELECT seq, position FROM message WHERE ${BY_ID}`, ...this.#rows.keyOf(ref));
    return row && { seq: row.number('seq'), position: row.number('position') };
  }

  page(conversation: ConversationId, before: RefWithin | null, limit: number, maxBytes: number): StoredPage {
    const key = this.#rows.of(conversation);
    const end =
      before === null ? Infinity : this.locate({ conversation, author: before.author, id: before.id })?.position;
    if (end === undefined) return { messages: [], more: false };
    // Sizes first: a page of the largest messages would be tens of megabytes, of which all but the first is thrown away.
    const candidates = `FROM message WHERE ${SHOWN} AND position < ? ORDER BY position DESC LIMIT ?`;
    const sums = `SELECT count(*) AS count, total(size) AS bytes FROM (SELECT length(body) AS size ${candidates})`;
    const [all] = this.#database.rows(sums, key, end, limit + 1);
    const found = all?.number('count') ?? 0;
    let count = Math.min(found, limit);
    if (all && all.number('bytes') > maxBytes) {
      count = countWithin(this.#database.rows(`SELECT length(body) AS size ${candidates}`, key, end, limit), maxBytes);
    }
    const rows = this.#database.rows(`SELECT ${OPENED} ${candidates}`, key, end, count).reverse();
    const messages = skipDamaged(this.#sealing, 'message', rows, (row) => this.#rows.open(row));
    return { messages, more: found > count };
  }

  newestRow(): number {
    return this.#database.row('SELECT number FROM message ORDER BY number DESC LIMIT 1')?.number('number') ?? 0;
  }

  run(after: number, until: number, limit: number, maxBytes: number, alsoHidden?: Picks): StoredRun {
    const behind = 'FROM message WHERE number > ? AND number <= ? ORDER BY number';
    const sizes = this.#database.rows(`SELECT number, length(body) AS size ${behind} LIMIT ?`, after, until, limit);
    const last = sizes[countWithin(sizes, maxBytes) - 1]?.number('number');
    if (last === undefined) return { messages: [], last: null, damaged: 0 };
    const rows = this.#database.rows(`SELECT * ${behind}`, after, last);
    const opened = skipDamaged(this.#sealing, 'message', rows, (row) => this.#rows.open(row));
    const messages = opened.filter((message) => message.state !== 'hidden' || alsoHidden?.(message) === true);
    return { messages, last, damaged: rows.length - opened.length };
  }

  erase(ref: MessageRef, content = NOTHING): boolean {
    const key = this.#rows.keyOf(ref);
    const [row] = this.#database.rows(`SELECT * FROM message WHERE ${BY_ID} AND state <> ${STATE.hidden}`, ...key);
    if (!row) return false;
    // Of a damaged one it is not known what was missing before it.
    const [before] = skipDamaged(this.#sealing, 'message', [row], (sealed) => this.#rows.open(sealed));
    const code = STATE.hidden;
    const sealed = this.#rows.sealOf(row);
    const tag = sealed.tag('state', code);
    const body = sealed.seal(encodeBody({ at: 0, receivedAt: 0, content, missing: before?.missing ?? 0 }));
    this.#database.change(REWRITE, code, fades({}), tag, body, ...key);
    const { length: size } = row.bytes('body');
    this.#tally.gone({ conversation: key[0], author: key[1], state: row.number('state'), size });
    this.#database.scrub();
    return true;
  }

  shown(conversation: ConversationId, until: number, limit: number, maxBytes: number): MessageRef[] {
    const sql = `
      SELECT conversation, author, id, length(body) AS size FROM message WHERE ${SHOWN} AND number <= ? ORDER BY position LIMIT ?`;
    const rows = this.#database.rows(sql, this.#rows.of(conversation), until, limit);
    return rows.slice(0, countWithin(rows, maxBytes)).map((row) => this.#rows.refOf(row));
  }

  delivered({ conversation, id, seq, position }: PlacedOurs, at: number): boolean {
    const key = this.#rows.keyOf({ conversation, author: OURSELVES, id });
    const rows = this.#database.rows(WAITS, ...key, seq, position);
    const [message] = skipDamaged(this.#sealing, 'message', rows, (row) => this.#rows.open(row));
    if (!message) return rows.length > 0;
    this.rewrite(begun({ ...message, state: 'delivered', deliveredAt: at }, at));
    return true;
  }

  lastSeen(conversation: ConversationId, after: number): Pick<MessageRecord, 'author' | 'id' | 'position'> | null {
    const place = [this.#rows.of(conversation), after] as const;
    const row = this.#database.row(LAST_SEEN, ...place, ...place);
    return row && { ...this.#rows.refOf(row), position: row.number('position') };
  }

  unreadUpTo(conversation: ConversationId, span: Span, limit: number, maxBytes: number): number | null {
    const { after, until, position = LAST } = span;
    const sql = `
      SELECT number, length(body) AS size FROM message
      WHERE conversation = ? AND ${UNREAD} AND number > ? AND number <= ? AND position <= ? ORDER BY number LIMIT ?`;
    const rows = this.#database.rows(sql, this.#rows.of(conversation), after, until, position, limit);
    return rows[countWithin(rows, maxBytes) - 1]?.number('number') ?? null;
  }

  markRead(conversation: ConversationId, at: number, until = Number.MAX_SAFE_INTEGER, position = LAST): number {
    const unread = `WHERE conversation = ? AND ${UNREAD} AND number <= ? AND position <= ?`;
    const number = this.#rows.of(conversation);
    const fading = this.#database.rows(`SELECT * FROM message ${unread} AND fades = 1`, number, until, position);
    const opened = skipDamaged(this.#sealing, 'message', fading, (row) => this.#rows.open(row));
    for (const message of opened) this.rewrite(begun({ ...message, state: 'read' }, at));
    const sql = `SELECT conversation, author, id, seq, position, length(body) AS size FROM message ${unread}`;
    const rows = this.#database.rows(sql, number, until, position);
    const sizes = skipDamaged(this.#sealing, 'message', rows, (row) => this.#setRead(row));
    this.#tally.read(number, sizes);
    return opened.length + sizes.length;
  }

  unread(conversation: ConversationId): number {
    return this.#tally.unread(this.#rows.of(conversation));
  }

  unreadBytes(conversation: ConversationId): number {
    return this.#tally.unreadBytes(this.#rows.of(conversation));
  }

  heldBytes(contact: ContactId): number {
    return this.#tally.heldBytes(this.#rowids.contacts.of(contact));
  }

  last(conversation: ConversationId): MessageRecord | null {
    const key = this.#rows.of(conversation);
    const sql = `SELECT * FROM message WHERE ${SHOWN} AND position < ? ORDER BY position DESC LIMIT 1`;
    let end = Infinity;
    for (;;) {
      const row = this.#database.row(sql, key, end);
      if (!row) return null;
      const [message] = skipDamaged(this.#sealing, 'message', [row], (sealed) => this.#rows.open(sealed));
      if (message) return message;
      end = row.number('position');
    }
  }

  #insert(message: NewMessage, position: number): number {
    const { conversation, seq, state } = message;
    const key = this.#rows.keyOf(message);
    this.#last.set(conversation, Math.max(position, this.nextPosition(conversation) - 1));
    const sealed = this.#rows.sealed(key, message, position);
    const code = STATE[state];
    const tag = sealed.tag('state', code);
    const body = sealed.seal(encodeBody(message));
    this.#database.change(INSERT, ...key, seq, position, code, fades(message), tag, body);
    if (message.fading?.until != null) this.fading.written(this.rowOf(message) ?? 0, message, body.length);
    this.#tally.came({ conversation: key[0], author: key[1], state: code, size: body.length });
    return position;
  }

  /** @returns its size. */
  #setRead(row: Row): number {
    const code = STATE.read;
    const tag = this.#rows.sealOf(row).tag('state', code);
    const key = [row.number('conversation'), row.number('author'), row.bytes('id')];
    this.#database.change(`UPDATE message SET state = ?, tag = ? WHERE ${BY_ID}`, code, tag, ...key);
    return row.number('size');
  }
}
