// Rows as they stand on disk: `version(1) ‖ key id(4) ‖ nonce(24) ‖ XChaCha20-Poly1305(table key, padded CBOR, AAD)`.
// The AAD names the database, the table, the row's primary key with all that is fixed for good in clear columns, and the
// format version: a cell that is moved anywhere else does not open. Numbers that change often stand in clear with a tag
// over the same AAD, their name and value. Knows nothing of what rows mean.
import { decode, encode } from 'cborg';
import { z } from 'zod';
import { concat, equal, isZero, readU32, u32, utf8, wipe, writeU32 } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { StorageError } from '../errors.ts';
import { KEY_ID_BYTES, KeyRing, type TableKeys, type TableRing } from './key-ring.ts';

const VERSION = 1;
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
  /** Master keys that rows may still be sealed under, the newest first. */
  readonly earlier?: readonly Uint8Array[];
  /** 16 bytes. */
  readonly database: Uint8Array;
  readonly onDamaged: DamageListener;
}

/** What seals the rows of one open database. */
export class Sealing {
  readonly onDamaged: DamageListener;
  /** Rows that are sealed under an earlier key open, until it is dropped here. */
  readonly ring: KeyRing;
  readonly #primitives: Primitives;
  readonly #database: Uint8Array;

  constructor({ primitives, masterKey, earlier = [], database, onDamaged }: SealingOptions) {
    this.onDamaged = onDamaged;
    this.#primitives = primitives;
    this.#database = database;
    this.ring = new KeyRing(primitives, database, [masterKey, ...earlier]);
  }

  table(name: string): TableSeal {
    return new TableSeal(this.#primitives, {
      ring: this.ring.table(name),
      scope: concat(this.#database, lengthPrefixed(utf8(name))),
    });
  }

  /** Finds rows of a table by a value that must not stand in clear. */
  index(name: string): SealedIndex {
    return new SealedIndex(this.#primitives, this.ring.table(name));
  }

  /** No row opens any more. */
  wipe(): void {
    this.ring.wipe();
  }
}

/** HMAC(index key, …), 32 bytes. */
export class SealedIndex {
  readonly #primitives: Primitives;
  readonly #ring: TableRing;

  constructor(primitives: Primitives, ring: TableRing) {
    this.#primitives = primitives;
    this.#ring = ring;
  }

  of(value: Uint8Array): Uint8Array {
    return this.#hmac(this.#ring.current, value);
  }

  /** As rows that are not sealed anew yet have it; mostly none. */
  earlier(value: Uint8Array): Uint8Array[] {
    return this.#ring.earlier.map((keys) => this.#hmac(keys, value));
  }

  all(value: Uint8Array): Uint8Array[] {
    return [this.of(value), ...this.earlier(value)];
  }

  /** @throws StorageError damaged unless `entry` is of this value. */
  require(entry: Uint8Array, value: Uint8Array): void {
    if (!this.all(value).some((known) => equal(known, entry))) {
      throw new StorageError('damaged', 'an index entry was moved');
    }
  }

  #hmac({ index }: TableKeys, value: Uint8Array): Uint8Array {
    return this.#primitives.hmacSha256(index, value);
  }
}

interface TablePlaces {
  readonly ring: TableRing;
  readonly scope: Uint8Array;
}

/** Seals and opens the rows of one table. `key`: the primary key and fixed clear columns, always laid out alike. */
export class TableSeal {
  readonly #primitives: Primitives;
  readonly #table: TablePlaces;

  constructor(primitives: Primitives, table: TablePlaces) {
    this.#primitives = primitives;
    this.#table = table;
  }

  /** Where one row stands. */
  at(key: Uint8Array): SealedRow {
    return new SealedRow(this.#primitives, this.#table, key);
  }

  /** As CBOR. */
  seal(key: Uint8Array, value: object): Uint8Array {
    const text = encode(value);
    const sealed = this.at(key).seal(text);
    wipe(text);
    return sealed;
  }

  /** @throws StorageError damaged unless exactly this row was sealed under `key`. */
  open<T>(key: Uint8Array, sealed: Uint8Array, schema: z.ZodType<T>): T {
    const text = this.at(key).open(sealed);
    // Byte strings come out of it as copies.
    const value = schema.safeParse(decode(text));
    wipe(text);
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
export class SealedRow {
  readonly #primitives: Primitives;
  readonly #ring: TableRing;
  readonly #ad: Uint8Array;

  constructor(primitives: Primitives, { ring, scope }: TablePlaces, key: Uint8Array) {
    this.#primitives = primitives;
    this.#ring = ring;
    this.#ad = boundTo(scope, key);
  }

  seal(text: Uint8Array): Uint8Array {
    const { row, id } = this.#ring.current;
    const nonce = this.#primitives.random(NONCE_BYTES);
    const padded = pad(text);
    const cell = this.#primitives.xchacha20poly1305Seal(row, nonce, padded, this.#ad);
    wipe(padded);
    const sealed = new Uint8Array(HEADER_BYTES + cell.length);
    sealed[0] = VERSION;
    sealed.set(id, 1);
    sealed.set(nonce, 1 + KEY_ID_BYTES);
    sealed.set(cell, HEADER_BYTES);
    return sealed;
  }

  /** @throws StorageError damaged unless it was sealed here. */
  open(sealed: Uint8Array): Uint8Array {
    if (sealed.length < HEADER_BYTES + SEAL_BYTES || sealed[0] !== VERSION) throw damaged();
    const nonce = sealed.subarray(1 + KEY_ID_BYTES, HEADER_BYTES);
    const cell = sealed.subarray(HEADER_BYTES);
    const plaintext = this.#primitives.xchacha20poly1305Open(this.#keyOf(sealed), nonce, cell, this.#ad);
    if (!plaintext) throw damaged();
    return unpad(plaintext);
  }

  /** The same under the current key. @throws StorageError damaged. */
  reseal(sealed: Uint8Array): Uint8Array {
    const text = this.open(sealed);
    const again = this.seal(text);
    wipe(text);
    return again;
  }

  /** Under the current key. */
  isCurrent(sealed: Uint8Array): boolean {
    return equal(sealed.subarray(1, 1 + KEY_ID_BYTES), this.#ring.current.id);
  }

  tag(column: string, value: number): Uint8Array {
    return this.#tag(this.#ring.current, column, value);
  }

  /** @throws StorageError damaged. */
  requireTag(tag: Uint8Array, column: string, value: number): void {
    const { current, earlier } = this.#ring;
    if (equal(tag, this.#tag(current, column, value))) return;
    if (!earlier.some((keys) => equal(tag, this.#tag(keys, column, value)))) throw damaged();
  }

  #tag(keys: TableKeys, column: string, value: number): Uint8Array {
    const length = this.#ad.length + column.length;
    const text = Buffer.allocUnsafe(length + FLOAT_BYTES);
    text.set(this.#ad);
    text.write(column, this.#ad.length, 'latin1');
    text.writeDoubleBE(value, length);
    return this.#primitives.hmacSha256(keys.tag, text).subarray(0, TAG_BYTES);
  }

  #keyOf(sealed: Uint8Array): Uint8Array {
    const { current, earlier } = this.#ring;
    if (this.isCurrent(sealed)) return current.row;
    const id = sealed.subarray(1, 1 + KEY_ID_BYTES);
    const keys = earlier.find((candidate) => equal(candidate.id, id));
    if (!keys) throw damaged();
    return keys.row;
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
