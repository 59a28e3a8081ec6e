// What is not on their disk yet, by the device it goes to and in the order it goes: one message of ours may wait for several
// devices. In clear: ids, numbers and positions; the envelope and the session it is encrypted in are sealed.
import type { ContactId, ConversationId, MessageId } from '../../contract/ids.ts';
import { concat, toHex, u32 } from '../../crypto/bytes.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import type { Database } from '../database.ts';
import type { Row } from '../rows/row.ts';
import { StorageError } from '../errors.ts';
import { idBytes, idOf } from '../rows/ids.ts';
import type { PeerDevice } from '../rows/peer-device.ts';
import { rowsWithin } from '../rows/pieces.ts';
import type { Position, ResealedInPieces, ResealedPiece } from '../sealing/resealer.ts';
import { float64, type SealedRow, type Sealing, type TableSeal } from '../sealing/sealing.ts';
import { byContact, RowCounter } from '../rows/row-counter.ts';
import type { Rowids } from '../rows/rowids.ts';

export type HiddenAs = 'act' | 'receipt' | 'profile';

/** What stands in clear, and never changes. */
export interface OutboxFacts extends PeerDevice {
  /** One of ours: its conversation, id and number, and its position, by which a device gets its messages. */
  readonly conversation: ConversationId;
  readonly id: MessageId;
  readonly seq: number;
  readonly position: number;
  /** Not for people: it is sent like the others, but not counted. */
  readonly hidden: boolean;
  /** What is hidden, where it is no presence key: a receipt, our profile, or any other act. */
  readonly as?: HiddenAs;
}

export interface OutboxRow extends OutboxFacts {
  /** Hex id of the session that the envelope is encrypted in. */
  readonly session: string | null;
  /** Null: to be encrypted when there is a session. */
  readonly envelope: Uint8Array | null;
}

/** Each row is known by the device it goes to and the position of its message. */
export interface OutboxTable {
  /** Adds one that is not there yet. */
  add(row: OutboxRow): void;
  /** Another in its place. @returns false when it is no longer there. */
  replace(row: OutboxRow): boolean;
  /** In order, those behind `after`. A damaged envelope is reported and comes back as one still to be encrypted. */
  pending(peer: PeerDevice, after: number, limit: number): OutboxRow[];
  get(peer: PeerDevice, position: number): OutboxRow | null;
  /** @returns false when it was not there. */
  remove(row: PeerDevice & Pick<OutboxFacts, 'position' | 'hidden' | 'as'>): boolean;
  /** Those for a contact that are not hidden. */
  count(contact: ContactId): number;
  /** Presence keys. */
  hidden(contact: ContactId): number;
  /** Receipts among them. */
  receipts(contact: ContactId): number;
  /** Our profile, as it waits for a contact; null: it does not. */
  profile(contact: ContactId): OutboxFacts | null;
  /** Those for all contacts that are hidden. */
  unshown(): OutboxFacts[];
  /** Those among them that are no presence keys. */
  acts(): OutboxFacts[];
  /** Those for all contacts that are not hidden. */
  total(): number;
}

/** The column `hidden`. */
const CODE = { shown: 0, presence: 1, act: 2, receipt: 3, profile: 4 } as const;

const KINDS: readonly HiddenAs[] = ['act', 'receipt', 'profile'];

/** What is sealed is session id(16) ‖ envelope. */
const SESSION_BYTES = 16;

/** Without what they say, which may be long. */
const FACTS = 'contact, device, conversation, id, seq, position, hidden';
const BY_KEY = 'contact = ? AND device = ? AND position = ?';
const ADD = `
  INSERT INTO outbox (contact, device, position, conversation, id, seq, hidden, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const REPLACE = `UPDATE outbox SET hidden = ?, body = ? WHERE ${BY_KEY}`;
const REMOVE = `DELETE FROM outbox WHERE ${BY_KEY} AND hidden = ?`;

const RESEAL = `UPDATE outbox SET body = ? WHERE ${BY_KEY}`;
/** Before all of them. */
const START: Position = [-Infinity, -Infinity, -Infinity];
const BEHIND = `
  FROM outbox WHERE (contact, device, position) > (?, ?, ?) ORDER BY contact, device, position LIMIT ?`;
const SIZES = `SELECT ifnull(length(body), 0) AS size ${BEHIND}`;

/** The primary key. */
type RowKey = readonly [contact: number, device: number, position: number];

export class SealedOutbox implements OutboxTable, ResealedInPieces {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #rowids: Rowids;
  readonly #counted: RowCounter;
  readonly #hidden: RowCounter;
  readonly #receipts: RowCounter;
  readonly #profiles: RowCounter;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('outbox');
    this.#rowids = rowids;
    const by = byContact(rowids.contacts);
    this.#counted = new RowCounter(database, { table: 'outbox', where: 'hidden = 0' }, by);
    this.#hidden = new RowCounter(database, { table: 'outbox', where: `hidden = ${CODE.presence}` }, by);
    this.#receipts = new RowCounter(database, { table: 'outbox', where: `hidden = ${CODE.receipt}` }, by);
    this.#profiles = new RowCounter(database, { table: 'outbox', where: `hidden = ${CODE.profile}` }, by);
  }

  add(row: OutboxRow): void {
    const { conversation, id, seq } = row;
    const key = this.#keyOf(row);
    const number = this.#rowids.conversations.of(conversation);
    const code = codeOf(row);
    this.#database.change(ADD, ...key, number, idBytes(id), seq, code, this.#bodyOf(row));
    this.#count(key[0], code, 1);
  }

  replace(row: OutboxRow): boolean {
    const before = this.#row(row, row.position);
    if (!before) return false;
    const key = this.#keyOf(row);
    const code = codeOf(row);
    this.#database.change(REPLACE, code, this.#bodyOf(row), ...key);
    this.#count(key[0], before.number('hidden'), -1);
    this.#count(key[0], code, 1);
    return true;
  }

  pending({ contact, device }: PeerDevice, after: number, limit: number): OutboxRow[] {
    const sql = 'SELECT * FROM outbox WHERE contact = ? AND device = ? AND position > ? ORDER BY position LIMIT ?';
    const rows = this.#database.rows(sql, this.#rowids.contacts.of(contact), device, after, limit);
    return skipDamaged(this.#sealing, 'outbox', rows, (row) => this.#open(row));
  }

  get(peer: PeerDevice, position: number): OutboxRow | null {
    const row = this.#row(peer, position);
    return row && this.#open(row);
  }

  remove({
    contact,
    device,
    position,
    ...what
  }: PeerDevice & Pick<OutboxFacts, 'position' | 'hidden' | 'as'>): boolean {
    const key = this.#keyOf({ contact, device, position });
    const code = codeOf(what);
    const removed = this.#database.change(REMOVE, ...key, code) > 0;
    if (removed) this.#count(key[0], code, -1);
    return removed;
  }

  count(contact: ContactId): number {
    return this.#counted.of(this.#rowids.contacts.of(contact));
  }

  hidden(contact: ContactId): number {
    return this.#hidden.of(this.#rowids.contacts.of(contact));
  }

  receipts(contact: ContactId): number {
    return this.#receipts.of(this.#rowids.contacts.of(contact));
  }

  profile(contact: ContactId): OutboxFacts | null {
    const number = this.#rowids.contacts.of(contact);
    if (this.#profiles.of(number) === 0) return null;
    const row = this.#database.row(
      `SELECT ${FACTS} FROM outbox WHERE contact = ? AND hidden = ?`,
      number,
      CODE.profile,
    );
    return row && this.#factsOf(row);
  }

  acts(): OutboxFacts[] {
    return this.unshown().filter(({ as }) => as !== undefined);
  }

  unshown(): OutboxFacts[] {
    const rows = this.#database.rows(`SELECT ${FACTS} FROM outbox WHERE hidden <> ${CODE.shown}`);
    return rows.map((row) => this.#factsOf(row));
  }

  total(): number {
    return this.#counted.total();
  }

  piece(after: Position | null): ResealedPiece {
    const { rows, more } = rowsWithin(this.#database, SIZES, BEHIND, after ?? START);
    const old = rows.filter(
      (row) => row.bytesOrNull('body')?.length && !this.#sealOf(row).isCurrent(row.bytes('body')),
    );
    for (const row of old) this.#reseal(row);
    const last = rows.at(-1);
    if (!more || !last) return { last: null, share: 1, resealed: old.length };
    const position = storedKey(last);
    return { last: position, share: this.#share(position), resealed: old.length };
  }

  #count(contact: number, code: number, rows: 1 | -1): void {
    if (code === CODE.shown) this.#counted.add(contact, rows);
    if (code === CODE.presence) this.#hidden.add(contact, rows);
    if (code === CODE.receipt) this.#receipts.add(contact, rows);
    if (code === CODE.profile) this.#profiles.add(contact, rows);
  }

  #share(position: RowKey): number {
    const sql = `
      SELECT count(*) AS all_rows, total((contact, device, position) <= (?, ?, ?)) AS done FROM outbox`;
    const row = this.#database.row(sql, ...position);
    return row ? row.number('done') / Math.max(1, row.number('all_rows')) : 1;
  }

  /** What does not open is encrypted anew. */
  #reseal(row: Row): void {
    const [sealed] = skipDamaged(this.#sealing, 'outbox', [row], () => this.#sealOf(row).reseal(row.bytes('body')));
    this.#database.change(RESEAL, sealed ?? null, ...storedKey(row));
  }

  #sealOf(row: Row): SealedRow {
    return this.#seal.at(sealKey(this.#factsOf(row)));
  }

  #row(peer: PeerDevice, position: number): Row | null {
    return this.#database.row(`SELECT * FROM outbox WHERE ${BY_KEY}`, ...this.#keyOf({ ...peer, position }));
  }

  #keyOf({ contact, device, position }: PeerDevice & Pick<OutboxFacts, 'position'>): RowKey {
    return [this.#rowids.contacts.of(contact), device, position];
  }

  #bodyOf({ session, envelope, ...facts }: OutboxRow): Uint8Array | null {
    if (session === null || !envelope) return null;
    return this.#seal.at(sealKey(facts)).seal(concat(idBytes(session), envelope));
  }

  #factsOf(row: Row): OutboxFacts {
    return {
      contact: this.#rowids.contacts.idOf(row.number('contact')),
      device: row.number('device'),
      conversation: this.#rowids.conversations.idOf(row.number('conversation')),
      id: idOf(row, 'id') as MessageId,
      seq: row.number('seq'),
      position: row.number('position'),
      ...whatOf(row.number('hidden')),
    };
  }

  #open(row: Row): OutboxRow {
    const facts = this.#factsOf(row);
    const body = row.bytesOrNull('body');
    if (!body) return { ...facts, session: null, envelope: null };
    try {
      const opened = this.#seal.at(sealKey(facts)).open(body);
      const session = toHex(opened.subarray(0, SESSION_BYTES));
      return { ...facts, session, envelope: opened.slice(SESSION_BYTES) };
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#sealing.onDamaged({ table: 'outbox', key: facts.id });
      return { ...facts, session: null, envelope: null };
    }
  }
}

function codeOf({ hidden, as }: Pick<OutboxFacts, 'hidden' | 'as'>): number {
  if (!hidden) return CODE.shown;
  return CODE[as ?? 'presence'];
}

function whatOf(code: number): Pick<OutboxFacts, 'hidden' | 'as'> {
  const as = KINDS.find((kind) => CODE[kind] === code);
  return { hidden: code !== CODE.shown, ...(as && { as }) };
}

function storedKey(row: Row): RowKey {
  return [row.number('contact'), row.number('device'), row.number('position')];
}

/** contact(16) ‖ device(u32) ‖ conversation(16) ‖ id(16) ‖ seq(f64) ‖ position(f64) ‖ hidden(u8). */
function sealKey({ contact, device, conversation, id, seq, position, ...what }: OutboxFacts): Uint8Array {
  const ids = [idBytes(contact), u32(device), idOrNone(conversation), idBytes(id)];
  return concat(...ids, float64(seq), float64(position), Uint8Array.of(codeOf(what)));
}

/** Of a row that names no conversation there is: it opens for nobody, and what it holds is encrypted anew. */
function idOrNone(conversation: ConversationId): Uint8Array {
  return conversation.length === 0 ? new Uint8Array(0) : idBytes(conversation);
}
