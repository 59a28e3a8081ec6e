// Rows as they stand on disk: `version(1) ‖ key id(4) ‖ nonce(24) ‖ XChaCha20-Poly1305(table key, padded CBOR, AAD)`.
// The AAD names the database, the table, the row's primary key with all that is fixed for good in clear columns, and the
// format version: a cell that is moved anywhere else does not open. Numbers that change often stand in clear with a tag
// over the same AAD, their name and value. Knows nothing of what rows mean.
import { decode, encode } from 'cborg';
import { z } from 'zod';
import { concat, equal, isZero, readU32, u32, utf8, wipe, writeU32 } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { StorageError } from './errors.ts';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 24;
const SEAL_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;
const LENGTH_BYTES = 4;
const FLOAT_BYTES = 8;

/** Plaintexts are padded to multiples of this: the size of a row tells little about what it says. */
const PADDING_BYTES = 256;

/** Long enough that nobody finds another number with the same tag, short in every message. */
const TAG_BYTES = 16;

/** A row that does not open: where it stands, in opaque ids. */
export interface DamagedRow {
  readonly table: string;
  readonly key: string;
}

export type DamageListener = (row: DamagedRow) => void;

export interface SealingOptions {
  readonly primitives: Primitives;
  /** 32 bytes; read once here, wiped by its owner. */
  readonly masterKey: Uint8Array;
  /** 16 bytes. */
  readonly database: Uint8Array;
  readonly onDamaged: DamageListener;
}

/** The keys of one open database. */
export class Sealing {
  readonly onDamaged: DamageListener;
  readonly #primitives: Primitives;
  readonly #database: Uint8Array;
  readonly #root: Uint8Array;
  readonly #keys: Uint8Array[] = [];

  constructor({ primitives, masterKey, database, onDamaged }: SealingOptions) {
    this.onDamaged = onDamaged;
    this.#primitives = primitives;
    this.#database = database;
    this.#root = masterKey.slice();
    this.#keys.push(this.#root);
  }

  table(name: string): TableSeal {
    return new TableSeal(this.#primitives, {
      row: this.#subkey('table', name),
      tag: this.#subkey('tag', name),
      id: this.#subkey('key id', '').subarray(0, KEY_ID_BYTES),
      scope: concat(this.#database, lengthPrefixed(utf8(name))),
    });
  }

  /** HMAC(index key, …): finds rows by a value that must not stand in clear. */
  index(name: string): (value: Uint8Array) => Uint8Array {
    const key = this.#subkey('index', name);
    return (value) => this.#primitives.hmacSha256(key, value);
  }

  /** No row opens any more. */
  wipe(): void {
    wipe(...this.#keys);
  }

  #subkey(purpose: 'table' | 'tag' | 'index' | 'key id', name: string): Uint8Array {
    const info = utf8(`loom/2 storage ${purpose} ${name}`);
    const key = this.#primitives.hkdfSha256(this.#database, this.#root, info, 32);
    this.#keys.push(key);
    return key;
  }
}

interface TableKeys {
  readonly row: Uint8Array;
  readonly tag: Uint8Array;
  readonly id: Uint8Array;
  readonly scope: Uint8Array;
}

/** Seals and opens the rows of one table. `key`: the primary key and fixed clear columns, always laid out alike. */
export class TableSeal {
  readonly #primitives: Primitives;
  readonly #keys: TableKeys;

  constructor(primitives: Primitives, keys: TableKeys) {
    this.#primitives = primitives;
    this.#keys = keys;
  }

  /** Where one row stands. */
  at(key: Uint8Array): SealedPlace {
    return new SealedPlace(this.#primitives, this.#keys, key);
  }

  /** As CBOR. */
  seal(key: Uint8Array, value: object): Uint8Array {
    return this.at(key).seal(encode(value));
  }

  /** @throws StorageError damaged unless exactly this row was sealed under `key`. */
  open<T>(key: Uint8Array, sealed: Uint8Array, schema: z.ZodType<T>): T {
    const value = schema.safeParse(decode(this.at(key).open(sealed)));
    if (!value.success) throw damaged();
    return value.data;
  }

  tag(key: Uint8Array, column: string, value: number): Uint8Array {
    return this.at(key).tag(column, value);
  }

  /** @throws StorageError damaged. */
  requireTag(tag: Uint8Array, key: Uint8Array, column: string, value: number): void {
    this.at(key).requireTag(tag, column, value);
  }
}

/** One row: what it seals and tags opens nowhere else. Reading a page of messages makes fifty, so they are cheap. */
export class SealedPlace {
  readonly #primitives: Primitives;
  readonly #keys: TableKeys;
  readonly #ad: Uint8Array;

  constructor(primitives: Primitives, keys: TableKeys, key: Uint8Array) {
    this.#primitives = primitives;
    this.#keys = keys;
    this.#ad = boundTo(keys.scope, key);
  }

  seal(text: Uint8Array): Uint8Array {
    const nonce = this.#primitives.random(NONCE_BYTES);
    const cell = this.#primitives.xchacha20poly1305Seal(this.#keys.row, nonce, pad(text), this.#ad);
    const sealed = new Uint8Array(HEADER_BYTES + cell.length);
    sealed[0] = VERSION;
    sealed.set(this.#keys.id, 1);
    sealed.set(nonce, 1 + KEY_ID_BYTES);
    sealed.set(cell, HEADER_BYTES);
    return sealed;
  }

  /** @throws StorageError damaged unless it was sealed here. */
  open(sealed: Uint8Array): Uint8Array {
    if (sealed.length < HEADER_BYTES + SEAL_BYTES) throw damaged();
    const known = sealed[0] === VERSION && equal(sealed.subarray(1, 1 + KEY_ID_BYTES), this.#keys.id);
    if (!known) throw damaged();
    const nonce = sealed.subarray(1 + KEY_ID_BYTES, HEADER_BYTES);
    const cell = sealed.subarray(HEADER_BYTES);
    const plaintext = this.#primitives.xchacha20poly1305Open(this.#keys.row, nonce, cell, this.#ad);
    if (!plaintext) throw damaged();
    return unpad(plaintext);
  }

  tag(column: string, value: number): Uint8Array {
    const length = this.#ad.length + column.length;
    const text = Buffer.allocUnsafe(length + FLOAT_BYTES);
    text.set(this.#ad);
    text.write(column, this.#ad.length, 'latin1');
    text.writeDoubleBE(value, length);
    return this.#primitives.hmacSha256(this.#keys.tag, text).subarray(0, TAG_BYTES);
  }

  /** @throws StorageError damaged. */
  requireTag(tag: Uint8Array, column: string, value: number): void {
    if (!equal(tag, this.tag(column, value))) throw damaged();
  }
}

/** database id ‖ table ‖ primary key ‖ format version, the two in the middle with their lengths. */
function boundTo(scope: Uint8Array, key: Uint8Array): Uint8Array {
  const ad = new Uint8Array(scope.length + LENGTH_BYTES + key.length + 1);
  ad.set(scope);
  writeU32(ad, scope.length, key.length);
  ad.set(key, scope.length + LENGTH_BYTES);
  ad[ad.length - 1] = VERSION;
  return ad;
}

/** Any bytes; a plain Uint8Array, as CBOR gives them. */
export const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** An IEEE double in network order: order values and counters up to 2^53, all of them exactly. */
export function float64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

function pad(text: Uint8Array): Uint8Array {
  const length = Math.ceil((LENGTH_BYTES + text.length) / PADDING_BYTES) * PADDING_BYTES;
  const padded = new Uint8Array(length);
  writeU32(padded, 0, text.length);
  padded.set(text, LENGTH_BYTES);
  return padded;
}

function unpad(padded: Uint8Array): Uint8Array {
  const end = padded.length < LENGTH_BYTES ? Infinity : LENGTH_BYTES + readU32(padded, 0);
  if (end > padded.length || !isZero(padded.subarray(end))) throw damaged();
  return padded.subarray(LENGTH_BYTES, end);
}

function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  return concat(u32(bytes.length), bytes);
}

function damaged(): StorageError {
  return new StorageError('damaged', 'a row is not what was written');
}
