// What a message is sealed to: all of it that stands in clear and never changes.
import { idBytes } from './ids.ts';
import { directions, type MessageRecord } from './message-record.ts';

type Fixed = Pick<MessageRecord, 'contact' | 'direction' | 'id' | 'seq'>;

export function sealKey({ contact, direction, id, seq }: Fixed, place: number): Uint8Array {
  return rowKey(idBytes(contact), directions.indexOf(direction), idBytes(id), seq, place);
}

/** contact(16) ‖ direction(u8) ‖ id(16) ‖ seq(f64) ‖ place(f64). */
export function rowKey(contact: Uint8Array, direction: number, id: Uint8Array, seq: number, place: number): Uint8Array {
  const key = Buffer.allocUnsafe(contact.length + id.length + 17);
  key.set(contact);
  key[contact.length] = direction;
  key.set(id, contact.length + 1);
  key.writeDoubleBE(seq, key.length - 16);
  key.writeDoubleBE(place, key.length - 8);
  return key;
}
