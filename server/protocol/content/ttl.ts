// How long what was said is there.
import { uintField, type CborMap } from '../cbor/cbor.ts';
import { ProtocolError } from '../errors.ts';
import { TTL_SECONDS } from '../limits.ts';

/** @returns seconds, 1 to TTL_SECONDS. @throws ProtocolError. */
export function ttlField(map: CborMap): number {
  const ttl = uintField(map, 'ttl', TTL_SECONDS);
  if (ttl === 0) throw new ProtocolError('field-type');
  return ttl;
}

/** @param ttl seconds; undefined: it stays. @throws Error on one that is out of bounds. */
export function requireTtl(ttl: number | undefined): number | undefined {
  if (ttl !== undefined && (ttl < 1 || ttl > TTL_SECONDS)) throw new Error('a life has 1 to TTL_SECONDS seconds');
  return ttl;
}
