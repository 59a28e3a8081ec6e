// The outer form of a DNS message (RFC 1035 §4.1), walked before dns-packet may read it: counts, lengths and pointers.
// dns-packet believes header counts, follows pointers without limit and reads types we have no use for; after this
// walk it meets none of that.
import { MAX_NAME_BYTES, MAX_PACKET_BYTES, MAX_POINTERS, MAX_QUESTIONS, MAX_RECORDS } from '../limits.ts';

const HEADER_BYTES = 12;
const TYPE = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 } as const;
/** RFC 6895 §3.1: private use. dns-packet keeps such a record as bytes. */
const OPAQUE_TYPE = 0xff00;
/** QR, and an opcode and response code of zero (RFC 6762 §18.3, §18.11). */
const OPCODE_AND_RCODE = 0x780f;

class Malformed extends Error {}

/**
 * @returns a copy of the message that dns-packet can decode at a bounded cost, records of other types than
 * A, AAAA, PTR, SRV and TXT made opaque; null for anything malformed or absurd.
 */
export function checkStructure(bytes: Uint8Array): Buffer | null {
  if (bytes.length < HEADER_BYTES || bytes.length > MAX_PACKET_BYTES) return null;
  const message = Buffer.from(bytes);
  if ((message.readUInt16BE(2) & OPCODE_AND_RCODE) !== 0) return null;
  const questions = message.readUInt16BE(4);
  const records = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  if (questions > MAX_QUESTIONS || records > MAX_RECORDS) return null;
  try {
    let offset = HEADER_BYTES;
    for (let i = 0; i < questions; i += 1) offset = room(message, endOfName(message, offset), 4);
    for (let i = 0; i < records; i += 1) offset = checkRecord(message, offset);
    return message;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** @returns the offset after the record. */
function checkRecord(message: Buffer, offset: number): number {
  const fixed = endOfName(message, offset);
  const data = room(message, fixed, 10);
  const length = message.readUInt16BE(fixed + 8);
  const end = room(message, data, length);
  if (!hasSoundData(message, message.readUInt16BE(fixed), data, end)) throw new Malformed();
  return end;
}

function hasSoundData(message: Buffer, type: number, data: number, end: number): boolean {
  switch (type) {
    case TYPE.A:
      return end - data === 4;
    case TYPE.AAAA:
      return end - data === 16;
    case TYPE.PTR:
      return endOfName(message, data) === end;
    case TYPE.SRV:
      return end - data > 6 && endOfName(message, data + 6) === end;
    case TYPE.TXT:
      return hasSoundStrings(message, data, end);
    default:
      // The type stands ten bytes before the data.
      message.writeUInt16BE(OPAQUE_TYPE, data - 10);
      return true;
  }
}

function hasSoundStrings(message: Buffer, data: number, end: number): boolean {
  let offset = data;
  while (offset < end) offset += 1 + message.readUInt8(offset);
  return offset === end;
}

/** @returns the offset after the name, pointers not followed. Pointers lead back only (RFC 1035 §4.1.4). */
function endOfName(message: Buffer, start: number): number {
  let offset = start;
  let segment = start;
  let end = -1;
  let pointers = 0;
  let total = 0;
  for (;;) {
    room(message, offset, 1);
    const length = message.readUInt8(offset);
    if (length === 0) return end === -1 ? offset + 1 : end;
    if (length < 0x40) {
      total += 1 + length;
      if (total > MAX_NAME_BYTES - 2) throw new Malformed();
      offset = room(message, offset, 1 + length);
      continue;
    }
    if (length < 0xc0) throw new Malformed();
    room(message, offset, 2);
    const target = message.readUInt16BE(offset) & 0x3fff;
    pointers += 1;
    if (target >= segment || target < HEADER_BYTES || pointers > MAX_POINTERS) throw new Malformed();
    if (end === -1) end = offset + 2;
    offset = target;
    segment = target;
  }
}

/** @returns `offset + length`, which lies within the message. */
function room(message: Buffer, offset: number, length: number): number {
  if (offset + length > message.length) throw new Malformed();
  return offset + length;
}
