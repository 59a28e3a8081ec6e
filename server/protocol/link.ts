// The channel of one TCP connection (SPEC §3): preamble, Noise handshake, then records both ways. A pure state machine:
// bytes in, events out. It knows no socket, clock or identity; who the proven static key belongs to, HELLO first and
// deadlines are the engine's.
//
//   initiator  idle ──start──▶ handshaking ──message 2──▶ proven ──proceed──▶ secured
//   responder  preamble ──preamble──▶ handshaking ──message 1 / sends 2──▶ handshaking ──message 3──▶ secured
//   either     ──bad bytes──▶ closed before secured; once secured: deaf, so that a BYE may still go out
import { concat, readU16, u16, utf8, wipe } from '../crypto/bytes.ts';
import type { Primitives, X25519KeyPair } from '../crypto/primitives.ts';
import { ProtocolError } from './errors.ts';
import { FrameReader, RecordReader, encodeFrame, layOutFlush, openFrame, sealFrames } from './frames.ts';
import {
  FRAME_BYTES,
  HANDSHAKE_BYTES,
  HELLO_BYTES,
  KEY_BYTES,
  PREAMBLE_BYTES,
  PROTOCOL_VERSION,
  RECORD_BYTES,
  STRANGER_FRAME_BYTES,
  TAG_BYTES,
} from './limits.ts';
import { Handshake, XKHFS, type Role } from './noise/handshake.ts';
import { CipherState } from './noise/symmetric.ts';
import { RECORD, type LinkRecord } from './records.ts';

export type LinkEvent =
  /** To the socket, as is. */
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Initiator only: message 2 held, so the other side holds the static key we dialled. Message 3 is not yet sent. */
  | { readonly kind: 'proven' }
  /** The channel is open in both directions, and the other side holds this static key. */
  | { readonly kind: 'secured'; readonly theirStatic: Uint8Array }
  /** Every record but PAD, unknown types included. The body may be a view of a whole frame: copy what is kept. */
  | { readonly kind: 'record'; readonly type: number; readonly body: Uint8Array };

export interface ResponderOptions {
  readonly primitives: Primitives;
  readonly ourStatic: X25519KeyPair;
  /** For the handshake's keys, see HandshakeOptions. */
  readonly random: (length: number) => Uint8Array;
}

export interface InitiatorOptions extends ResponderOptions {
  /** The X25519 key we dial, 32 bytes. */
  readonly theirStatic: Uint8Array;
}

interface Secured {
  readonly kind: 'secured';
  readonly sending: CipherState;
  readonly receiving: CipherState;
  readonly records: RecordReader;
  readonly handshakeHash: Uint8Array;
  readonly exportKey: Uint8Array;
  /** Bad bytes came: nothing is read any more. */
  deaf: boolean;
}

type State =
  | { readonly kind: 'idle'; readonly handshake: Handshake }
  | { readonly kind: 'preamble' }
  | { readonly kind: 'handshaking'; readonly handshake: Handshake }
  | { readonly kind: 'proven'; readonly handshake: Handshake }
  | Secured
  | { readonly kind: 'closed' };

const TRUSTED = { frame: FRAME_BYTES, record: RECORD_BYTES };
const STRANGER = { frame: STRANGER_FRAME_BYTES, record: HELLO_BYTES };
const NO_PAYLOAD = new Uint8Array(0);
const MAGIC = utf8('LOOM');
const OUR_PREAMBLE = concat(MAGIC, u16(PROTOCOL_VERSION), u16(PROTOCOL_VERSION));
const [MESSAGE_1_BYTES, MESSAGE_2_BYTES, MESSAGE_3_BYTES] = HANDSHAKE_BYTES;

export class Link {
  readonly role: Role;
  readonly #options: ResponderOptions;
  readonly #input = new FrameReader();
  #state: State;
  /** What the other side may make us hold. */
  #longest: { readonly frame: number; readonly record: number };

  private constructor(role: Role, options: ResponderOptions, state: State) {
    this.role = role;
    this.#options = options;
    this.#state = state;
    this.#longest = role === 'initiator' ? TRUSTED : STRANGER;
  }

  static initiator(options: InitiatorOptions): Link {
    if (options.theirStatic.length !== KEY_BYTES) throw new Error('a static key has 32 bytes');
    const handshake = new Handshake('initiator', { ...options, pattern: XKHFS, prologue: OUR_PREAMBLE });
    return new Link('initiator', options, { kind: 'idle', handshake });
  }

  static responder(options: ResponderOptions): Link {
    return new Link('responder', options, { kind: 'preamble' });
  }

  /** h of the finished handshake, 32 bytes, the same on both sides. @throws Error before secured and after close. */
  get handshakeHash(): Uint8Array {
    return this.#secured().handshakeHash;
  }

  /** Third output of the split, 32 secret bytes; wiped by `close`. @throws Error before secured and after close. */
  get exportKey(): Uint8Array {
    return this.#secured().exportKey;
  }

  /** Responder: the other side is known to be a contact, and may send what contacts send. */
  trust(): void {
    this.#longest = TRUSTED;
  }

  /** First thing on a new connection. Initiator: preamble and message 1. Responder: nothing. */
  start(): LinkEvent[] {
    if (this.role === 'responder') return [];
    if (this.#state.kind !== 'idle') throw new Error('the link is started already');
    const { handshake } = this.#state;
    this.#state = { kind: 'handshaking', handshake };
    return [{ kind: 'send', bytes: concat(OUR_PREAMBLE, encodeFrame(this.#writeMessage(handshake))) }];
  }

  /**
   * What came from the socket, in any chunking. @throws ProtocolError on anything bad: no further bytes are looked at
   * then, and of this chunk nothing counts. A secured link can still `flush` a BYE; an unsecured one is closed.
   */
  receive(bytes: Uint8Array): LinkEvent[] {
    if (this.#state.kind === 'closed' || (this.#state.kind === 'secured' && this.#state.deaf)) return [];
    try {
      this.#input.feed(bytes);
      const events: LinkEvent[] = [];
      while (this.#step(events));
      return events;
    } catch (error) {
      if (this.#state.kind === 'secured') this.#state.deaf = true;
      else this.close();
      throw error;
    }
  }

  /** Initiator after `proven`: shows who we are (message 3). What is flushed next may ride in the same packet. */
  proceed(): LinkEvent[] {
    if (this.#state.kind !== 'proven') throw new Error('message 2 has not come');
    const { handshake } = this.#state;
    const bytes = encodeFrame(this.#writeMessage(handshake));
    return [{ kind: 'send', bytes }, this.#secure(handshake)];
  }

  /**
   * Wire bytes of these records, padded as one. Their order is kept; none gives no bytes.
   * @throws Error unless secured, and on a body over RECORD_BYTES.
   */
  flush(records: readonly LinkRecord[]): Uint8Array {
    return sealFrames(this.#secured().sending, layOutFlush(records));
  }

  /** Wipes the keys. Nothing is received or flushed from now on. */
  close(): void {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if (state.kind === 'secured') {
      state.sending.wipe();
      state.receiving.wipe();
      wipe(state.exportKey);
    } else if ('handshake' in state) state.handshake.wipe();
  }

  /** One frame's worth of progress. @returns false when more bytes are needed. */
  #step(events: LinkEvent[]): boolean {
    const state = this.#state;
    switch (state.kind) {
      case 'preamble':
        return this.#readPreamble();
      case 'handshaking':
        return this.role === 'initiator'
          ? this.#readMessage2(state.handshake, events)
          : this.#answer(state.handshake, events);
      case 'secured':
        return this.#readFrame(state, events);
      case 'idle':
      case 'proven':
        // The responder has nothing to say here: XK lets it speak after message 1, and again after message 3.
        if (this.#input.takeBytes(1)) throw new ProtocolError('frame-unexpected');
        return false;
      case 'closed':
        return false;
    }
  }

  #readPreamble(): boolean {
    const preamble = this.#input.takeBytes(PREAMBLE_BYTES);
    if (!preamble) return false;
    requireOurVersion(preamble);
    const handshake = new Handshake('responder', { ...this.#options, pattern: XKHFS, prologue: preamble });
    this.#state = { kind: 'handshaking', handshake };
    return true;
  }

  #readMessage2(handshake: Handshake, events: LinkEvent[]): boolean {
    const message = this.#input.takeFrame(MESSAGE_2_BYTES, MESSAGE_2_BYTES);
    if (!message) return false;
    handshake.readMessage(message);
    this.#state = { kind: 'proven', handshake };
    events.push({ kind: 'proven' });
    return true;
  }

  /** Message 1 is answered with message 2, message 3 opens the channel. */
  #answer(handshake: Handshake, events: LinkEvent[]): boolean {
    const length = handshake.turn === 0 ? MESSAGE_1_BYTES : MESSAGE_3_BYTES;
    const message = this.#input.takeFrame(length, length);
    if (!message) return false;
    handshake.readMessage(message);
    if (handshake.finished) events.push(this.#secure(handshake));
    else events.push({ kind: 'send', bytes: encodeFrame(this.#writeMessage(handshake)) });
    return true;
  }

  #readFrame(state: Secured, events: LinkEvent[]): boolean {
    const sealed = this.#input.takeFrame(TAG_BYTES, this.#longest.frame);
    if (!sealed) return false;
    state.records.feed(openFrame(state.receiving, sealed));
    const { record: longest } = this.#longest;
    for (let record = state.records.take(longest); record; record = state.records.take(longest)) {
      if (record.type !== RECORD.pad) events.push({ kind: 'record', type: record.type, body: record.body });
    }
    return true;
  }

  #writeMessage(handshake: Handshake): Uint8Array {
    return handshake.writeMessage(NO_PAYLOAD);
  }

  #secure(handshake: Handshake): LinkEvent {
    const { handshakeHash, theirStatic } = handshake;
    const { initiatorToResponder, responderToInitiator, exportKey } = handshake.split();
    const [ours, theirs] =
      this.role === 'initiator'
        ? [initiatorToResponder, responderToInitiator]
        : [responderToInitiator, initiatorToResponder];
    const { primitives } = this.#options;
    this.#state = {
      kind: 'secured',
      sending: new CipherState(primitives, ours),
      receiving: new CipherState(primitives, theirs),
      records: new RecordReader(),
      handshakeHash,
      exportKey,
      deaf: false,
    };
    return { kind: 'secured', theirStatic };
  }

  #secured(): Secured {
    if (this.#state.kind !== 'secured') throw new Error(`the link is ${this.#state.kind}`);
    return this.#state;
  }
}

/** "LOOM" ‖ lowest(u16) ‖ highest(u16), our version within. */
function requireOurVersion(preamble: Uint8Array): void {
  if (!MAGIC.every((byte, i) => preamble[i] === byte)) throw new ProtocolError('preamble-malformed');
  const lowest = readU16(preamble, MAGIC.length);
  const highest = readU16(preamble, MAGIC.length + 2);
  if (lowest > highest) throw new ProtocolError('preamble-malformed');
  if (lowest > PROTOCOL_VERSION || highest < PROTOCOL_VERSION) throw new ProtocolError('version-unsupported');
}
