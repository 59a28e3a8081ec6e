// A session as bytes, for the database: the whole state, written anew with every message. Parsing is strict, there is
// one encoding of a state. No checksum: the storage seals what it keeps, so a damaged row never gets here; what gets
// here anyway and is impossible is refused, so that nothing later has to doubt it. Format 1, integers big-endian:
//
//   1(u8) ‖ kind(u8: 0 awaiting, 1 turning) ‖ session id(16) ‖ sent(u48) ‖ received(u48) ‖ root key(32) ‖
//   our ratchet scalar(32) ‖ our ratchet key(32) ‖ sending chain key(32) ‖ n(u32) ‖ pn(u32)
//   and when turning ‖ their ratchet key(32) ‖ receiving chain key(32) ‖ n(u32) ‖ kept chains(u8) ‖ per chain, oldest
//   first: ratchet key(32) ‖ keys(u16) ‖ keys × { n(u32) ‖ kept at(u48, Unix ms) ‖ message key(32) }, n ascending
//
// At the bounds (5 chains, 2,000 keys) that is 84,405 bytes.
import { Buffer } from 'node:buffer';
import { equal, u16, wipe, writeU32 } from '../crypto/bytes.ts';
import { ProtocolError } from './errors.ts';
import { KEY_BYTES, RECEIVING_CHAINS, SESSION_ID_BYTES, SKIPPED_KEYS } from './limits.ts';
import { CHAIN_END, ChainKey } from './ratchet/chain-key.ts';
import { RatchetKey } from './ratchet/ratchet-key.ts';
import type { RatchetState } from './ratchet/ratchet.ts';
import { RootKey } from './ratchet/root-key.ts';
import { type KeptChain, SKIPPED_RECORD_BYTES, SkippedKeys } from './ratchet/skipped-keys.ts';

export interface SessionState {
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly sent: number;
  readonly received: number;
  readonly ratchet: RatchetState;
}

const FORMAT = 1;
/** So that there is room for one more. */
const LAST_COUNT = 2 ** 48 - 1;
const AWAITING = 0;
const TURNING = 1;

const ID_AT = 2;
const SENT_AT = ID_AT + SESSION_ID_BYTES;
const RECEIVED_AT = SENT_AT + 6;
const ROOT_AT = RECEIVED_AT + 6;
const SCALAR_AT = ROOT_AT + KEY_BYTES;
const OURS_AT = SCALAR_AT + KEY_BYTES;
const SENDING_AT = OURS_AT + KEY_BYTES;
const SENDING_N_AT = SENDING_AT + KEY_BYTES;
const SENDING_PN_AT = SENDING_N_AT + 4;
const AWAITING_BYTES = SENDING_PN_AT + 4;
const THEIRS_AT = AWAITING_BYTES;
const RECEIVING_AT = THEIRS_AT + KEY_BYTES;
const RECEIVING_N_AT = RECEIVING_AT + KEY_BYTES;
const CHAINS_AT = RECEIVING_N_AT + 4;
const TURNING_BYTES = CHAINS_AT + 1;
const CHAIN_HEADER_BYTES = KEY_BYTES + 2;

export function encodeState({ id, sent, received, ratchet }: SessionState): Uint8Array {
  const bytes = new Uint8Array(lengthOf(ratchet));
  const { root, sending } = ratchet;
  bytes[0] = FORMAT;
  bytes[1] = ratchet.kind === 'turning' ? TURNING : AWAITING;
  bytes.set(id, ID_AT);
  writeU48(bytes, SENT_AT, sent);
  writeU48(bytes, RECEIVED_AT, received);
  bytes.set(root.bytes, ROOT_AT);
  bytes.set(sending.ours.scalar, SCALAR_AT);
  bytes.set(sending.ours.publicKey, OURS_AT);
  bytes.set(sending.chain.bytes, SENDING_AT);
  writeU32(bytes, SENDING_N_AT, sending.chain.index);
  writeU32(bytes, SENDING_PN_AT, sending.previous);
  if (ratchet.kind === 'awaiting') return bytes;
  const { receiving, skipped } = ratchet;
  bytes.set(receiving.theirs, THEIRS_AT);
  bytes.set(receiving.chain.bytes, RECEIVING_AT);
  writeU32(bytes, RECEIVING_N_AT, receiving.chain.index);
  bytes[CHAINS_AT] = skipped.chains.length;
  let at = TURNING_BYTES;
  for (const { ratchetKey, table } of skipped.chains) {
    bytes.set(ratchetKey, at);
    bytes.set(u16(table.length / SKIPPED_RECORD_BYTES), at + KEY_BYTES);
    bytes.set(table, at + CHAIN_HEADER_BYTES);
    at += CHAIN_HEADER_BYTES + table.length;
  }
  return bytes;
}

/** @throws ProtocolError `session-state` on anything that `encodeState` does not write. */
export function parseState(state: Uint8Array): SessionState {
  const bytes = new Uint8Array(state); // a copy, and no Buffer, whose `slice` is none
  try {
    return readState(bytes);
  } finally {
    wipe(bytes);
  }
}

/** Whatever it gives is cut out as a copy. */
function readState(bytes: Uint8Array): SessionState {
  demand(bytes.length >= AWAITING_BYTES && bytes[0] === FORMAT);
  const buffer = asBuffer(bytes);
  const ours = new RatchetKey({ scalar: cut(bytes, SCALAR_AT), publicKey: cut(bytes, OURS_AT) });
  const chain = new ChainKey(cut(bytes, SENDING_AT), buffer.readUInt32BE(SENDING_N_AT));
  const sending = { ours, chain, previous: buffer.readUInt32BE(SENDING_PN_AT) };
  const root = new RootKey(cut(bytes, ROOT_AT));
  const id = bytes.slice(ID_AT, SENT_AT);
  const sent = buffer.readUIntBE(SENT_AT, 6);
  const received = buffer.readUIntBE(RECEIVED_AT, 6);
  demand(chain.index + sending.previous <= sent && chain.index < CHAIN_END);
  demand(sent < LAST_COUNT && received < LAST_COUNT);
  if (bytes[1] === AWAITING) {
    demand(bytes.length === AWAITING_BYTES && received === 0 && sending.previous === 0 && chain.index === sent);
    return { id, sent, received, ratchet: { kind: 'awaiting', root, sending } };
  }
  demand(bytes.length >= TURNING_BYTES && bytes[1] === TURNING);
  const theirs = cut(bytes, THEIRS_AT);
  const receiving = { theirs, chain: new ChainKey(cut(bytes, RECEIVING_AT), buffer.readUInt32BE(RECEIVING_N_AT)) };
  const skipped = parseSkipped(bytes, theirs, receiving.chain.index);
  return { id, sent, received, ratchet: { kind: 'turning', root, sending, receiving, skipped } };
}

/** @param current the ratchet key of the chain they are on. @param next the number of the next message on it. */
function parseSkipped(bytes: Uint8Array, current: Uint8Array, next: number): SkippedKeys {
  const chains: KeptChain[] = [];
  let closed = 0;
  let at = TURNING_BYTES;
  for (let left = bytes[CHAINS_AT] ?? 0; left > 0; left -= 1) {
    const chain = parseChain(bytes, at);
    const isCurrent = equal(chain.ratchetKey, current);
    demand(!isCurrent || left === 1); // the newest
    demandAscending(chain.table, isCurrent ? next : Infinity);
    demand(!chains.some(({ ratchetKey }) => equal(ratchetKey, chain.ratchetKey)));
    chains.push(chain);
    if (!isCurrent) closed += 1;
    at += CHAIN_HEADER_BYTES + chain.table.length;
  }
  demand(at === bytes.length && closed < RECEIVING_CHAINS);
  if (chains.length === 0) return SkippedKeys.none;
  const skipped = new SkippedKeys(chains);
  demand(skipped.size <= SKIPPED_KEYS);
  return skipped;
}

function parseChain(bytes: Uint8Array, at: number): KeptChain {
  const start = at + CHAIN_HEADER_BYTES;
  demand(bytes.length >= start);
  const length = asBuffer(bytes).readUInt16BE(at + KEY_BYTES) * SKIPPED_RECORD_BYTES;
  const table = bytes.slice(start, start + length);
  demand(length > 0 && table.length === length);
  return { ratchetKey: cut(bytes, at), table };
}

/** Numbers in ascending order, all under `end`. */
function demandAscending(table: Uint8Array, end: number): void {
  const buffer = asBuffer(table);
  let before = -1;
  for (let at = 0; at < table.length; at += SKIPPED_RECORD_BYTES) {
    const n = buffer.readUInt32BE(at);
    demand(n > before && n < end);
    before = n;
  }
}

function lengthOf(ratchet: RatchetState): number {
  if (ratchet.kind === 'awaiting') return AWAITING_BYTES;
  const { chains, size } = ratchet.skipped;
  return TURNING_BYTES + chains.length * CHAIN_HEADER_BYTES + size * SKIPPED_RECORD_BYTES;
}

function cut(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.slice(at, at + KEY_BYTES);
}

function writeU48(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  bytes[at] = high >>> 8;
  bytes[at + 1] = high;
  writeU32(bytes, at + 2, value);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function demand(isPossible: boolean): asserts isPossible {
  if (!isPossible) throw new ProtocolError('session-state');
}
