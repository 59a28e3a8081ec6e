// CBOR as Loom speaks it: RFC 8949 in the core deterministic encoding (§4.2.1), over the library cborg, read strictly.
// One item, nothing behind it; definite and shortest lengths; maps with text keys in bytewise order, none twice;
// valid UTF-8; integers within ±(2^53 − 1). No floats, tags, undefined or other simple values: nothing here needs them,
// and each has more than one spelling. Which keys a map must have is known to the readers, which ignore the rest.
import { decode, encode, Tokenizer, Type } from 'cborg';
import type { Token } from 'cborg';
import { equal } from '../crypto/bytes.ts';
import { ProtocolError } from './errors.ts';
import { CBOR_CONTAINERS } from './limits.ts';

export type CborValue = null | boolean | number | string | Uint8Array | readonly CborValue[] | CborRecord;

/** Keys whose value is undefined are left out. */
export interface CborRecord {
  readonly [key: string]: CborValue | undefined;
}

/** A decoded map. A Map, so that a key such as `__proto__` or `constructor` is a key like any other. */
export type CborMap = ReadonlyMap<string, unknown>;

const decodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  retainStringBytes: true,
};

// cborg's own key order is length first, then bytewise: for text keys the same as §4.2.1, and quicker than its option.
const encodeOptions = { ignoreUndefinedProperties: true, typeEncoders: { number: requireSafeInteger } };

// cborg drops a byte order mark, which is a character like any other here. (It also replaces malformed UTF-8, which
// then spells otherwise and is refused for that.)
const utf8WithMark = new TextDecoder('utf-8', { ignoreBOM: true });
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Deterministic encoding. @throws Error on a number that is not a safe integer. */
export function encodeCbor(value: CborValue): Uint8Array {
  return encode(value, encodeOptions);
}

/** Decodes exactly one map. @throws ProtocolError on anything but its one canonical encoding. */
export function parseCborMap(bytes: Uint8Array): CborMap {
  let value: unknown;
  let canonical: boolean;
  try {
    value = decode(bytes, { ...decodeOptions, tokenizer: new StrictTokenizer(bytes) });
    // What strict decoding lets pass, above all keys out of order and malformed UTF-8, does not survive being spelt again.
    canonical = equal(encodeCbor(value as CborValue), bytes);
  } catch (error) {
    throw error instanceof ProtocolError ? error : new ProtocolError('cbor-malformed');
  }
  if (!canonical) throw new ProtocolError('cbor-not-canonical');
  if (!isRecord(value)) throw new ProtocolError('field-type');
  return new Map(Object.entries(value));
}

/** @throws ProtocolError unless `key` holds `length` bytes. */
export function bytesField(map: CborMap, key: string, length: number): Uint8Array {
  const value = field(map, key);
  if (!(value instanceof Uint8Array) || value.length !== length) throw new ProtocolError('field-type');
  return value;
}

/** @throws ProtocolError unless `key` holds an integer from 0 to `max`. */
export function uintField(map: CborMap, key: string, max = Number.MAX_SAFE_INTEGER): number {
  const value = field(map, key);
  if (typeof value !== 'number' || value < 0 || value > max) throw new ProtocolError('field-type');
  return value;
}

export function booleanField(map: CborMap, key: string): boolean {
  const value = field(map, key);
  if (typeof value !== 'boolean') throw new ProtocolError('field-type');
  return value;
}

/** Well-formed text of any length: bounds and their error codes belong to the caller. */
export function textField(map: CborMap, key: string): string {
  const value = field(map, key);
  if (typeof value !== 'string') throw new ProtocolError('field-type');
  return value;
}

/** Null where the map says null. */
export function mapOrNullField(map: CborMap, key: string): CborMap | null {
  const value = field(map, key);
  if (value === null) return null;
  if (!isRecord(value)) throw new ProtocolError('field-type');
  return new Map(Object.entries(value));
}

/** A list of at most `max` maps. */
export function mapListField(map: CborMap, key: string, max: number): CborMap[] {
  const value = field(map, key);
  if (!Array.isArray(value) || value.length > max || !value.every(isRecord)) throw new ProtocolError('field-type');
  return value.map((each) => new Map(Object.entries(each)));
}

function field(map: CborMap, key: string): unknown {
  if (!map.has(key)) throw new ProtocolError('field-missing');
  return map.get(key);
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

class StrictTokenizer extends Tokenizer {
  #containers = 0;

  constructor(bytes: Uint8Array) {
    // Not a Buffer: its slices would be views of the whole record.
    super(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), decodeOptions);
  }

  override next(): Token {
    const token = super.next();
    if (Type.equals(token.type, Type.float)) throw new ProtocolError('cbor-not-canonical');
    if (Type.equals(token.type, Type.array) || Type.equals(token.type, Type.map)) this.#countContainer();
    const text = token.byteValue;
    if (text && BYTE_ORDER_MARK.every((byte, i) => text[i] === byte)) token.value = utf8WithMark.decode(text);
    return token;
  }

  #countContainer(): void {
    this.#containers += 1;
    if (this.#containers > CBOR_CONTAINERS) throw new ProtocolError('cbor-too-deep');
  }
}

function requireSafeInteger(value: unknown): null {
  if (!Number.isSafeInteger(value)) throw new Error('CBOR here carries integers within ±(2^53 − 1) only');
  return null;
}
