// Sealing and opening under a message key (SPEC.md §4). Key and nonce come from the message key *and* a salt chosen
// for this one encryption: a database copied back in time hands out the same message key again, but never seals twice
// under the same key and nonce. What the associated data says is the session's business.
import { utf8, wipe } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';

const INFO = utf8('loom/2 ratchet message');
const KEY_BYTES = 32;
const NONCE_BYTES = 12;

/** @param messageKey 32 bytes. @param salt 16 fresh random bytes. @returns ciphertext ‖ tag(16). */
export function sealMessage(
  primitives: Primitives,
  messageKey: Uint8Array,
  salt: Uint8Array,
  content: Uint8Array,
  ad: Uint8Array,
): Uint8Array {
  const derived = primitives.hkdfSha256(salt, messageKey, INFO, KEY_BYTES + NONCE_BYTES);
  const key = derived.subarray(0, KEY_BYTES);
  const sealed = primitives.chacha20poly1305Seal(key, derived.subarray(KEY_BYTES), content, ad);
  wipe(derived);
  return sealed;
}

/** @returns the content, or null when the tag does not hold. */
export function openMessage(
  primitives: Primitives,
  messageKey: Uint8Array,
  salt: Uint8Array,
  sealed: Uint8Array,
  ad: Uint8Array,
): Uint8Array | null {
  const derived = primitives.hkdfSha256(salt, messageKey, INFO, KEY_BYTES + NONCE_BYTES);
  const key = derived.subarray(0, KEY_BYTES);
  const content = primitives.chacha20poly1305Open(key, derived.subarray(KEY_BYTES), sealed, ad);
  wipe(derived);
  return content;
}
