// The records that flow in a link (SPEC §3): their types and the bodies of the small ones. What arrives has passed the
// channel's tag, so it is the peer's word, but the peer may be hostile: every body is measured before it is read.
// HELLO, ENVELOPE, PAIR, CHECK, CHECKED and those of files have modules of their own; how records travel is known to frames.ts and link.ts.
import { concat } from '../crypto/bytes.ts';
import { ProtocolError } from './errors.ts';
import { ACK_IDS, MESSAGE_ID_BYTES, PING_BYTES } from './limits.ts';

export interface LinkRecord {
  readonly type: number;
  readonly body: Uint8Array;
}

/** A receiver skips types it does not know. */
export const RECORD = {
  pad: 0,
  hello: 1,
  envelope: 2,
  ack: 3,
  nack: 4,
  ping: 5,
  pong: 6,
  bye: 7,
  typing: 8,
  pair: 9,
  check: 10,
  checked: 11,
  // 12 to 15 are for groups and devices, 21 is for calls.
  want: 16,
  data: 17,
  end: 18,
  got: 19,
  stop: 20,
  room: 22,
  ready: 23,
} as const;

/** Why an envelope was not taken. */
export const NACK = { unknownSession: 1, cannotDecrypt: 2, notAccepted: 3, tooLarge: 4, notNow: 5 } as const;

/** Why a link is closed. */
export const BYE = { goingOffline: 0, duplicateLink: 1, protocolError: 2, busy: 3 } as const;

/** "Stored on my disk." @param ids 1 to ACK_IDS message ids. @throws Error on any other number or size. */
export function encodeAck(ids: readonly Uint8Array[]): Uint8Array {
  if (ids.length === 0 || ids.length > ACK_IDS) throw new Error('an ACK carries 1 to ACK_IDS ids');
  for (const id of ids) requireLength(id, MESSAGE_ID_BYTES);
  return concat(...ids);
}

/** @returns message ids, copied out of the record. */
export function parseAck(body: Uint8Array): Uint8Array[] {
  const count = body.length / MESSAGE_ID_BYTES;
  if (count < 1 || count > ACK_IDS || !Number.isInteger(count)) throw new ProtocolError('record-length');
  const ids: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += MESSAGE_ID_BYTES)
    ids.push(new Uint8Array(body.subarray(at, at + MESSAGE_ID_BYTES)));
  return ids;
}

export interface Nack {
  readonly messageId: Uint8Array;
  /** One of NACK, or a reason of a later version. */
  readonly reason: number;
}

export function encodeNack(messageId: Uint8Array, reason: number): Uint8Array {
  requireLength(messageId, MESSAGE_ID_BYTES);
  return concat(messageId, Uint8Array.of(reason));
}

export function parseNack(body: Uint8Array): Nack {
  const reason = body[MESSAGE_ID_BYTES];
  if (reason === undefined || body.length !== MESSAGE_ID_BYTES + 1) throw new ProtocolError('record-length');
  return { messageId: new Uint8Array(body.subarray(0, MESSAGE_ID_BYTES)), reason };
}

/** PING and PONG: the same 8 bytes, echoed. @returns a copy of the body. */
export function parsePing(body: Uint8Array): Uint8Array {
  if (body.length !== PING_BYTES) throw new ProtocolError('record-length');
  return new Uint8Array(body);
}

export function encodeBye(reason: number): Uint8Array {
  return Uint8Array.of(reason);
}

/** @returns one of BYE, or a reason of a later version. */
export function parseBye(body: Uint8Array): number {
  return parseByte(body);
}

export function encodeTyping(typing: boolean): Uint8Array {
  return Uint8Array.of(typing ? 1 : 0);
}

export function parseTyping(body: Uint8Array): boolean {
  const value = parseByte(body);
  if (value > 1) throw new ProtocolError('record-value');
  return value === 1;
}

/** "There is room again." Says nothing more. */
export function parseRoom(body: Uint8Array): void {
  if (body.length !== 0) throw new ProtocolError('record-length');
}

function parseByte(body: Uint8Array): number {
  const value = body[0];
  if (value === undefined || body.length !== 1) throw new ProtocolError('record-length');
  return value;
}

function requireLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new Error(`expected ${length} bytes`);
}
