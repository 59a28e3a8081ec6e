// The bodies of the records that move files (SPEC §11). What arrives has passed the channel's tag, and is the peer's word.
// `id` is that of the message that offers the file.
import { concat, u64 } from '../../crypto/bytes.ts';
import { ProtocolError } from '../errors.ts';
import { MESSAGE_ID_BYTES } from '../limits.ts';
import { FILE_CHUNK_BYTES, FILE_HASH_BYTES } from './limits.ts';

/** Why a file does not move; the sender and the receiver say the same. */
export const STOP = {
  paused: 0,
  declined: 1,
  cancelled: 2,
  changed: 3,
  gone: 4,
  diskFull: 5,
  cannotWrite: 6,
  damaged: 7,
} as const;

const POSITION_BYTES = 8;

/** "Send from here." */
export interface Want {
  readonly id: Uint8Array;
  /** A multiple of FILE_BLOCK_BYTES, or the size of the file. */
  readonly from: number;
  /** Of the block before it; zeros at 0. */
  readonly hash: Uint8Array;
}

export interface Data {
  readonly id: Uint8Array;
  readonly position: number;
  /** 1 to FILE_CHUNK_BYTES; a view of the record. */
  readonly bytes: Uint8Array;
}

/** "All of it was sent": the hash of its hashes. */
export interface End {
  readonly id: Uint8Array;
  readonly root: Uint8Array;
}

/** "This much is durable on my disk." All of it: and its root is right. */
export interface Got {
  readonly id: Uint8Array;
  readonly position: number;
}

export interface Stop {
  readonly id: Uint8Array;
  /** One of STOP, or a reason of a later version. */
  readonly reason: number;
}

export function encodeWant({ id, from, hash }: Want): Uint8Array {
  return concat(sized(id, MESSAGE_ID_BYTES), position(from), sized(hash, FILE_HASH_BYTES));
}

export function parseWant(body: Uint8Array): Want {
  requireBody(body, MESSAGE_ID_BYTES + POSITION_BYTES + FILE_HASH_BYTES);
  return { id: idOf(body), from: positionOf(body), hash: body.slice(MESSAGE_ID_BYTES + POSITION_BYTES) };
}

export function encodeData({ id, position: at, bytes }: Data): Uint8Array {
  if (bytes.length === 0 || bytes.length > FILE_CHUNK_BYTES) throw new Error('a DATA has 1 to FILE_CHUNK_BYTES bytes');
  return concat(sized(id, MESSAGE_ID_BYTES), position(at), bytes);
}

export function parseData(body: Uint8Array): Data {
  const length = body.length - MESSAGE_ID_BYTES - POSITION_BYTES;
  if (length < 1 || length > FILE_CHUNK_BYTES) throw new ProtocolError('record-length');
  return { id: idOf(body), position: positionOf(body), bytes: body.subarray(MESSAGE_ID_BYTES + POSITION_BYTES) };
}

export function encodeEnd({ id, root }: End): Uint8Array {
  return concat(sized(id, MESSAGE_ID_BYTES), sized(root, FILE_HASH_BYTES));
}

export function parseEnd(body: Uint8Array): End {
  requireBody(body, MESSAGE_ID_BYTES + FILE_HASH_BYTES);
  return { id: idOf(body), root: body.slice(MESSAGE_ID_BYTES) };
}

export function encodeGot({ id, position: at }: Got): Uint8Array {
  return concat(sized(id, MESSAGE_ID_BYTES), position(at));
}

export function parseGot(body: Uint8Array): Got {
  requireBody(body, MESSAGE_ID_BYTES + POSITION_BYTES);
  return { id: idOf(body), position: positionOf(body) };
}

export function encodeStop({ id, reason }: Stop): Uint8Array {
  return concat(sized(id, MESSAGE_ID_BYTES), Uint8Array.of(reason));
}

export function parseStop(body: Uint8Array): Stop {
  requireBody(body, MESSAGE_ID_BYTES + 1);
  return { id: idOf(body), reason: body[MESSAGE_ID_BYTES] ?? 0 };
}

/** "I could send this": where from is the receiver's to say. */
export function encodeReady(id: Uint8Array): Uint8Array {
  return sized(id, MESSAGE_ID_BYTES).slice();
}

export function parseReady(body: Uint8Array): Uint8Array {
  requireBody(body, MESSAGE_ID_BYTES);
  return idOf(body);
}

function idOf(body: Uint8Array): Uint8Array {
  return new Uint8Array(body.subarray(0, MESSAGE_ID_BYTES));
}

/** u64, of which Loom uses what a number holds. */
function position(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error('not a position');
  return u64(value);
}

function positionOf(body: Uint8Array): number {
  const view = new DataView(body.buffer, body.byteOffset + MESSAGE_ID_BYTES, POSITION_BYTES);
  const value = Number(view.getBigUint64(0));
  if (!Number.isSafeInteger(value)) throw new ProtocolError('record-value');
  return value;
}

function requireBody(body: Uint8Array, length: number): void {
  if (body.length !== length) throw new ProtocolError('record-length');
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new Error(`expected ${length} bytes`);
  return bytes;
}
