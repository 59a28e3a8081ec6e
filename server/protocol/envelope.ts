// The ENVELOPE record (SPEC §3, §4): where an encrypted message says which session and which step of the ratchet it
// belongs to. Layout only; what the fields mean and whether the ciphertext holds is known to the session.
import { readU32, writeU32 } from '../crypto/bytes.ts';
import { ProtocolError } from './errors.ts';
import {
  ENVELOPE_HEADER_BYTES,
  KEY_BYTES,
  MESSAGE_ID_BYTES,
  RECORD_BYTES,
  SALT_BYTES,
  SESSION_ID_BYTES,
  TAG_BYTES,
} from './limits.ts';

export interface EnvelopeHeader {
  /** 16 bytes. */
  readonly sessionId: Uint8Array;
  /** 16 bytes. */
  readonly messageId: Uint8Array;
  /** The sender's X25519 ratchet key, 32 bytes. */
  readonly ratchetKey: Uint8Array;
  /** Messages in the sender's previous sending chain, u32. */
  readonly pn: number;
  /** Number of this message in its chain, from 0, u32. */
  readonly n: number;
  /** 16 bytes. */
  readonly salt: Uint8Array;
}

export interface Envelope extends EnvelopeHeader {
  /** ChaCha20-Poly1305 ciphertext ‖ tag. */
  readonly ciphertext: Uint8Array;
}

const MESSAGE_ID_AT = SESSION_ID_BYTES;
const RATCHET_KEY_AT = MESSAGE_ID_AT + MESSAGE_ID_BYTES;
const PN_AT = RATCHET_KEY_AT + KEY_BYTES;
const N_AT = PN_AT + 4;
const SALT_AT = N_AT + 4;

/** Everything behind the session id and before the ciphertext: the associated data ends with the same bytes (SPEC §4). */
export const STEP_BYTES = ENVELOPE_HEADER_BYTES - SESSION_ID_BYTES;

/** Writes `STEP_BYTES` bytes. */
export function putStep(bytes: Uint8Array, at: number, { messageId, ratchetKey, pn, n, salt }: EnvelopeHeader): void {
  const start = at - MESSAGE_ID_AT;
  bytes.set(messageId, at);
  bytes.set(ratchetKey, start + RATCHET_KEY_AT);
  writeU32(bytes, start + PN_AT, pn);
  writeU32(bytes, start + N_AT, n);
  bytes.set(salt, start + SALT_AT);
}

/** @throws Error on fields of the wrong size or an envelope that fits no record. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const { sessionId, messageId, ratchetKey, salt, ciphertext } = envelope;
  const length = ENVELOPE_HEADER_BYTES + ciphertext.length;
  const sizesHold =
    sessionId.length === SESSION_ID_BYTES &&
    messageId.length === MESSAGE_ID_BYTES &&
    ratchetKey.length === KEY_BYTES &&
    salt.length === SALT_BYTES &&
    isEnvelopeLength(length);
  if (!sizesHold) throw new Error('an envelope field has the wrong size');
  const bytes = new Uint8Array(length);
  bytes.set(sessionId);
  putStep(bytes, MESSAGE_ID_AT, envelope);
  bytes.set(ciphertext, ENVELOPE_HEADER_BYTES);
  return bytes;
}

/** @returns fields copied out of the record; the ciphertext is a view of it. */
export function parseEnvelope(body: Uint8Array): Envelope {
  if (!isEnvelopeLength(body.length)) throw new ProtocolError('envelope-length');
  return {
    sessionId: copy(body, 0, MESSAGE_ID_AT),
    messageId: copy(body, MESSAGE_ID_AT, RATCHET_KEY_AT),
    ratchetKey: copy(body, RATCHET_KEY_AT, PN_AT),
    pn: readU32(body, PN_AT),
    n: readU32(body, N_AT),
    salt: copy(body, SALT_AT, ENVELOPE_HEADER_BYTES),
    ciphertext: body.subarray(ENVELOPE_HEADER_BYTES),
  };
}

function isEnvelopeLength(length: number): boolean {
  return length >= ENVELOPE_HEADER_BYTES + TAG_BYTES && length <= RECORD_BYTES;
}

/** Not `slice`, which of a Buffer is no copy. */
function copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}
