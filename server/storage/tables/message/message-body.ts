// What is sealed of a message, laid out so that reading fifty of them takes little:
//
//   2(u8) ‖ at(f64) ‖ received at(f64) ‖ missing(f64) ‖ content
//   3(u8) ‖ at(f64) ‖ received at(f64) ‖ missing(f64) ‖ delivered at(f64) ‖ length(u32) ‖ content ‖ what acts made of it
//   4(u8) ‖ life(f64) ‖ until(f64) ‖ 2 or 3, as above
//
// The second where there is more to say, the third around either where it disappears. Earlier Looms wrote CBOR, whose first byte is that of a map; it is read as ever.
import { decode } from 'cborg';
import { encodeFolded, parseFolded } from './folded.ts';
import { bodySchema, type MessageRecord } from './message-record.ts';
import { StorageError } from '../../errors.ts';

export type MessageBody = Pick<
  MessageRecord,
  'at' | 'receivedAt' | 'missing' | 'content' | 'deliveredAt' | 'folded' | 'fading'
>;

const PLAIN = 2;
const FOLDED = 3;
const FADING = 4;
const LIFE = 1;
const UNTIL = 9;
const FADING_REST = 17;
const AT = 1;
const RECEIVED_AT = 9;
const MISSING = 17;
const PLAIN_CONTENT = 25;
const DELIVERED_AT = 25;
const LENGTH = 33;
const FOLDED_CONTENT = 37;

/** A time that is not known, or not there yet. */
const NEVER = 0;
const NOTHING = new Uint8Array(0);

export function encodeBody({ fading, ...rest }: MessageBody): Uint8Array {
  if (!fading) return encodeStaying(rest);
  const inner = encodeStaying(rest);
  const bytes = new Uint8Array(FADING_REST + inner.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = FADING;
  view.setFloat64(LIFE, fading.life);
  view.setFloat64(UNTIL, fading.until ?? NEVER);
  bytes.set(inner, FADING_REST);
  return bytes;
}

function encodeStaying({ at, receivedAt, missing, content, deliveredAt, folded }: MessageBody): Uint8Array {
  const isPlain = deliveredAt === undefined && folded === undefined;
  const acts = folded === undefined ? NOTHING : encodeFolded(folded);
  const start = isPlain ? PLAIN_CONTENT : FOLDED_CONTENT;
  const bytes = new Uint8Array(start + content.length + acts.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = isPlain ? PLAIN : FOLDED;
  view.setFloat64(AT, at);
  view.setFloat64(RECEIVED_AT, receivedAt);
  view.setFloat64(MISSING, missing);
  if (!isPlain) {
    view.setFloat64(DELIVERED_AT, deliveredAt ?? NEVER);
    view.setUint32(LENGTH, content.length);
  }
  bytes.set(content, start);
  bytes.set(acts, start + content.length);
  return bytes;
}

/** @param bytes as they were sealed. @throws StorageError damaged. */
export function parseBody(bytes: Uint8Array): MessageBody {
  if (bytes[0] !== FADING) return parseStaying(bytes);
  if (bytes.length <= FADING_REST) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const until = view.getFloat64(UNTIL);
  const fading = { life: view.getFloat64(LIFE), until: until === NEVER ? null : until };
  return { ...parseStaying(bytes.subarray(FADING_REST)), fading };
}

function parseStaying(bytes: Uint8Array): MessageBody {
  if (bytes[0] === PLAIN) {
    if (bytes.length < PLAIN_CONTENT) throw damaged();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return { ...timesOf(view), content: bytes.slice(PLAIN_CONTENT) };
  }
  return bytes[0] === FOLDED ? parseWithActs(bytes) : parseEarlier(bytes);
}

function parseWithActs(bytes: Uint8Array): MessageBody {
  if (bytes.length < FOLDED_CONTENT) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = FOLDED_CONTENT + view.getUint32(LENGTH);
  if (end > bytes.length) throw damaged();
  const deliveredAt = view.getFloat64(DELIVERED_AT);
  return {
    ...timesOf(view),
    content: bytes.slice(FOLDED_CONTENT, end),
    ...(deliveredAt !== NEVER && { deliveredAt }),
    ...(end < bytes.length && { folded: foldedOf(bytes.subarray(end)) }),
  };
}

function foldedOf(bytes: Uint8Array): NonNullable<MessageBody['folded']> {
  try {
    return parseFolded(bytes);
  } catch {
    throw damaged();
  }
}

function timesOf(view: DataView): Pick<MessageBody, 'at' | 'receivedAt' | 'missing'> {
  return { at: view.getFloat64(AT), receivedAt: view.getFloat64(RECEIVED_AT), missing: view.getFloat64(MISSING) };
}

function parseEarlier(bytes: Uint8Array): MessageBody {
  const body = bodySchema.safeParse(decode(bytes));
  if (!body.success) throw damaged();
  const { at, receivedAt, missing, content } = body.data;
  return { at, receivedAt, missing, content };
}

function damaged(): StorageError {
  return new StorageError('damaged', 'a message is not what was written');
}
