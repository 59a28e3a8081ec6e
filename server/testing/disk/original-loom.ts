// Databases as the original Loom writes them, sane and odd, for tests.
import { copyFileSync, existsSync } from 'node:fs';
import sqlite from 'node-sqlite3-wasm';
import { deriveIdentity, parseMasterSeed, type IdentityPublicKey, type StaticPublicKey } from '../../crypto/keys.ts';
import { primitives } from './temp-store.ts';

const SCHEMA = `
  CREATE TABLE self_identity (id INTEGER PRIMARY KEY CHECK (id = 1), master_seed BLOB NOT NULL);
  CREATE TABLE contacts (public_key BLOB, dh_key BLOB, display_name TEXT, added_at INTEGER);
  CREATE TABLE messages (
    id TEXT PRIMARY KEY, peer_key BLOB, sender_key BLOB, recipient_key BLOB, content TEXT, timestamp INTEGER,
    is_read INTEGER
  );
  CREATE TABLE ratchet_states (peer_public_key BLOB, state BLOB);
`;

export type Cell = string | number | bigint | Uint8Array | null;

export interface Person {
  readonly ik: IdentityPublicKey;
  readonly dh: StaticPublicKey;
}

/** Somebody, the same for the same number. */
export function person(number: number): Person {
  const keys = deriveIdentity(primitives, parseMasterSeed(seed(number)));
  return { ik: keys.identityKey.publicKey, dh: keys.staticKey.publicKey };
}

export function seed(number: number): Uint8Array {
  return new Uint8Array(32).fill(number);
}

export class OriginalDatabase {
  readonly path: string;
  readonly us: Person;
  readonly #database: sqlite.Database;

  /** @param journal `wal`: what is written stays beside the file until it is closed. */
  constructor(path: string, { number = 1, schema = SCHEMA, journal = 'delete' } = {}) {
    this.path = path;
    this.us = person(number);
    this.#database = new sqlite.Database(path);
    this.#database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = ${journal}`);
    this.#database.exec(schema);
  }

  run(sql: string, ...values: Cell[]): this {
    this.#database.run(sql, values);
    return this;
  }

  identity(bytes: Cell): this {
    return this.run('INSERT INTO self_identity VALUES (1, ?)', bytes);
  }

  contact({ ik, dh }: { ik: Cell; dh: Cell }, name: Cell, addedAt: Cell = 1_700_000_000): this {
    return this.run('INSERT INTO contacts VALUES (?, ?, ?, ?)', ik, dh, name, addedAt);
  }

  /** Received rows name the peer as recipient, too: as the original writes them. */
  received(id: Cell, from: Uint8Array, content: Cell, at: Cell, isRead: Cell = 1): this {
    return this.run('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)', id, from, from, from, content, at, isRead);
  }

  sent(id: Cell, to: Uint8Array, content: Cell, at: Cell): this {
    return this.run('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, 1)', id, to, this.us.ik, to, content, at);
  }

  /** The files as they stand now, while the program runs. */
  copyTo(path: string): void {
    for (const end of ['', '-wal']) if (existsSync(this.path + end)) copyFileSync(this.path + end, path + end);
  }

  close(): this {
    this.#database.close();
    return this;
  }
}

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}
