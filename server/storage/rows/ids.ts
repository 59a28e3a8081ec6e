// Opaque ids: 32 lower-case hex digits outside, 16 bytes in the database.
import { fromHex, toHex } from '../../crypto/bytes.ts';
import type { Row } from './row.ts';

const ID = /^[0-9a-f]{32}$/;

/** @throws Error on anything else: ids are checked where they come in, long before. */
export function idBytes(id: string): Uint8Array {
  if (!ID.test(id)) throw new Error('an id is 32 lower-case hex digits');
  return fromHex(id);
}

export function idOf(row: Row, column: string): string {
  return toHex(row.bytes(column));
}
