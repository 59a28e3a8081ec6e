// A session between two identities (SPEC.md §4): made once from a handshake, it outlives links and restarts. It turns
// content into envelopes and back. A session is a value: `encrypt` and `decrypt` give the session after the message and
// leave this one as it was, so that a transaction that fails takes nothing with it. Keep the next one exactly when the
// message is kept; never send an envelope whose session was not kept.
// It knows no link, no storage and no clock, and not whether a message id was seen before.
import { concat, equal, utf8, wipe } from '../crypto/bytes.ts';
import type { IdentityPublicKey } from '../crypto/keys.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { Secret } from '../crypto/secret.ts';
import { encodeEnvelope, putStep, STEP_BYTES, type Envelope, type EnvelopeHeader } from './envelope.ts';
import { ProtocolError } from './errors.ts';
import { KEY_BYTES, MESSAGE_ID_BYTES, SALT_BYTES, SESSION_ID_BYTES } from './limits.ts';
import { ChainKey } from './ratchet/chain-key.ts';
import { openMessage, sealMessage } from './ratchet/message-key.ts';
import { RatchetKey, type RatchetKeyPair } from './ratchet/ratchet-key.ts';
import { forgetStale, receive, send, startInitiator, startResponder } from './ratchet/ratchet.ts';
import { RootKey } from './ratchet/root-key.ts';
import { encodeState, parseState, type SessionState } from './session-state.ts';

export { makeRatchetKey, type RatchetKey } from './ratchet/ratchet-key.ts';

export interface SessionContext {
  readonly primitives: Primitives;
  readonly ourIdentity: IdentityPublicKey;
  readonly theirIdentity: IdentityPublicKey;
}

export type Random = (length: number) => Uint8Array;

/** What a handshake leaves behind for a new session. */
interface Handshake {
  /** Noise handshake hash, 32 bytes. */
  readonly handshakeHash: Uint8Array;
  /** Third output of Split, 32 bytes. Not kept. */
  readonly exportKey: Uint8Array;
}

export type Establish =
  /** `ratchet`: b0, whose public half went out in our HELLO. */
  | (Handshake & { readonly role: 'responder'; readonly ratchet: RatchetKeyPair })
  /** `theirRatchet`: b0 as their HELLO has it, 32 bytes. */
  | (Handshake & { readonly role: 'initiator'; readonly theirRatchet: Uint8Array; readonly random: Random });

const INFO = utf8('loom/2 session');
const AD_LABEL = utf8('loom/2 message');

export class Session extends Secret {
  readonly #context: SessionContext;
  readonly #state: SessionState;
  readonly #ad: AdTemplates;

  private constructor(context: SessionContext, state: SessionState, ad: AdTemplates) {
    super();
    this.#context = context;
    this.#state = state;
    this.#ad = ad;
  }

  /** @throws ProtocolError `ratchet-key` when their ratchet key is of low order. */
  static establish(context: SessionContext, input: Establish): Session {
    const { primitives } = context;
    const derived = primitives.hkdfSha256(input.handshakeHash, input.exportKey, INFO, 2 * KEY_BYTES + SESSION_ID_BYTES);
    const root = new RootKey(derived.slice(0, KEY_BYTES));
    const chain = new ChainKey(derived.slice(KEY_BYTES, 2 * KEY_BYTES), 0);
    const id = derived.slice(2 * KEY_BYTES);
    wipe(derived);
    const ratchet =
      input.role === 'responder'
        ? startResponder(root, chain, RatchetKey.copyOf(input.ratchet))
        : startInitiator(primitives, root, chain, new Uint8Array(input.theirRatchet), input.random);
    return new Session(context, { id, sent: 0, received: 0, ratchet }, adTemplates(context, id));
  }

  /** @throws ProtocolError `session-state` on anything that `serialize` does not give. */
  static parse(context: SessionContext, state: Uint8Array): Session {
    const parsed = parseState(state);
    return new Session(context, parsed, adTemplates(context, parsed.id));
  }

  /** The whole state, secrets included: for sealed storage alone. */
  serialize(): Uint8Array {
    return encodeState(this.#state);
  }

  /** 16 bytes. */
  get id(): Uint8Array {
    return this.#state.id;
  }

  /** Envelopes encrypted in this session, ever. */
  get sent(): number {
    return this.#state.sent;
  }

  /** Envelopes decrypted in this session, ever. */
  get received(): number {
    return this.#state.received;
  }

  /**
   * @param messageId 16 bytes. @param random asked for the salt.
   * @returns a whole ENVELOPE body and the session after it.
   * @throws Error when the content fits no record.
   */
  encrypt(messageId: Uint8Array, content: Uint8Array, random: Random): { envelope: Uint8Array; next: Session } {
    if (messageId.length !== MESSAGE_ID_BYTES) throw new Error('a message id has 16 bytes');
    const { primitives } = this.#context;
    const { id, sent, received, ratchet } = this.#state;
    const { header, messageKey, next } = send(primitives, ratchet);
    const { ratchetKey, pn, n } = header;
    const salt = random(SALT_BYTES);
    const full: EnvelopeHeader = { sessionId: id, messageId, ratchetKey, pn, n, salt };
    const ciphertext = sealMessage(primitives, messageKey, salt, content, associatedData(this.#ad.ours, full));
    wipe(messageKey);
    return {
      envelope: encodeEnvelope({ sessionId: id, messageId, ratchetKey, pn, n, salt, ciphertext }),
      next: new Session(this.#context, { id, sent: sent + 1, received, ratchet: next }, this.#ad),
    };
  }

  /**
   * @param random asked for a fresh ratchet key when they have a new one. @param now Unix ms.
   * @throws ProtocolError `session-unknown` (another session's), `ratchet-key`, `ratchet-gap`, `ratchet-replayed` or
   *   `ratchet-tag`.
   */
  decrypt(envelope: Envelope, random: Random, now: number): { content: Uint8Array; next: Session } {
    const { primitives } = this.#context;
    const { id, sent, received, ratchet } = this.#state;
    if (!equal(envelope.sessionId, id)) throw new ProtocolError('session-unknown');
    const { messageKey, accept } = receive(primitives, ratchet, envelope, now);
    const { salt, ciphertext } = envelope;
    const content = openMessage(primitives, messageKey, salt, ciphertext, associatedData(this.#ad.theirs, envelope));
    wipe(messageKey);
    if (content === null) throw new ProtocolError('ratchet-tag');
    const next = { id, sent, received: received + 1, ratchet: accept(random) };
    return { content, next: new Session(this.#context, next, this.#ad) };
  }

  /**
   * The same without the keys of lost messages that have been kept too long; itself when there are none. Receiving does
   * this too, a session that rests needs to be told. @param now Unix ms.
   */
  forgetStale(now: number): Session {
    const ratchet = forgetStale(this.#state.ratchet, now);
    if (ratchet === this.#state.ratchet) return this;
    return new Session(this.#context, { ...this.#state, ratchet }, this.#ad);
  }
}

/**
 * The associated data of either direction: label ‖ session id ‖ sender ik ‖ receiver ik, which do not change within a
 * session, and room for the step, written anew for each message. Nothing in it is secret.
 */
interface AdTemplates {
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
}

function adTemplates({ ourIdentity, theirIdentity }: SessionContext, id: Uint8Array): AdTemplates {
  const step = new Uint8Array(STEP_BYTES);
  return {
    ours: concat(AD_LABEL, id, ourIdentity, theirIdentity, step),
    theirs: concat(AD_LABEL, id, theirIdentity, ourIdentity, step),
  };
}

/** @returns the template itself: it holds until the next message. */
function associatedData(template: Uint8Array, header: EnvelopeHeader): Uint8Array {
  putStep(template, template.length - STEP_BYTES, header);
  return template;
}

/** What a HELLO says of a session. */
export interface HelloSession {
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly sent: number;
  readonly received: number;
}

/** §4: resumed when both name the same and neither has received more than the other sent, or a database was rolled back. */
export function chooseSession(ours: HelloSession | null, theirs: HelloSession | null): 'resume' | 'new' {
  if (ours === null || theirs === null || !equal(ours.id, theirs.id)) return 'new';
  return ours.received <= theirs.sent && theirs.received <= ours.sent ? 'resume' : 'new';
}
