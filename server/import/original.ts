// The database of the original Loom, read from a copy. Nothing in it is trusted: not its schema, not its types, not its
// lengths. What cannot be a contact or a message is left out and counted.
import { CommandError } from '../contract/errors.ts';
import { cutName, isBlankName, tidyName } from '../contract/words/names.ts';
import type { ImportSkip } from '../contract/model.ts';
import { equal, toHex, utf8 } from '../crypto/bytes.ts';
import {
  deriveIdentity,
  MASTER_SEED_LENGTH,
  parseIdentityPublicKey,
  parseMasterSeed,
  parseStaticPublicKey,
} from '../crypto/keys.ts';
import type { IdentityPublicKey, MasterSeed, StaticPublicKey } from '../crypto/keys.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { TEXT_BYTES } from '../protocol/limits.ts';
import { Database } from '../storage/database.ts';
import type { Row } from '../storage/rows/row.ts';

/** Read at a stretch: a few ms of work, and at most so many of the largest texts. */
const RUN_MESSAGES = 64;

/** Times outside are mistakes: 2106, as seconds, is as far as anything else here looks. */
const LATEST_S = 2 ** 32 - 1;

export interface OriginalContact {
  readonly ik: IdentityPublicKey;
  readonly staticKey: StaticPublicKey;
  readonly name: string;
  /** ms. */
  readonly addedAt: number;
}

export interface OriginalMessage {
  /** Of the contact, as hex. */
  readonly peer: string;
  readonly direction: 'in' | 'out';
  /** As it stands there: a UUID, or anything. */
  readonly id: Uint8Array;
  readonly body: string;
  /** s. */
  readonly at: number;
  readonly read: boolean;
}

export interface OriginalRun {
  readonly messages: readonly OriginalMessage[];
  /** How far this is, from 0 to 1. */
  readonly share: number;
}

export class OriginalLoom {
  readonly seed: MasterSeed;
  /** Identity key, 32 bytes. */
  readonly ik: IdentityPublicKey;
  readonly staticKey: StaticPublicKey;
  /** By identity key, as hex. */
  readonly contacts = new Map<string, OriginalContact>();
  readonly #database: Database;
  readonly #skipped = new Map<ImportSkip, number>();
  readonly #newest: number;
  readonly #hasMessages: boolean;
  #after = -Infinity;

  /** @param path of a copy. @throws CommandError import-foreign, import-damaged; StorageError damaged. */
  constructor(path: string, primitives: Primitives) {
    this.#database = openDatabase(path);
    try {
      this.seed = this.#readSeed();
      const { identityKey, staticKey } = deriveIdentity(primitives, this.seed);
      this.ik = identityKey.publicKey;
      this.staticKey = staticKey.publicKey;
      for (const row of this.#has('contacts') ? this.#database.rows(CONTACTS) : []) {
        const contact = this.#contact(row);
        if (contact) this.contacts.set(toHex(contact.ik), contact);
      }
      this.#hasMessages = this.#has('messages');
      this.#newest = this.#hasMessages ? (this.#database.row(NEWEST)?.number('newest') ?? 0) : 0;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get skipped(): { readonly reason: ImportSkip; readonly count: number }[] {
    return [...this.#skipped].map(([reason, count]) => ({ reason, count }));
  }

  /** The next messages, as they were stored; null at the end. @throws StorageError damaged. */
  next(): OriginalRun | null {
    if (!this.#hasMessages) return null;
    const rows = this.#database.rows(MESSAGES, TEXT_BYTES, this.#after, RUN_MESSAGES);
    const last = rows.at(-1)?.number('number');
    if (last === undefined) return null;
    // Row numbers no number can tell apart: nobody has stored that many.
    if (last <= this.#after) throw new CommandError('import-damaged', 'its rows have no numbers');
    this.#after = last;
    const share = Math.max(0, Math.min(1, last / Math.max(1, this.#newest)));
    return { messages: rows.flatMap((row) => this.#message(row) ?? []), share };
  }

  close(): void {
    this.#database.close();
  }

  #has(table: string): boolean {
    return this.#database.row(TABLE, utf8(table)) !== null;
  }

  #readSeed(): MasterSeed {
    const row = this.#has('self_identity') ? this.#database.row(SEED) : null;
    if (!row) throw new CommandError('import-foreign', 'it holds no identity of the original Loom');
    const seed = row.bytesOrNull('seed');
    if (seed?.length !== MASTER_SEED_LENGTH) throw new CommandError('import-damaged', 'its identity is damaged');
    return parseMasterSeed(seed);
  }

  #contact(row: Row): OriginalContact | null {
    const ik = parseIdentityPublicKey(bytes(row, 'ik'));
    const staticKey = parseStaticPublicKey(bytes(row, 'dh'));
    if (!ik || !staticKey) return this.#skip('contact-keys');
    if (equal(ik, this.ik)) return this.#skip('contact-self');
    const key = toHex(ik);
    if (this.contacts.has(key)) return this.#skip('contact-twice');
    return { ik, staticKey, name: nameOf(decodeText(bytes(row, 'name')), key), addedAt: seconds(row, 'at') * 1000 };
  }

  #message(row: Row): OriginalMessage | null {
    const peer = bytes(row, 'peer');
    const key = toHex(peer);
    if (!this.contacts.has(key)) return this.#skip('message-nobody');
    if (row.number('size') > TEXT_BYTES) return this.#skip('message-too-large');
    const body = decodeText(bytes(row, 'content'));
    if (body === '') return this.#skip('message-unreadable');
    // Malformed bytes have become characters of three.
    if (utf8(body).length > TEXT_BYTES) return this.#skip('message-too-large');
    // Received rows name the peer as recipient, too: only the sender tells.
    const direction = equal(bytes(row, 'sender'), peer) ? 'in' : 'out';
    return { peer: key, direction, id: bytes(row, 'id'), body, at: seconds(row, 'at'), read: row.number('read') !== 0 };
  }

  #skip(reason: ImportSkip): null {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
    return null;
  }
}

// Every column is cast: SQLite keeps what it was given, whatever the schema says.
const TABLE = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = CAST(? AS TEXT)`;
const SEED = 'SELECT CAST(master_seed AS BLOB) AS seed FROM self_identity WHERE id = 1';
const CONTACTS = `
  SELECT CAST(public_key AS BLOB) AS ik, CAST(dh_key AS BLOB) AS dh, CAST(display_name AS BLOB) AS name,
    coalesce(CAST(added_at AS REAL), 0) AS at
  FROM contacts ORDER BY rowid`;
const NEWEST = 'SELECT coalesce(CAST(max(rowid) AS REAL), 0) AS newest FROM messages';
const MESSAGES = `
  SELECT CAST(rowid AS REAL) AS number, CAST(id AS BLOB) AS id, CAST(peer_key AS BLOB) AS peer,
    CAST(sender_key AS BLOB) AS sender, coalesce(length(CAST(content AS BLOB)), 0) AS size,
    CASE WHEN length(CAST(content AS BLOB)) <= ? THEN CAST(content AS BLOB) END AS content,
    coalesce(CAST(timestamp AS REAL), 0) AS at, coalesce(CAST(is_read AS REAL), 0) AS read
  FROM messages WHERE rowid > ? ORDER BY rowid LIMIT ?`;

function openDatabase(path: string): Database {
  try {
    return new Database(path);
  } catch {
    // Neither a header of SQLite nor a key that opens it.
    throw new CommandError('import-foreign', 'this is no database');
  }
}

function bytes(row: Row, column: string): Uint8Array {
  return row.bytesOrNull(column) ?? new Uint8Array();
}

function seconds(row: Row, column: string): number {
  return Math.min(LATEST_S, Math.max(0, Math.floor(row.number(column))));
}

/** What is no UTF-8 is shown as such, and kept. */
function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Made fit to keep: no line breaks or controls, cut to the bounds, never empty. */
function nameOf(text: string, key: string): string {
  const name = cutName(tidyName(text));
  return isBlankName(name) ? key.slice(0, 8) : name;
}
