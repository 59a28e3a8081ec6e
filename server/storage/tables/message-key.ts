// What a message's row is sealed to: all of it that stands in clear and never changes.
import type { ContactRowids } from './contact-rowids.ts';
import { idBytes } from './ids.ts';
import { directions, type MessageRecord } from './message-record.ts';
import type { Row } from './row.ts';

/** @param place in its conversation. */
export function sealKey(
  { contact, direction, id, seq }: Pick<MessageRecord, 'contact' | 'direction' | 'id' | 'seq'>,
  place: number,
): Uint8Array {
  return rowKey(idBytes(contact), directions.indexOf(direction), idBytes(id), seq, place);
}

/** The same of a row as it is stored. @throws StorageError damaged. */
export function storedKey(row: Row, numbers: ContactRowids): Uint8Array {
  const contact = numbers.keyOf(row.number('contact'));
  return rowKey(contact, row.number('direction'), row.bytes('id'), row.number('seq'), row.number('place'));
}

/** contact(16) ‖ direction(u8) ‖ id(16) ‖ seq(f64) ‖ place(f64). */
function rowKey(contact: Uint8Array, direction: number, id: Uint8Array, seq: number, place: number): Uint8Array {
  const key = Buffer.allocUnsafe(contact.length + id.length + 17);
  key.set(contact);
  key[contact.length] = direction;
  key.set(id, contact.length + 1);
  key.writeDoubleBE(seq, key.length - 16);
  key.writeDoubleBE(place, key.length - 8);
  return key;
}
