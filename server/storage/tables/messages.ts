// Conversations. In clear: ids, direction, number, place and state of each message; what it says, and when, is sealed.
// A message's place in its conversation is a real number, so that one that comes late finds room between two others.
import type { ContactId, MessageId } from '../../contract/ids.ts';
import type { ContactRowids } from './contact-rowids.ts';
import { skipDamaged } from './skip-damaged.ts';
import type { Database } from '../database.ts';
import type { Row } from './row.ts';
import { StorageError } from '../errors.ts';
import { HeldBytes } from './held-bytes.ts';
import { idBytes, idOf } from './ids.ts';
import { encodeBody, parseBody } from './message-body.ts';
import { sealKey, storedKey } from './message-key.ts';
import {
  DIRECTION,
  directions,
  STATE,
  states,
  type MessageRef,
  type MessageRecord,
  type MessageTable,
  type NewMessage,
  type StoredDirection,
  type StoredPage,
  type StoredRun,
} from './message-record.ts';
import { latePosition, nextPosition, rowsBehind } from './message-position.ts';
import { type SealedRow, type Sealing, type TableSeal } from '../sealing/sealing.ts';
import { countWithin } from './pieces.ts';
import { RowCounter } from './row-counter.ts';

const INSERT = `
  INSERT INTO message (contact, direction, id, seq, place, state, tag, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const ERASE = 'UPDATE message SET state = ?, tag = ?, body = ? WHERE contact = ? AND direction = ? AND id = ?';
const BY_ID = 'contact = ? AND direction = ? AND id = ?';
const DELIVERED = `
  UPDATE message SET state = ${STATE.delivered}, tag = ? WHERE ${BY_ID} AND seq = ? AND place = ? AND state = ${STATE.queued}`;
// Written like the index message_place, or SQLite would not use it.
const SHOWN = `contact = ? AND (state = ${STATE.hidden}) = 0`;
const UNREAD = `state = ${STATE.received}`;
/** All that opening one takes. */
const OPENED = 'contact, direction, id, seq, place, state, tag, body';
const NOTHING = new Uint8Array(0);
/** Behind every message of a conversation. */
const LAST_PLACE = Number.MAX_VALUE;

export class SealedMessages implements MessageTable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #numbers: ContactRowids;
  readonly #unread: RowCounter;
  readonly #unreadBytes: RowCounter;
  readonly #held: HeldBytes;
  /** The last place given in each conversation: never smaller than the last one on disk, whatever was undone since. */
  readonly #last = new Map<ContactId, number>();

  constructor(database: Database, sealing: Sealing, numbers: ContactRowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('message');
    this.#numbers = numbers;
    this.#unread = new RowCounter(database, numbers, 'message', UNREAD);
    this.#unreadBytes = new RowCounter(database, numbers, 'message', UNREAD, 'length(body)');
    this.#held = new HeldBytes(database, numbers);
  }

  append(message: NewMessage): number {
    return this.#insert(message, this.#next(message.contact));
  }

  insertLate(message: NewMessage): number {
    const { contact, seq, missing } = message;
    return this.#insert(message, latePosition(this.#database, this.#numbers.of(contact), seq, missing));
  }

  insert({ order, ...message }: MessageRecord): void {
    this.#insert(message, order);
  }

  has(contact: ContactId, direction: StoredDirection, id: MessageId): boolean {
    const row = this.#database.row(`SELECT 1 FROM message WHERE ${BY_ID}`, ...this.#keyOf(contact, direction, id));
    return row !== null;
  }

  behindHole(contact: ContactId, seq: number): MessageRecord | null {
    const rows = rowsBehind(this.#database, this.#numbers.of(contact), seq);
    const [next] = skipDamaged(this.#sealing, 'message', rows, (row) => this.#open(row));
    return next && next.seq - next.missing <= seq ? next : null;
  }

  setMissing({ contact, direction, id, seq, order, at, receivedAt, content }: MessageRecord, missing: number): void {
    const place = this.#seal.at(sealKey({ contact, direction, id, seq }, order));
    const body = place.seal(encodeBody({ at, receivedAt, content, missing }));
    this.#database.change(`UPDATE message SET body = ? WHERE ${BY_ID}`, body, ...this.#keyOf(contact, direction, id));
  }

  get(contact: ContactId, direction: StoredDirection, id: MessageId): MessageRecord | null {
    const row = this.#database.row(`SELECT * FROM message WHERE ${BY_ID}`, ...this.#keyOf(contact, direction, id));
    return row && this.#open(row);
  }

  locate(contact: ContactId, direction: StoredDirection, id: MessageId): { seq: number; order: number } | null {
    const row = this.#database.row(
      `SELECT seq, place FROM message WHERE ${BY_ID}`,
      ...this.#keyOf(contact, direction, id),
    );
    return row && { seq: row.number('seq'), order: row.number('place') };
  }

  page(
    contact: ContactId,
    before: Pick<MessageRef, 'direction' | 'id'> | null,
    limit: number,
    maxBytes: number,
  ): StoredPage {
    const key = this.#numbers.of(contact);
    const end = before === null ? Infinity : this.locate(contact, before.direction, before.id)?.order;
    if (end === undefined) return { messages: [], more: false };
    // Sizes first: a page of the largest messages would be tens of megabytes, of which all but the first is thrown away.
    const candidates = `FROM message WHERE ${SHOWN} AND place < ? ORDER BY place DESC LIMIT ?`;
    const sums = `SELECT count(*) AS count, total(size) AS bytes FROM (SELECT length(body) AS size ${candidates})`;
    const [all] = this.#database.rows(sums, key, end, limit + 1);
    const found = all?.number('count') ?? 0;
    let count = Math.min(found, limit);
    if (all && all.number('bytes') > maxBytes) {
      count = countWithin(this.#database.rows(`SELECT length(body) AS size ${candidates}`, key, end, limit), maxBytes);
    }
    const rows = this.#database.rows(`SELECT ${OPENED} ${candidates}`, key, end, count).reverse();
    const messages = skipDamaged(this.#sealing, 'message', rows, (row) => this.#open(row));
    return { messages, more: found > count };
  }

  newestRow(): number {
    return this.#database.row('SELECT number FROM message ORDER BY number DESC LIMIT 1')?.number('number') ?? 0;
  }

  run(after: number, until: number, limit: number, maxBytes: number): StoredRun {
    const behind = 'FROM message WHERE number > ? AND number <= ? ORDER BY number';
    const sizes = this.#database.rows(`SELECT number, length(body) AS size ${behind} LIMIT ?`, after, until, limit);
    const last = sizes[countWithin(sizes, maxBytes) - 1]?.number('number');
    if (last === undefined) return { messages: [], last: null, damaged: 0 };
    const rows = this.#database.rows(`SELECT * ${behind}`, after, last);
    const opened = skipDamaged(this.#sealing, 'message', rows, (row) => this.#open(row));
    const messages = opened.filter(({ state }) => state !== 'hidden');
    return { messages, last, damaged: rows.length - opened.length };
  }

  erase({ contact, direction, id }: MessageRef, content = NOTHING): boolean {
    const key = this.#keyOf(contact, direction, id);
    const [row] = this.#database.rows(`SELECT * FROM message WHERE ${BY_ID} AND state <> ${STATE.hidden}`, ...key);
    if (!row) return false;
    // Of a damaged one it is not known what was missing before it.
    const [before] = skipDamaged(this.#sealing, 'message', [row], (sealed) => this.#open(sealed));
    const code = STATE.hidden;
    const place = this.#placeOfRow(row);
    const tag = place.tag('state', code);
    const body = place.seal(encodeBody({ at: 0, receivedAt: 0, content, missing: before?.missing ?? 0 }));
    this.#database.change(ERASE, code, tag, body, ...key);
    this.#gone(row);
    this.#database.scrub();
    return true;
  }

  shown(contact: ContactId, until: number, limit: number, maxBytes: number): MessageRef[] {
    const sql = `
      SELECT direction, id, length(body) AS size FROM message WHERE ${SHOWN} AND number <= ? ORDER BY place LIMIT ?`;
    const rows = this.#database.rows(sql, this.#numbers.of(contact), until, limit);
    return rows.slice(0, countWithin(rows, maxBytes)).map((row) => ({
      contact,
      direction: directions[row.number('direction')] ?? 'in',
      id: idOf(row, 'id') as MessageId,
    }));
  }

  delivered({ contact, id, seq, order }: Pick<MessageRecord, 'contact' | 'id' | 'seq' | 'order'>): boolean {
    const tag = this.#seal.tag(sealKey({ contact, direction: 'out', id, seq }, order), 'state', STATE.delivered);
    return this.#database.change(DELIVERED, tag, ...this.#keyOf(contact, 'out', id), seq, order) > 0;
  }

  unreadUpTo(contact: ContactId, after: number, until: number, limit: number, place = LAST_PLACE): number | null {
    const sql = `
      SELECT number FROM message
      WHERE contact = ? AND ${UNREAD} AND number > ? AND number <= ? AND place <= ? LIMIT ?`;
    const rows = this.#database.rows(sql, this.#numbers.of(contact), after, until, place, limit);
    return rows.at(-1)?.number('number') ?? null;
  }

  markRead(contact: ContactId, until = Number.MAX_SAFE_INTEGER, place = LAST_PLACE): number {
    const sql = `
      SELECT contact, direction, id, seq, place, length(body) AS size FROM message
      WHERE contact = ? AND ${UNREAD} AND number <= ? AND place <= ?`;
    const number = this.#numbers.of(contact);
    const rows = this.#database.rows(sql, number, until, place);
    const sizes = skipDamaged(this.#sealing, 'message', rows, (row) => this.#setRead(row));
    this.#unread.add(number, -sizes.length);
    this.#unreadBytes.add(number, -sizes.reduce((sum, size) => sum + size, 0));
    return sizes.length;
  }

  unread(contact: ContactId): number {
    return this.#unread.of(this.#numbers.of(contact));
  }

  unreadBytes(contact: ContactId): number {
    return this.#unreadBytes.of(this.#numbers.of(contact));
  }

  heldBytes(contact: ContactId): number {
    return this.#held.of(this.#numbers.of(contact));
  }

  last(contact: ContactId): MessageRecord | null {
    const key = this.#numbers.of(contact);
    const sql = `SELECT * FROM message WHERE ${SHOWN} AND place < ? ORDER BY place DESC LIMIT 1`;
    let end = Infinity;
    for (;;) {
      const row = this.#database.row(sql, key, end);
      if (!row) return null;
      const [message] = skipDamaged(this.#sealing, 'message', [row], (sealed) => this.#open(sealed));
      if (message) return message;
      end = row.number('place');
    }
  }

  #insert(message: NewMessage, place: number): number {
    const { contact, direction, id, seq, state, at, receivedAt, content, missing } = message;
    this.#last.set(contact, Math.max(place, this.#next(contact) - 1));
    const sealed = this.#seal.at(sealKey(message, place));
    const code = STATE[state];
    const tag = sealed.tag('state', code);
    const body = sealed.seal(encodeBody({ at, receivedAt, content, missing }));
    const key = this.#keyOf(contact, direction, id);
    this.#database.change(INSERT, ...key, seq, place, code, tag, body);
    if (code === STATE.received) {
      this.#unread.add(key[0], 1);
      this.#unreadBytes.add(key[0], body.length);
    }
    if (direction === 'in' && state !== 'hidden') this.#held.add(key[0], body.length);
    return place;
  }

  /** One that was shown is hidden from now on. @param row as it was. */
  #gone(row: Row): void {
    const [contact, size] = [row.number('contact'), row.bytes('body').length];
    if (row.number('direction') === DIRECTION.in) this.#held.add(contact, -size);
    if (row.number('state') !== STATE.received) return;
    this.#unread.add(contact, -1);
    this.#unreadBytes.add(contact, -size);
  }

  #next(contact: ContactId): number {
    const last = this.#last.get(contact);
    return last === undefined ? nextPosition(this.#database, this.#numbers.of(contact)) : Math.floor(last) + 1;
  }

  /** @returns its size. */
  #setRead(row: Row): number {
    const code = STATE.read;
    const tag = this.#placeOfRow(row).tag('state', code);
    const key = [row.number('contact'), row.number('direction'), row.bytes('id')];
    this.#database.change(`UPDATE message SET state = ?, tag = ? WHERE ${BY_ID}`, code, tag, ...key);
    return row.number('size');
  }

  #open(row: Row): MessageRecord {
    const place = this.#placeOfRow(row);
    const code = row.number('state');
    const direction = directions[row.number('direction')];
    const state = states[code];
    if (!direction || !state) throw new StorageError('damaged', 'no such direction or state');
    place.requireTag(row.bytes('tag'), 'state', code);
    const { at, receivedAt, missing, content } = parseBody(place.open(row.bytes('body')));
    const contact = this.#numbers.idOf(row.number('contact'));
    const [id, seq, order] = [idOf(row, 'id') as MessageId, row.number('seq'), row.number('place')];
    return { contact, direction, id, seq, state, at, receivedAt, content, missing, order };
  }

  #keyOf(contact: ContactId, direction: StoredDirection, id: MessageId): [number, number, Uint8Array] {
    return [this.#numbers.of(contact), DIRECTION[direction], idBytes(id)];
  }

  #placeOfRow(row: Row): SealedRow {
    return this.#seal.at(storedKey(row, this.#numbers));
  }
}
