// Known answers for every primitive, asked once at start: a few milliseconds against a Node whose OpenSSL lacks a cipher,
// forbids it, or does it otherwise. The answers are those of the portable implementation, kept as SHA-256 by @stablelib.
// This is no proof of correctness; the published vectors in the tests are.
import { hash as sha256 } from '@stablelib/sha256';
import { concat, equal, toHex } from './bytes.ts';
import { KEM_CIPHERTEXT_LENGTH, KEM_SEED_LENGTH } from './lengths.ts';
import type { Kem, Primitives } from './primitives.ts';

/** 0, 1, 2 …: long enough for the bulk path of ChaCha20-Poly1305, and none of it a key that anything else uses. */
const TEXT = Uint8Array.from({ length: 300 }, (_, index) => index);
const KEY = TEXT.subarray(0, 32);
const OTHER_KEY = TEXT.subarray(32, 64);
const SHORT = TEXT.subarray(0, 64);
const NONCE = TEXT.subarray(0, 12);
const LONG_NONCE = TEXT.subarray(0, 24);

type Question = readonly [ask: (primitives: Primitives) => Uint8Array | null, answer: string];

const QUESTIONS: readonly Question[] = [
  [(p) => p.sha256(TEXT), 'c64a6b4a66a4555eb7b54544ab8b1433'],
  [(p) => p.sha512(TEXT), '3014ecdd2f184e58f609bf0f71a6e337'],
  [(p) => p.blake2b512(TEXT), '65b2fe7e9a0527d84ca6d4c58df3ab57'],
  [(p) => p.hmacSha256(KEY, TEXT), '4baccc60cfef965d09c603db779ddecd'],
  [(p) => concat(...p.hmacSha256Pair(KEY, NONCE, OTHER_KEY)), '04ea5e984991c447227bb9ff16b09a9a'],
  [(p) => p.hkdfSha256(KEY, OTHER_KEY, NONCE, 80), '9a4ef76ffa0d04997887836371a25497'],
  [(p) => p.hkdfSha256(KEY, OTHER_KEY, TEXT, 80), 'dff39c4ef7ac86cb3b74ed3055a1db38'],
  [(p) => p.chacha20poly1305Seal(KEY, NONCE, SHORT, OTHER_KEY), '3cadc0c66daf23b9fe345e9067d29cce'],
  [(p) => p.chacha20poly1305Seal(KEY, NONCE, TEXT, OTHER_KEY), '80f4f8209537d9637ab9ccb5ae2d49a4'],
  [(p) => p.xchacha20poly1305Seal(KEY, LONG_NONCE, SHORT, OTHER_KEY), '5925e6c942917993a1878cc58da95631'],
  [(p) => p.xchacha20poly1305Seal(KEY, LONG_NONCE, TEXT, OTHER_KEY), '6ff08036c12d09e07502c93e961dfe9f'],
  [(p) => p.x25519KeyPair(KEY).publicKey, 'eedd883da0a9451593dc0a38e583fb77'],
  [(p) => p.x25519(p.x25519PrivateKey(KEY), OTHER_KEY), '83b7ca39c8bb8f06d1b60007bd020771'],
  [(p) => p.ed25519PublicKey(p.ed25519PrivateKey(KEY)), '56475aa75463474c0285df5dbf2bcab7'],
  [(p) => p.ed25519Sign(p.ed25519PrivateKey(KEY), TEXT), 'f9e4b4ede7ee0463ed2a501c94e1f5f9'],
];

/** Whether every primitive gives its known answer, opens what it sealed, and refuses what it must. */
export function primitivesAnswerRight(primitives: Primitives): boolean {
  try {
    return (
      QUESTIONS.every(([ask, answer]) => isAnswer(ask(primitives), answer)) &&
      opensAndRefuses(primitives) &&
      verifiesAndRefuses(primitives) &&
      primitives.x25519(primitives.x25519PrivateKey(KEY), new Uint8Array(32)) === null &&
      primitives.random(32).some((byte) => byte !== 0)
    );
  } catch {
    return false;
  }
}

/** Whether keys come from their seed, secrets agree, and a forged ciphertext gives the known unrelated secret. */
export function kemAnswersRight(kem: Kem): boolean {
  try {
    const { publicKey, privateKey } = kem.keyPair(TEXT.subarray(0, KEM_SEED_LENGTH));
    const { ciphertext, sharedSecret } = kem.encapsulate(publicKey);
    const forged = new Uint8Array(KEM_CIPHERTEXT_LENGTH);
    return (
      isAnswer(publicKey, '0b7934c83125c788995e2ba6bd761e33') &&
      equal(kem.decapsulate(privateKey, ciphertext), sharedSecret) &&
      isAnswer(kem.decapsulate(privateKey, forged), 'c4b6f78dcea56aa22a54cb72eac66233')
    );
  } catch {
    return false;
  }
}

function opensAndRefuses(p: Primitives): boolean {
  return [SHORT, TEXT].every((text) => {
    const sealed = p.chacha20poly1305Seal(KEY, NONCE, text, OTHER_KEY);
    const opened = p.chacha20poly1305Open(KEY, NONCE, sealed, OTHER_KEY);
    return opened !== null && equal(opened, text) && p.chacha20poly1305Open(KEY, NONCE, sealed, NONCE) === null;
  });
}

function verifiesAndRefuses(p: Primitives): boolean {
  const key = p.ed25519PrivateKey(KEY);
  const publicKey = p.ed25519PublicKey(key);
  const signature = p.ed25519Sign(key, TEXT);
  return p.ed25519Verify(publicKey, TEXT, signature) && !p.ed25519Verify(publicKey, SHORT, signature);
}

function isAnswer(output: Uint8Array | null, answer: string): boolean {
  return output !== null && toHex(sha256(output).subarray(0, answer.length / 2)) === answer;
}
