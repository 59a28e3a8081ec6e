// Writes CBOR in the core deterministic encoding (RFC 8949 §4.2.1): definite and shortest lengths, map keys in the order
// of their encodings. Integers, texts, bytes, arrays, maps, booleans and null; nothing here needs more.
import type { CborMap } from './cbor-reader.ts';

export type CborValue = null | boolean | number | string | Uint8Array | readonly CborValue[] | CborMap | CborRecord;

/** Keys whose value is undefined are left out. */
export interface CborRecord {
  readonly [key: string]: CborValue | undefined;
}

const UNSIGNED = 0x00;
const NEGATIVE = 0x20;
const BYTES = 0x40;
const TEXT = 0x60;
const ARRAY = 0x80;
const MAP = 0xa0;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

/** An initial byte and eight more. */
const LONGEST_HEAD = 9;

/** Where items are put together; most fit, and making a buffer would take longer than writing one. */
const bench = Buffer.allocUnsafeSlow(4096);

/** @throws Error on a number that is not a safe integer. */
export function writeCbor(value: CborValue): Uint8Array {
  const writer = new Writer();
  try {
    writer.item(value);
    return writer.copy();
  } finally {
    writer.wipe();
  }
}

class Writer {
  #buffer = bench;
  #at = 0;

  copy(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, 0, this.#at).slice();
  }

  /** What it says may be secret, and the place is everybody's. */
  wipe(): void {
    this.#buffer.fill(0, 0, this.#at);
  }

  item(value: CborValue): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'number') this.#integer(value);
    else if (value === null) this.#head(NULL, 0);
    else if (typeof value === 'boolean') this.#head(value ? TRUE : FALSE, 0);
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (isArray(value)) {
      this.#head(ARRAY, value.length);
      for (const each of value) this.item(each);
    } else this.#map(value instanceof Map ? [...(value as ReadonlyMap<string, CborValue>)] : Object.entries(value));
  }

  #map(entries: readonly (readonly [string, CborValue | undefined])[]): void {
    const kept = entries.some(([, value]) => value === undefined)
      ? entries.filter(([, value]) => value !== undefined)
      : entries;
    this.#head(MAP, kept.length);
    for (const [key, value] of inOrder(kept)) {
      this.#text(key);
      this.item(value ?? null);
    }
  }

  #text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#head(TEXT, length);
    this.#at += this.#buffer.write(text, this.#at, length, 'utf8');
  }

  #bytes(bytes: Uint8Array): void {
    this.#head(BYTES, bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw new Error('CBOR here carries integers within ±(2^53 − 1) only');
    if (value < 0) this.#head(NEGATIVE, -1 - value);
    else this.#head(UNSIGNED, value);
  }

  /** Initial byte and argument, in the fewest bytes; there is room for as many bytes as the argument says behind it. */
  #head(type: number, argument: number): void {
    this.#reserve(LONGEST_HEAD + (type === TEXT || type === BYTES ? argument : 0));
    const buffer = this.#buffer;
    const at = this.#at;
    if (argument < 24) {
      buffer[at] = type | argument;
      this.#at = at + 1;
    } else if (argument < 2 ** 8) {
      buffer[at] = type | 24;
      this.#at = buffer.writeUInt8(argument, at + 1);
    } else if (argument < 2 ** 16) {
      buffer[at] = type | 25;
      this.#at = buffer.writeUInt16BE(argument, at + 1);
    } else if (argument < 2 ** 32) {
      buffer[at] = type | 26;
      this.#at = buffer.writeUInt32BE(argument, at + 1);
    } else {
      buffer[at] = type | 27;
      buffer.writeUInt32BE(Math.floor(argument / 2 ** 32), at + 1);
      this.#at = buffer.writeUInt32BE(argument % 2 ** 32, at + 5);
    }
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#at));
    this.wipe();
    this.#buffer = larger;
  }
}

/** Text keys: the shorter first, then bytewise, which is the order of their encodings. */
function inOrder<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  for (let index = 1; index < entries.length; index += 1) {
    const [before, after] = [entries[index - 1]?.[0] ?? '', entries[index]?.[0] ?? ''];
    if (compareKeys(before, after) > 0) return entries.toSorted(([a], [b]) => compareKeys(a, b));
  }
  return entries;
}

function compareKeys(a: string, b: string): number {
  return Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isArray(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}
