// Noise handshakes (revision 34) read off their patterns: each message is a list of tokens, run in order by one writer
// and one reader. XKhfs is Loom's; XK without the KEM runs through the same code and proves it by published vectors.
// Payloads may be anything here. It knows no framing and no records, draws its randomness from the caller, and after an
// error is of no further use.
import { concat, wipe } from '../../crypto/bytes.ts';
import type { KemKeyPair, Primitives, X25519KeyPair, X25519PrivateKey } from '../../crypto/primitives.ts';
import { ProtocolError } from '../errors.ts';
import { KEY_BYTES, TAG_BYTES } from '../limits.ts';
import { SymmetricState, type SplitKeys } from './symmetric.ts';

export type Role = 'initiator' | 'responder';

type MessageToken = 'e' | 's' | 'ee' | 'es' | 'se' | 'e1' | 'ekem1';

/** A pattern in which the initiator knows the responder's static key beforehand (`<- s`). */
export interface Pattern {
  readonly protocolName: string;
  /** Messages 1, 3, … are the initiator's. */
  readonly messages: readonly (readonly MessageToken[])[];
}

export const XK: Pattern = {
  protocolName: 'Noise_XK_25519_ChaChaPoly_SHA256',
  messages: [
    ['e', 'es'],
    ['e', 'ee'],
    ['s', 'se'],
  ],
};

/** With hybrid forward secrecy: e1 an ephemeral ML-KEM key, ekem1 a ciphertext to it. */
export const XKHFS: Pattern = {
  protocolName: 'Noise_XKhfs_25519+MLKEM768_ChaChaPoly_SHA256',
  messages: [
    ['e', 'es', 'e1'],
    ['e', 'ee', 'ekem1'],
    ['s', 'se'],
  ],
};

/** FIPS 203 table 3: encapsulation key and ciphertext of ML-KEM-768; §7.1 and §7.2: what their making draws. */
const KEM_KEY_BYTES = 1184;
const KEM_CIPHERTEXT_BYTES = 1088;
const KEM_SEED_BYTES = 64;
const KEM_MESSAGE_BYTES = 32;

export interface HandshakeOptions {
  readonly primitives: Primitives;
  readonly pattern: Pattern;
  readonly prologue: Uint8Array;
  readonly ourStatic: X25519KeyPair;
  /** The initiator's: who it means to reach. The responder learns it in message 3. */
  readonly theirStatic?: Uint8Array;
  /**
   * Called for 32 bytes (ephemeral key), then 64 (KEM seed, initiator) or 32 (KEM message, responder). The last is
   * not asked for where the KEM is native: that one takes its randomness from the system only.
   */
  readonly random: (length: number) => Uint8Array;
}

export class Handshake {
  readonly role: Role;
  readonly #primitives: Primitives;
  readonly #pattern: Pattern;
  readonly #random: (length: number) => Uint8Array;
  readonly #symmetric: SymmetricState;
  readonly #ourStatic: X25519KeyPair;
  #theirStatic: Uint8Array | null;
  #ourEphemeral: X25519KeyPair | null = null;
  #theirEphemeral: Uint8Array | null = null;
  #ourKem: KemKeyPair | null = null;
  #theirKem: Uint8Array | null = null;
  #turn = 0;

  constructor(role: Role, options: HandshakeOptions) {
    this.role = role;
    this.#primitives = options.primitives;
    this.#pattern = options.pattern;
    this.#random = options.random;
    this.#ourStatic = options.ourStatic;
    this.#theirStatic = options.theirStatic ?? null;
    this.#symmetric = new SymmetricState(options.primitives, options.pattern.protocolName);
    this.#symmetric.mixHash(options.prologue);
    this.#symmetric.mixHash(role === 'initiator' ? known(this.#theirStatic) : options.ourStatic.publicKey);
  }

  /** All messages are written and read: `split` may follow. */
  get finished(): boolean {
    return this.#turn === this.#pattern.messages.length;
  }

  /** Messages written or read so far. */
  get turn(): number {
    return this.#turn;
  }

  get handshakeHash(): Uint8Array {
    return this.#symmetric.handshakeHash;
  }

  /** 32 bytes. @throws Error before it is known. */
  get theirStatic(): Uint8Array {
    return known(this.#theirStatic);
  }

  writeMessage(payload: Uint8Array): Uint8Array {
    const parts = this.#take('write').map((token) => this.#write(token));
    return concat(...parts, this.#symmetric.encryptAndHash(payload));
  }

  /** @returns the payload. @throws ProtocolError on a wrong size, tag or key. */
  readMessage(message: Uint8Array): Uint8Array {
    let rest = message;
    const take = (length: number): Uint8Array => {
      if (rest.length < length) throw new ProtocolError('handshake-failed');
      const part = rest.subarray(0, length);
      rest = rest.subarray(length);
      return part;
    };
    for (const token of this.#take('read')) this.#read(token, take);
    return this.#symmetric.decryptAndHash(rest);
  }

  /** Keys of both directions and the export; the handshake's own are wiped. */
  split(): SplitKeys {
    if (!this.finished) throw new Error('the handshake is not finished');
    const keys = this.#symmetric.split();
    this.wipe();
    return keys;
  }

  /** Nothing of it can be opened again from what is left. Our static key is its owner's. */
  wipe(): void {
    this.#symmetric.wipe();
    this.#ourEphemeral?.privateKey.wipe();
    this.#ourKem?.privateKey.wipe();
    this.#ourEphemeral = null;
    this.#ourKem = null;
  }

  #take(action: 'write' | 'read'): readonly MessageToken[] {
    const tokens = this.#pattern.messages[this.#turn];
    const ours = (this.#turn % 2 === 0) === (this.role === 'initiator');
    if (!tokens || ours !== (action === 'write')) throw new Error(`not the turn to ${action}`);
    this.#turn += 1;
    return tokens;
  }

  #write(token: MessageToken): Uint8Array {
    switch (token) {
      case 'e':
        this.#ourEphemeral = this.#fresh(KEY_BYTES, (scalar) => this.#primitives.x25519KeyPair(scalar));
        this.#symmetric.mixHash(this.#ourEphemeral.publicKey);
        return this.#ourEphemeral.publicKey;
      case 's':
        return this.#symmetric.encryptAndHash(this.#ourStatic.publicKey);
      case 'e1':
        this.#ourKem = this.#fresh(KEM_SEED_BYTES, (seed) => this.#primitives.kem.keyPair(seed));
        return this.#symmetric.encryptAndHash(this.#ourKem.publicKey);
      case 'ekem1':
        return this.#encapsulate();
      default:
        this.#mixAgreement(token);
        return new Uint8Array(0);
    }
  }

  #read(token: MessageToken, take: (length: number) => Uint8Array): void {
    const tag = this.#symmetric.keyed ? TAG_BYTES : 0;
    switch (token) {
      case 'e':
        this.#theirEphemeral = new Uint8Array(take(KEY_BYTES));
        this.#symmetric.mixHash(this.#theirEphemeral);
        return;
      case 's':
        this.#theirStatic = new Uint8Array(this.#symmetric.decryptAndHash(take(KEY_BYTES + tag)));
        return;
      case 'e1':
        this.#theirKem = this.#symmetric.decryptAndHash(take(KEM_KEY_BYTES + tag));
        return;
      case 'ekem1':
        this.#decapsulate(this.#symmetric.decryptAndHash(take(KEM_CIPHERTEXT_BYTES + tag)));
        return;
      default:
        this.#mixAgreement(token);
    }
  }

  /** The first letter is the initiator's key, the second the responder's. */
  #mixAgreement(token: 'ee' | 'es' | 'se'): void {
    const [initiators, responders] = token === 'ee' ? ['e', 'e'] : token === 'es' ? ['e', 's'] : ['s', 'e'];
    const [ours, theirs] = this.role === 'initiator' ? [initiators, responders] : [responders, initiators];
    const ourKey: X25519PrivateKey = (ours === 's' ? this.#ourStatic : known(this.#ourEphemeral)).privateKey;
    const shared = this.#primitives.x25519(ourKey, known(theirs === 's' ? this.#theirStatic : this.#theirEphemeral));
    // A low-order key of theirs: the result would be known to everybody (Noise §9.1 leaves it open, Loom aborts).
    if (!shared) throw new ProtocolError('handshake-failed');
    this.#mixSecret(shared);
  }

  #encapsulate(): Uint8Array {
    const { ciphertext, sharedSecret } = this.#encapsulateTo(known(this.#theirKem));
    const sealed = this.#symmetric.encryptAndHash(ciphertext);
    this.#mixSecret(sharedSecret);
    return sealed;
  }

  #encapsulateTo(key: Uint8Array): { ciphertext: Uint8Array; sharedSecret: Uint8Array } {
    const { kem } = this.#primitives;
    const message = kem.name === 'portable' ? this.#random(KEM_MESSAGE_BYTES) : undefined;
    try {
      return kem.encapsulate(key, message);
    } catch {
      // Its length was checked by the tokens: it fails the modulus check (FIPS 203 §7.2), which only its sender can cause.
      throw new ProtocolError('handshake-failed');
    } finally {
      if (message) wipe(message);
    }
  }

  #decapsulate(ciphertext: Uint8Array): void {
    this.#mixSecret(this.#primitives.kem.decapsulate(known(this.#ourKem).privateKey, ciphertext));
  }

  /** Made of randomness that is not needed afterwards. */
  #fresh<T>(length: number, make: (randomness: Uint8Array) => T): T {
    const randomness = this.#random(length);
    const made = make(randomness);
    wipe(randomness);
    return made;
  }

  #mixSecret(shared: Uint8Array): void {
    this.#symmetric.mixKey(shared);
    wipe(shared);
  }
}

/** @throws Error: a pattern that uses a key before it is there, or a caller that asks too early. */
function known<T>(value: T | null): T {
  if (value === null) throw new Error('a key is used before it is known');
  return value;
}
