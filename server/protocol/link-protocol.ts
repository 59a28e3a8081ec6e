// The channel of one TCP connection (SPEC §3): preamble, Noise handshake, then records both ways. A pure state machine:
// bytes in, events out. It knows no socket, clock or identity; who the proven static key belongs to, HELLO first and
// deadlines are the engine's.
//
//   initiator  idle ──start──▶ hailing ──answer / 1──▶ handshaking ──message 2──▶ proven ──proceed / 3──▶ secured
//   responder  preamble ──preamble / answer──▶ listening ──message 1──▶ called ──answer / 2──▶ handshaking ──3──▶ secured
//   either     ──bad bytes──▶ closed before secured; once secured: deaf, so that a BYE may still go out
import { concat, readU16, u16 } from '../crypto/bytes.ts';
import { parseStaticPublicKey, type StaticPublicKey } from '../crypto/keys.ts';
import type { Primitives, X25519KeyPair } from '../crypto/primitives.ts';
import { ProtocolError } from './errors.ts';
import { FrameReader, encodeFrame } from './frames.ts';
import {
  ANSWER_BYTES,
  FRAME_BYTES,
  FRESHNESS_BYTES,
  HANDSHAKE_BYTES,
  HELLO_BYTES,
  KEY_BYTES,
  PREAMBLE_BYTES,
  PROTOCOL_VERSION,
  RECORD_BYTES,
  STRANGER_FRAME_BYTES,
} from './limits.ts';
import { Handshake, XKHFS, type Role } from './noise/handshake.ts';
import { preambleFor, readPurpose, type LinkPurpose } from './preamble.ts';
import type { LinkRecord } from './records.ts';
import { Secured, type Longest, type Received } from './secured.ts';

export type LinkEvent =
  /** To the socket, as is. */
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Responder only: message 1 is here, and nothing was computed for it yet. `answer` opens it. */
  | { readonly kind: 'called' }
  /** Initiator only: message 2 held, so the other side holds the static key we dialled. Message 3 is not yet sent. */
  | { readonly kind: 'proven' }
  /** The channel is open in both directions, and the other side holds this static key. */
  | { readonly kind: 'secured'; readonly theirStatic: StaticPublicKey }
  /**
   * `record`: every record but PAD, unknown types included; the body may be a view of a whole frame: copy what is kept.
   * `idle`: work that carries nothing, a PAD behind a PAD or a frame too short for a flush.
   */
  | Received;

export interface ResponderOptions {
  readonly primitives: Primitives;
  readonly ourStatic: X25519KeyPair;
  /** For the responder's freshness first, then for the handshake's keys, see HandshakeOptions. */
  readonly random: (length: number) => Uint8Array;
}

export interface InitiatorOptions extends ResponderOptions {
  /** The key we dial. */
  readonly theirStatic: StaticPublicKey;
  /** Left out: chat. */
  readonly purpose?: LinkPurpose;
}

type State =
  | { readonly kind: 'idle'; readonly theirStatic: StaticPublicKey }
  | { readonly kind: 'hailing'; readonly theirStatic: StaticPublicKey }
  | { readonly kind: 'preamble' }
  | { readonly kind: 'listening'; readonly prologue: Uint8Array }
  | { readonly kind: 'called'; readonly prologue: Uint8Array; readonly message: Uint8Array }
  | { readonly kind: 'handshaking'; readonly handshake: Handshake }
  | { readonly kind: 'proven'; readonly handshake: Handshake }
  | Secured
  | { readonly kind: 'deaf'; readonly secured: Secured }
  | { readonly kind: 'closed' };

const TRUSTED: Longest = { frame: FRAME_BYTES, record: RECORD_BYTES };
const STRANGER: Longest = { frame: STRANGER_FRAME_BYTES, record: HELLO_BYTES };
const NO_PAYLOAD = new Uint8Array(0);
const [MESSAGE_1_BYTES, MESSAGE_2_BYTES, MESSAGE_3_BYTES] = HANDSHAKE_BYTES;

export class LinkProtocol {
  readonly role: Role;
  readonly #options: ResponderOptions;
  readonly #input = new FrameReader();
  #state: State;
  #longest: Longest;
  #purpose: LinkPurpose;

  private constructor(role: Role, options: ResponderOptions, state: State, purpose: LinkPurpose) {
    this.role = role;
    this.#purpose = purpose;
    this.#options = options;
    this.#state = state;
    this.#longest = role === 'initiator' ? TRUSTED : STRANGER;
  }

  static initiator(options: InitiatorOptions): LinkProtocol {
    const { theirStatic } = options;
    if (theirStatic.length !== KEY_BYTES) throw new Error('a static key has 32 bytes');
    return new LinkProtocol('initiator', options, { kind: 'idle', theirStatic }, options.purpose ?? 'chat');
  }

  static responder(options: ResponderOptions): LinkProtocol {
    return new LinkProtocol('responder', options, { kind: 'preamble' }, 'chat');
  }

  /** Responder: as the preamble says, once that is here. */
  get purpose(): LinkPurpose {
    return this.#purpose;
  }

  /** h of the finished handshake, 32 bytes, the same on both sides. @throws Error before secured and after close. */
  get handshakeHash(): Uint8Array {
    return this.#secured().handshakeHash;
  }

  /** Third output of the split, 32 secret bytes; wiped by `close`. @throws Error before secured and after close. */
  get exportKey(): Uint8Array {
    return this.#secured().exportKey;
  }

  /** Bytes of the other side that were read so far, whole frames alone. */
  get bytesRead(): number {
    return this.#input.taken;
  }

  /** Responder: the other side is known to be a contact, and may send what contacts send. */
  trust(): void {
    this.#longest = TRUSTED;
  }

  /** First thing on a new connection. Initiator: the preamble. Responder: nothing. */
  start(): LinkEvent[] {
    if (this.role === 'responder') return [];
    if (this.#state.kind !== 'idle') throw new Error('the link is started already');
    this.#state = { ...this.#state, kind: 'hailing' };
    return [{ kind: 'send', bytes: preambleFor(this.#purpose) }];
  }

  /** What came from the socket, in any chunking. Only after `next` has answered null. */
  feed(bytes: Uint8Array): void {
    if (this.#hears) this.#input.feed(bytes);
  }

  /**
   * The next thing that the bytes fed so far come to, null when more are needed.
   * @throws ProtocolError on anything bad: no further bytes are looked at then. A secured link can still `flush` a BYE;
   * an unsecured one is closed.
   */
  next(): LinkEvent | null {
    return this.#hears ? this.#guarded(() => this.#step()) : null;
  }

  /** `feed`, and then all there is. @throws ProtocolError like `next`; of this chunk nothing counts then. */
  receive(bytes: Uint8Array): LinkEvent[] {
    this.feed(bytes);
    const events: LinkEvent[] = [];
    for (let event = this.next(); event; event = this.next()) events.push(event);
    return events;
  }

  /** Responder after `called`: message 2. @throws ProtocolError, closed, when message 1 was made for another key or link. */
  answer(): LinkEvent[] {
    const state = this.#state;
    if (state.kind !== 'called') throw new Error('message 1 has not come');
    return this.#guarded(() => {
      const handshake = new Handshake('responder', { ...this.#options, pattern: XKHFS, prologue: state.prologue });
      this.#state = { kind: 'handshaking', handshake };
      handshake.readMessage(state.message);
      return [writeMessage(handshake)];
    });
  }

  /** Initiator after `proven`: shows who we are (message 3). What is flushed next may ride in the same packet. */
  proceed(): LinkEvent[] {
    if (this.#state.kind !== 'proven') throw new Error('message 2 has not come');
    const { handshake } = this.#state;
    return [writeMessage(handshake), this.#secure(handshake)];
  }

  /**
   * Wire bytes of these records, padded as one. Their order is kept; none gives no bytes.
   * @throws Error unless secured, and on a body over RECORD_BYTES.
   */
  flush(records: readonly LinkRecord[]): Uint8Array {
    return this.#secured().flush(records);
  }

  /** Wipes the keys. Nothing is received or flushed from now on. */
  close(): void {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if (state.kind === 'secured') state.wipe();
    else if (state.kind === 'deaf') state.secured.wipe();
    else if ('handshake' in state) state.handshake.wipe();
  }

  get #hears(): boolean {
    return this.#state.kind !== 'closed' && this.#state.kind !== 'deaf';
  }

  #guarded<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (this.#state.kind === 'secured') this.#state = { kind: 'deaf', secured: this.#state };
      else this.close();
      throw error;
    }
  }

  #step(): LinkEvent | null {
    const state = this.#state;
    switch (state.kind) {
      case 'hailing':
        return this.#readAnswer(state.theirStatic);
      case 'preamble':
        return this.#readPreamble();
      case 'listening':
        return this.#readMessage1(state.prologue);
      case 'handshaking':
        return this.role === 'initiator' ? this.#readMessage2(state.handshake) : this.#readMessage3(state.handshake);
      case 'secured':
        return state.next(this.#input, this.#longest);
      default:
        // One side has nothing to say here: XK gives each its turn.
        if (this.#input.takeBytes(1)) throw new ProtocolError('frame-unexpected');
        return null;
    }
  }

  #readPreamble(): LinkEvent | null {
    const preamble = this.#input.takeBytes(PREAMBLE_BYTES);
    if (!preamble) return null;
    this.#purpose = readPurpose(preamble);
    const answer = concat(u16(PROTOCOL_VERSION), this.#options.random(FRESHNESS_BYTES));
    this.#state = { kind: 'listening', prologue: concat(preamble, answer) };
    return { kind: 'send', bytes: answer };
  }

  /** The initiator's last moment to leave without having said anything of whom it means to reach. */
  #readAnswer(theirStatic: StaticPublicKey): LinkEvent | null {
    const answer = this.#input.takeBytes(ANSWER_BYTES);
    if (!answer) return null;
    if (readU16(answer, 0) !== PROTOCOL_VERSION) throw new ProtocolError('version-unsupported');
    const prologue = concat(preambleFor(this.#purpose), answer);
    const handshake = new Handshake('initiator', { ...this.#options, theirStatic, pattern: XKHFS, prologue });
    this.#state = { kind: 'handshaking', handshake };
    return writeMessage(handshake);
  }

  #readMessage1(prologue: Uint8Array): LinkEvent | null {
    const message = this.#input.takeFrame(MESSAGE_1_BYTES, MESSAGE_1_BYTES);
    if (!message) return null;
    this.#state = { kind: 'called', prologue, message };
    return { kind: 'called' };
  }

  #readMessage2(handshake: Handshake): LinkEvent | null {
    const message = this.#input.takeFrame(MESSAGE_2_BYTES, MESSAGE_2_BYTES);
    if (!message) return null;
    handshake.readMessage(message);
    this.#state = { kind: 'proven', handshake };
    return { kind: 'proven' };
  }

  #readMessage3(handshake: Handshake): LinkEvent | null {
    const message = this.#input.takeFrame(MESSAGE_3_BYTES, MESSAGE_3_BYTES);
    if (!message) return null;
    handshake.readMessage(message);
    return this.#secure(handshake);
  }

  #secure(handshake: Handshake): LinkEvent {
    const theirStatic = parseStaticPublicKey(handshake.theirStatic);
    // No agreement with one of low order would have come about before.
    if (!theirStatic) throw new ProtocolError('handshake-failed');
    this.#state = new Secured(this.#options.primitives, handshake);
    return { kind: 'secured', theirStatic };
  }

  /** A deaf link still speaks. */
  #secured(): Secured {
    const state = this.#state;
    if (state.kind === 'secured') return state;
    if (state.kind === 'deaf') return state.secured;
    throw new Error(`the link is ${state.kind}`);
  }
}

function writeMessage(handshake: Handshake): LinkEvent {
  return { kind: 'send', bytes: encodeFrame(handshake.writeMessage(NO_PAYLOAD)) };
}
