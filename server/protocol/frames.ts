// Framing (SPEC §3): length-prefixed frames in a byte stream, and the stream of padded records inside the frames.
// Both directions of the same rules; encryption is left to the cipher handed in, meaning to link.ts and records.ts.
import { readU16, readU32, u16 } from '../crypto/bytes.ts';
import { ByteReader } from './cbor/byte-reader.ts';
import { ProtocolError } from './errors.ts';
import {
  FRAME_PLAINTEXT_BYTES,
  FRAMES_PER_KEY,
  PAD_STEP_LARGE,
  PAD_STEP_SMALL,
  RECORD_BYTES,
  RECORD_HEADER_BYTES,
  TAG_BYTES,
} from './limits.ts';
import type { CipherState } from './noise/symmetric.ts';
import { RECORD, type LinkRecord } from './records.ts';

const LENGTH_BYTES = 2;

/** A Noise message as it goes onto the wire: length(u16) ‖ message. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(LENGTH_BYTES + message.length);
  frame.set(u16(message.length));
  frame.set(message, LENGTH_BYTES);
  return frame;
}

/** Cuts a byte stream into frames. */
export class FrameReader {
  readonly #reader = new ByteReader();
  #length: number | null = null;
  #taken = 0;

  /** Bytes handed out so far, with the lengths of frames. */
  get taken(): number {
    return this.#taken;
  }

  feed(chunk: Uint8Array): void {
    this.#reader.feed(chunk);
  }

  /** Bytes outside any frame: the preamble. */
  takeBytes(length: number): Uint8Array | null {
    const bytes = this.#reader.take(length);
    if (bytes) this.#taken += length;
    return bytes;
  }

  /** The next Noise message, or null until it is complete. @throws ProtocolError as soon as its length is out of bounds. */
  takeFrame(shortest: number, longest: number): Uint8Array | null {
    if (this.#length === null) {
      const prefix = this.#reader.take(LENGTH_BYTES);
      if (!prefix) return null;
      const length = readU16(prefix, 0);
      if (length < shortest || length > longest) throw new ProtocolError('frame-length');
      this.#length = length;
    }
    const message = this.#reader.take(this.#length);
    if (!message) return null;
    this.#taken += LENGTH_BYTES + message.length;
    this.#length = null;
    return message;
  }
}

/** Cuts the joined plaintexts of one direction into records. */
export class RecordReader {
  readonly #reader = new ByteReader();
  #header: { readonly type: number; readonly length: number } | null = null;

  feed(plaintext: Uint8Array): void {
    this.#reader.feed(plaintext);
  }

  /** The next record, PAD included, or null until it is complete. @throws ProtocolError on one over `longest`. */
  take(longest = RECORD_BYTES): LinkRecord | null {
    this.#header ??= this.#takeHeader(longest);
    if (!this.#header) return null;
    const { type, length } = this.#header;
    const body = this.#reader.take(length);
    if (!body) return null;
    this.#header = null;
    return { type, body };
  }

  #takeHeader(longest: number): { readonly type: number; readonly length: number } | null {
    const header = this.#reader.take(RECORD_HEADER_BYTES);
    if (!header) return null;
    const length = readU32(header, 1);
    if (length > longest) throw new ProtocolError('record-too-large');
    return { type: header[0] ?? 0, length };
  }
}

/** Records one behind the other, filled up with one PAD. @throws Error on a record that may not be sent. */
export function layOutFlush(records: readonly LinkRecord[]): Uint8Array {
  let length = 0;
  for (const { body } of records) length += RECORD_HEADER_BYTES + body.length;
  const plaintext = new Uint8Array(paddedLength(length));
  const view = new DataView(plaintext.buffer);
  let at = 0;
  for (const { type, body } of records) {
    if (body.length > RECORD_BYTES) throw new Error('a record over RECORD_BYTES');
    at = putHeader(view, at, type, body.length);
    plaintext.set(body, at);
    at += body.length;
  }
  if (at < plaintext.length) putHeader(view, at, RECORD.pad, plaintext.length - at - RECORD_HEADER_BYTES);
  return plaintext;
}

/**
 * The next multiple of the step that leaves nothing over or room for a PAD header. The step is that of the result:
 * no flush over 4,096 bytes is anything but a multiple of 4,096.
 */
export function paddedLength(length: number): number {
  const small = nextMultiple(length, PAD_STEP_SMALL);
  return small <= PAD_STEP_LARGE ? small : nextMultiple(length, PAD_STEP_LARGE);
}

function nextMultiple(length: number, step: number): number {
  const padded = Math.ceil(length / step) * step;
  const left = padded - length;
  return left > 0 && left < RECORD_HEADER_BYTES ? padded + step : padded;
}

function putHeader(view: DataView, at: number, type: number, length: number): number {
  view.setUint8(at, type);
  view.setUint32(at + 1, length);
  return at + RECORD_HEADER_BYTES;
}

/** Cuts, seals and prefixes a flush. @returns wire bytes. */
export function sealFrames(cipher: CipherState, plaintext: Uint8Array): Uint8Array {
  const count = Math.ceil(plaintext.length / FRAME_PLAINTEXT_BYTES);
  const wire = new Uint8Array(plaintext.length + count * (LENGTH_BYTES + TAG_BYTES));
  let at = 0;
  for (let start = 0; start < plaintext.length; start += FRAME_PLAINTEXT_BYTES) {
    const sealed = cipher.encrypt(plaintext.subarray(start, start + FRAME_PLAINTEXT_BYTES));
    rekeyWhenDue(cipher);
    wire.set(u16(sealed.length), at);
    wire.set(sealed, at + LENGTH_BYTES);
    at += LENGTH_BYTES + sealed.length;
  }
  return wire;
}

/** @returns the plaintext. @throws ProtocolError, with the cipher unmoved, when the tag does not hold. */
export function openFrame(cipher: CipherState, sealed: Uint8Array): Uint8Array {
  const plaintext = cipher.decrypt(sealed);
  if (!plaintext) throw new ProtocolError('frame-tag');
  rekeyWhenDue(cipher);
  return plaintext;
}

function rekeyWhenDue(cipher: CipherState): void {
  if (cipher.count % FRAMES_PER_KEY === 0) cipher.rekey();
}
