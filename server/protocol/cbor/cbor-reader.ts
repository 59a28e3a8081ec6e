// Reads CBOR in the core deterministic encoding (RFC 8949 §4.2.1), strictly and in one pass: whatever is taken has only
// this one spelling. It knows items, not what they mean.
import { ProtocolError } from '../errors.ts';
import { CBOR_CONTAINERS } from '../limits.ts';

/** A decoded map. A Map, so that a key such as `__proto__` or `constructor` is a key like any other. */
export type CborMap = ReadonlyMap<string, unknown>;

/** Additional information: the argument follows in 1, 2, 4 or 8 bytes (§3). */
const ONE_BYTE = 24;
const EIGHT_BYTES = 27;

/** What an argument of so many bytes must reach, or fewer would have done. */
const LEAST = [24, 2 ** 8, 2 ** 16, 2 ** 32] as const;

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const FLOATS = [0xf9, 0xfa, 0xfb];

/** A byte order mark is a character like any other; malformed UTF-8 is an error. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Below this a loop over ASCII is quicker than a call of the decoder. */
const SHORT_TEXT = 24;

/** @throws ProtocolError unless `bytes` is exactly one item in its one spelling. */
export function readCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.item();
  reader.end();
  return value;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #containers = 0;

  constructor(bytes: Uint8Array) {
    // Not a Buffer: its slices would be views of the whole record.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed();
  }

  item(): unknown {
    const initial = this.#byte();
    const type = initial >>> 5;
    if (type > MAP) return simple(initial);
    const argument = this.#argument(initial & 31);
    switch (type) {
      case UNSIGNED:
        return argument;
      case NEGATIVE:
        if (argument === Number.MAX_SAFE_INTEGER) throw malformed();
        return -1 - argument;
      case BYTES:
        return this.#cut(argument).slice();
      case TEXT:
        return this.#text(argument);
      case ARRAY:
        return this.#array(argument);
      default:
        return this.#map(argument);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw malformed();
    this.#at += 1;
    return byte;
  }

  /** @throws ProtocolError on one that is not written in the fewest bytes, or no safe integer. */
  #argument(information: number): number {
    if (information < ONE_BYTE) return information;
    if (information > EIGHT_BYTES) throw malformed();
    const step = information - ONE_BYTE;
    let value = 0;
    for (let left = 2 ** step; left > 0; left -= 1) value = value * 256 + this.#byte();
    if (value < (LEAST[step] ?? Infinity) || value > Number.MAX_SAFE_INTEGER) throw malformed();
    return value;
  }

  #cut(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed();
    const cut = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return cut;
  }

  #text(length: number): string {
    const bytes = this.#cut(length);
    if (length > SHORT_TEXT) return decodeText(bytes);
    let text = '';
    for (const byte of bytes) {
      if (byte > 0x7f) return decodeText(bytes);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #array(length: number): unknown[] {
    this.#open(length);
    const items: unknown[] = [];
    while (items.length < length) items.push(this.item());
    return items;
  }

  #map(size: number): CborMap {
    this.#open(2 * size);
    const map = new Map<string, unknown>();
    let [previous, previousEnd] = [this.#at, this.#at];
    while (map.size < size) {
      const start = this.#at;
      if (this.#byte() >>> 5 !== TEXT) throw malformed();
      this.#at = start;
      const key = this.item() as string;
      if (map.size > 0) this.#requireOrder(previous, previousEnd, start);
      [previous, previousEnd] = [start, this.#at];
      map.set(key, this.item());
    }
    return map;
  }

  /** Of two keys as they are spelt, the one before and the one that ends here. The first byte has the length, and decides mostly. */
  #requireOrder(previous: number, previousEnd: number, start: number): void {
    const bytes = this.#bytes;
    if ((bytes[previous] ?? 0) < (bytes[start] ?? 0)) return;
    const order = Buffer.compare(bytes.subarray(previous, previousEnd), bytes.subarray(start, this.#at));
    if (order === 0) throw malformed();
    if (order > 0) throw new ProtocolError('cbor-not-canonical');
  }

  /** Each of its items takes a byte at least. */
  #open(items: number): void {
    this.#containers += 1;
    if (this.#containers > CBOR_CONTAINERS) throw new ProtocolError('cbor-too-deep');
    if (items > this.#bytes.length - this.#at) throw malformed();
  }
}

function simple(initial: number): boolean | null {
  if (initial === FALSE || initial === TRUE) return initial === TRUE;
  if (initial === NULL) return null;
  throw FLOATS.includes(initial) ? new ProtocolError('cbor-not-canonical') : malformed();
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ProtocolError('cbor-not-canonical');
  }
}

function malformed(): ProtocolError {
  return new ProtocolError('cbor-malformed');
}
