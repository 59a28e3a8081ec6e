// Noise §5.1 and §5.2 (revision 34) with ChaChaPoly and SHA256: the cipher of one direction, and the running state of a
// handshake (chaining key, hash, cipher). Labels here are Noise's variable names. It knows no patterns and no messages.
import { concat, utf8, wipe } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { ProtocolError } from '../errors.ts';
import { KEY_BYTES } from '../limits.ts';

const NONE = new Uint8Array(0);
const HASH_BYTES = 32;

/** Nonce of 2⁶⁴ − 1, which no message has (§5.1): 4 zero bytes, then little-endian. */
const REKEY_NONCE = Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255);

/** One key and its counter. The counter moves only when a message was sealed or its tag held. */
export class CipherState {
  readonly #primitives: Primitives;
  readonly #nonce = new Uint8Array(12);
  readonly #nonceView = new DataView(this.#nonce.buffer);
  #key: Uint8Array;
  #count = 0;

  /** @param key 32 bytes, owned from now on: wiped by `rekey` and `wipe`. */
  constructor(primitives: Primitives, key: Uint8Array) {
    this.#primitives = primitives;
    this.#key = key;
  }

  /** Messages sealed or opened so far. */
  get count(): number {
    return this.#count;
  }

  /** @returns ciphertext ‖ tag(16). */
  encrypt(plaintext: Uint8Array, ad: Uint8Array = NONE): Uint8Array {
    const sealed = this.#primitives.chacha20poly1305Seal(this.#key, this.#nextNonce(), plaintext, ad);
    this.#count += 1;
    return sealed;
  }

  /** @returns null, with nothing changed, when the tag does not hold. */
  decrypt(sealed: Uint8Array, ad: Uint8Array = NONE): Uint8Array | null {
    const plaintext = this.#primitives.chacha20poly1305Open(this.#key, this.#nextNonce(), sealed, ad);
    if (plaintext) this.#count += 1;
    return plaintext;
  }

  /** §4.2 and §11.3: the next key is what the key makes of zeros; the counter goes on. */
  rekey(): void {
    const sealed = this.#primitives.chacha20poly1305Seal(this.#key, REKEY_NONCE, new Uint8Array(KEY_BYTES), NONE);
    wipe(this.#key);
    this.#key = sealed.slice(0, KEY_BYTES);
    wipe(sealed);
  }

  wipe(): void {
    wipe(this.#key);
  }

  /** §12.3: 32 zero bits, then the counter as a little-endian u64. */
  #nextNonce(): Uint8Array {
    this.#nonceView.setUint32(4, this.#count, true);
    this.#nonceView.setUint32(8, this.#count / 2 ** 32, true);
    return this.#nonce;
  }
}

/** Ends a handshake: a key for each direction, and a third output for what is built on the channel. */
export interface SplitKeys {
  readonly initiatorToResponder: Uint8Array;
  readonly responderToInitiator: Uint8Array;
  readonly exportKey: Uint8Array;
}

/** §5.2. Hashing and key derivation; a failed tag throws and leaves a state that is of no further use. */
export class SymmetricState {
  readonly #primitives: Primitives;
  #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #cipher: CipherState | null = null;

  constructor(primitives: Primitives, protocolName: string) {
    this.#primitives = primitives;
    const name = utf8(protocolName);
    this.#hash =
      name.length <= HASH_BYTES ? concat(name, new Uint8Array(HASH_BYTES - name.length)) : primitives.sha256(name);
    this.#chainingKey = new Uint8Array(this.#hash);
  }

  /** h, binding everything said so far. */
  get handshakeHash(): Uint8Array {
    return this.#hash;
  }

  /** Whether a key is set, so that `encryptAndHash` adds a tag. */
  get keyed(): boolean {
    return this.#cipher !== null;
  }

  mixKey(input: Uint8Array): void {
    const [chainingKey, key] = this.#hkdf(input, 2);
    this.wipe();
    this.#chainingKey = chainingKey;
    this.#cipher = new CipherState(this.#primitives, key);
  }

  mixHash(data: Uint8Array): void {
    this.#hash = this.#primitives.sha256(concat(this.#hash, data));
  }

  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const sealed = this.#cipher?.encrypt(plaintext, this.#hash) ?? plaintext;
    this.mixHash(sealed);
    return sealed;
  }

  /** @throws ProtocolError when the tag does not hold. */
  decryptAndHash(sealed: Uint8Array): Uint8Array {
    const plaintext = this.#cipher ? this.#cipher.decrypt(sealed, this.#hash) : sealed;
    if (!plaintext) throw new ProtocolError('handshake-failed');
    this.mixHash(sealed);
    return plaintext;
  }

  /** HKDF(ck, "", 3): the first two are those of Noise's Split, the third is new key material of the same standing. */
  split(): SplitKeys {
    const [initiatorToResponder, responderToInitiator, exportKey] = this.#hkdf(NONE, 3);
    this.wipe();
    return { initiatorToResponder, responderToInitiator, exportKey };
  }

  wipe(): void {
    wipe(this.#chainingKey);
    this.#cipher?.wipe();
  }

  #hkdf(input: Uint8Array, outputs: 2): [Uint8Array, Uint8Array];
  #hkdf(input: Uint8Array, outputs: 3): [Uint8Array, Uint8Array, Uint8Array];
  /** Noise §4.3 is HKDF (RFC 5869) with an empty info. */
  #hkdf(input: Uint8Array, outputs: number): Uint8Array[] {
    const bytes = this.#primitives.hkdfSha256(this.#chainingKey, input, NONE, outputs * KEY_BYTES);
    const keys = Array.from({ length: outputs }, (_, i) => bytes.slice(i * KEY_BYTES, (i + 1) * KEY_BYTES));
    wipe(bytes);
    return keys;
  }
}
