// What a link is once its handshake is over (SPEC §3): two ciphers, the stream of records between them, and what the rest
// of the protocol is bound to. It reads one thing at a time, so that the caller decides how much is worked off at once.
import { wipe } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { RecordReader, layOutFlush, openFrame, sealFrames, type FrameReader } from './frames.ts';
import { FRAME_PLAINTEXT_BYTES, PAD_STEP_SMALL, TAG_BYTES } from './limits.ts';
import type { Handshake } from './noise/handshake.ts';
import { CipherState } from './noise/symmetric.ts';
import { RECORD, type LinkRecord } from './records.ts';

/** What the other side may make us hold, bytes: the longest frame and the longest body of a record. */
export interface Longest {
  readonly frame: number;
  readonly record: number;
}

/** A record but PAD, or work that carries nothing. */
export type Received = ({ readonly kind: 'record' } & LinkRecord) | { readonly kind: 'idle' };

const IDLE = { kind: 'idle' } as const;

export class Secured {
  readonly kind = 'secured';
  readonly handshakeHash: Uint8Array;
  readonly exportKey: Uint8Array;
  readonly #sending: CipherState;
  readonly #receiving: CipherState;
  readonly #records = new RecordReader();
  /** The last record was a PAD, as behind every flush. */
  #padded = false;
  /** The last frame was full: what is left of its flush may be short. */
  #full = false;

  /** @param handshake finished; its secrets are wiped. */
  constructor(primitives: Primitives, handshake: Handshake) {
    this.handshakeHash = handshake.handshakeHash;
    const { initiatorToResponder, responderToInitiator, exportKey } = handshake.split();
    const ciphers = [initiatorToResponder, responderToInitiator].map((key) => new CipherState(primitives, key));
    const [ours, theirs] = handshake.role === 'initiator' ? ciphers : ciphers.toReversed();
    if (!ours || !theirs) throw new Error('a direction has no key');
    this.#sending = ours;
    this.#receiving = theirs;
    this.exportKey = exportKey;
  }

  /** @returns null when more bytes are needed. @throws ProtocolError on a bad frame, or a record that is too long. */
  next(input: FrameReader, longest: Longest): Received | null {
    for (;;) {
      const record = this.#records.take(longest.record);
      const sealed = record ? null : input.takeFrame(TAG_BYTES, longest.frame);
      if (!record && !sealed) return null;
      const received = record ? this.#look(record) : sealed && this.#open(sealed);
      if (received) return received;
    }
  }

  /** Wire bytes of these records, padded as one. @throws Error on a body over RECORD_BYTES. */
  flush(records: readonly LinkRecord[]): Uint8Array {
    return sealFrames(this.#sending, layOutFlush(records));
  }

  wipe(): void {
    this.#sending.wipe();
    this.#receiving.wipe();
    wipe(this.exportKey);
  }

  /** One PAD ends a flush; another behind it belongs to no flush. */
  #look({ type, body }: LinkRecord): Received | null {
    const again = this.#padded;
    this.#padded = type === RECORD.pad;
    if (!this.#padded) return { kind: 'record', type, body };
    return again ? IDLE : null;
  }

  /** A frame holds a padded flush, or the last of a long one. */
  #open(sealed: Uint8Array): Received | null {
    const plaintext = openFrame(this.#receiving, sealed);
    this.#records.feed(plaintext);
    const short = plaintext.length < PAD_STEP_SMALL && !this.#full;
    this.#full = plaintext.length === FRAME_PLAINTEXT_BYTES;
    return short ? IDLE : null;
  }
}
