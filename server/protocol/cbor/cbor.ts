// CBOR as Loom speaks it: RFC 8949 in the core deterministic encoding (§4.2.1), read strictly. One item, nothing behind
// it; maps with text keys, none twice; valid UTF-8; integers within ±(2^53 − 1). No floats, tags, undefined or other simple
// values: nothing here needs them, and each has more than one spelling. Which keys a map must have is known to the
// readers, which ignore the rest.
import { readCbor, type CborMap } from './cbor-reader.ts';
import { writeCbor, type CborValue } from './cbor-writer.ts';
import { ProtocolError } from '../errors.ts';

export type { CborMap } from './cbor-reader.ts';
export type { CborRecord, CborValue } from './cbor-writer.ts';

/** Deterministic encoding. @throws Error on a number that is not a safe integer. */
export function encodeCbor(value: CborValue): Uint8Array {
  return writeCbor(value);
}

/** Decodes exactly one map. @throws ProtocolError on anything but its one canonical encoding. */
export function parseCborMap(bytes: Uint8Array): CborMap {
  const value = readCbor(bytes);
  if (!isMap(value)) throw new ProtocolError('field-type');
  return value;
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
  if (!isMap(value)) throw new ProtocolError('field-type');
  return value;
}

export function mapField(map: CborMap, key: string): CborMap {
  const value = field(map, key);
  if (!isMap(value)) throw new ProtocolError('field-type');
  return value;
}

/** Undefined where the map has no such key. */
export function optional<T>(map: CborMap, key: string, read: (map: CborMap, key: string) => T): T | undefined {
  return map.has(key) ? read(map, key) : undefined;
}

/** A list of any length, each of its values `length` bytes. */
export function bytesListField(map: CborMap, key: string, length: number): Uint8Array[] {
  const value = field(map, key);
  if (!Array.isArray(value)) throw new ProtocolError('field-type');
  return value.map((item: unknown) => {
    if (!(item instanceof Uint8Array) || item.length !== length) throw new ProtocolError('field-type');
    return item;
  });
}

/** A list of at most `max` maps. */
export function mapListField(map: CborMap, key: string, max: number): CborMap[] {
  const value = field(map, key);
  if (!Array.isArray(value) || value.length > max || !value.every(isMap)) throw new ProtocolError('field-type');
  return value;
}

function field(map: CborMap, key: string): unknown {
  if (!map.has(key)) throw new ProtocolError('field-missing');
  return map.get(key);
}

function isMap(value: unknown): value is CborMap {
  return value instanceof Map;
}
