// What is sealed of a message, laid out so that reading fifty of them takes little: 2(u8) ‖ at(f64) ‖ received at(f64) ‖
// missing(f64) ‖ content. Earlier Looms wrote CBOR, whose first byte is that of a map; it is read as ever.
import { decode } from 'cborg';
import { bodySchema, type MessageRecord } from './message-record.ts';
import { StorageError } from '../errors.ts';

export type MessageBody = Pick<MessageRecord, 'at' | 'receivedAt' | 'missing' | 'content'>;

const FORMAT = 2;
const AT = 1;
const RECEIVED_AT = 9;
const MISSING = 17;
const CONTENT = 25;

export function encodeBody({ at, receivedAt, missing, content }: MessageBody): Uint8Array {
  const bytes = new Uint8Array(CONTENT + content.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = FORMAT;
  view.setFloat64(AT, at);
  view.setFloat64(RECEIVED_AT, receivedAt);
  view.setFloat64(MISSING, missing);
  bytes.set(content, CONTENT);
  return bytes;
}

/** @param bytes as they were sealed. @throws StorageError damaged. */
export function parseBody(bytes: Uint8Array): MessageBody {
  if (bytes[0] !== FORMAT) return parseEarlier(bytes);
  if (bytes.length < CONTENT) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    at: view.getFloat64(AT),
    receivedAt: view.getFloat64(RECEIVED_AT),
    missing: view.getFloat64(MISSING),
    content: bytes.slice(CONTENT),
  };
}

function parseEarlier(bytes: Uint8Array): MessageBody {
  const body = bodySchema.safeParse(decode(bytes));
  if (!body.success) throw damaged();
  return body.data;
}

function damaged(): StorageError {
  return new StorageError('damaged', 'a message is not what was written');
}
