// Which entry of a conversation is meant (SPEC §6): `{ by: bytes32, id: bytes16 }`. An id alone names none, since each author
// chooses their own.
import { bytesField, type CborMap, type CborRecord } from '../cbor/cbor.ts';
import { KEY_BYTES, MESSAGE_ID_BYTES } from '../limits.ts';

export interface Target {
  /** Identity key of its author, 32 bytes. */
  readonly by: Uint8Array;
  /** 16 bytes. */
  readonly id: Uint8Array;
}

/** @throws ProtocolError. */
export function parseTarget(map: CborMap): Target {
  return { by: bytesField(map, 'by', KEY_BYTES), id: bytesField(map, 'id', MESSAGE_ID_BYTES) };
}

/** @throws Error on a key or an id of another length. */
export function encodeTarget({ by, id }: Target): CborRecord {
  if (by.length !== KEY_BYTES) throw new Error('keys have 32 bytes');
  return { by, id: requireId(id) };
}

/** @throws Error unless it is an id. */
export function requireId(id: Uint8Array): Uint8Array {
  if (id.length !== MESSAGE_ID_BYTES) throw new Error('ids have 16 bytes');
  return id;
}
