// libsodium in WebAssembly: (X)ChaCha20-Poly1305 of short texts, for which calling into OpenSSL costs several times what
// sealing does. Everything passes through one place in its memory, which is zero again when a call is over. It loads while
// modules do, so that nothing has to wait for it later.
import load from 'libsodium';
import { AEAD_KEY_LENGTH, AEAD_TAG_LENGTH, XCHACHA_NONCE_LENGTH } from './lengths.ts';

/** Nothing of it asks for randomness: all of that comes from node:crypto. */
export const sodium = await load();

/** Text and associated data together, in bytes, up to which it is the quickest (measured: Node 20 to 26, x86-64). */
export const SODIUM_PAYS_UP_TO = 2048;

const KEY = sodium._malloc(AEAD_KEY_LENGTH + XCHACHA_NONCE_LENGTH + 2 * SODIUM_PAYS_UP_TO + AEAD_TAG_LENGTH);
const NONCE = KEY + AEAD_KEY_LENGTH;
/** The associated data, the text behind it, and what becomes of the text behind that. */
const INPUT = NONCE + XCHACHA_NONCE_LENGTH;

type Cipher = 'chacha20poly1305' | 'xchacha20poly1305';

/** @param text with `ad` at most SODIUM_PAYS_UP_TO bytes; lengths are the caller's to check. @returns ciphertext ‖ tag. */
export function sodiumSeal(
  cipher: Cipher,
  key: Uint8Array,
  nonce: Uint8Array,
  text: Uint8Array,
  ad: Uint8Array,
): Uint8Array {
  const memory = sodium.HEAPU8;
  const [input, output] = layOut(memory, key, nonce, text, ad);
  const encrypt = sodium[`_crypto_aead_${cipher}_ietf_encrypt`];
  encrypt(output, 0, input, text.length, 0, INPUT, ad.length, 0, 0, NONCE, KEY);
  const end = output + text.length + AEAD_TAG_LENGTH;
  const sealed = memory.slice(output, end);
  memory.fill(0, KEY, end);
  return sealed;
}

/** As `sodiumSeal`. @param sealed a tag at least. @returns the text, or null when the tag does not hold. */
export function sodiumOpen(
  cipher: Cipher,
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  ad: Uint8Array,
): Uint8Array | null {
  const memory = sodium.HEAPU8;
  const [input, output] = layOut(memory, key, nonce, sealed, ad);
  const decrypt = sodium[`_crypto_aead_${cipher}_ietf_decrypt`];
  const holds = decrypt(output, 0, 0, input, sealed.length, 0, INPUT, ad.length, 0, NONCE, KEY) === 0;
  const end = output + sealed.length - AEAD_TAG_LENGTH;
  const text = holds ? memory.slice(output, end) : null;
  memory.fill(0, KEY, end);
  return text;
}

/** @returns where the text stands, and where there is room for what becomes of it. */
function layOut(
  memory: Uint8Array,
  key: Uint8Array,
  nonce: Uint8Array,
  text: Uint8Array,
  ad: Uint8Array,
): [input: number, output: number] {
  const input = INPUT + ad.length;
  memory.set(key, KEY);
  memory.set(nonce, NONCE);
  memory.set(ad, INPUT);
  memory.set(text, input);
  return [input, input + text.length];
}
