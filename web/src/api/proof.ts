// Both ends of the WebSocket show that they hold the session key, without sending it. It knows no socket.
import { encodeHex, parseHex } from './hex.ts';

/** Bytes of either side's nonce. */
export const NONCE_BYTES = 32;

const encoder = new TextEncoder();

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `key`: 32 bytes. */
export function importProofKey(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

/** What a proof is about: a session's key, or a keepsake (server/http/proof.ts); the labels keep them apart. */
export type ProofOf = 'session' | 'keepsake';

const labels = {
  session: { client: 'loom-ws-c', server: 'loom-ws-s' },
  keepsake: { client: 'loom-ws-kc', server: 'loom-ws-ks' },
} as const;

/** Our proof: HMAC(label ‖ server nonce ‖ client nonce ‖ origin), hex. */
export async function makeClientProof(
  of: ProofOf,
  key: CryptoKey,
  serverNonce: Uint8Array,
  clientNonce: Uint8Array,
  origin: string,
): Promise<string> {
  const text = join(encoder.encode(labels[of].client), serverNonce, clientNonce, encoder.encode(origin));
  return encodeHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)));
}

/** Whether `mac` is HMAC(label ‖ client nonce ‖ server nonce); compared in constant time by the browser. */
export async function serverProofHolds(
  of: ProofOf,
  key: CryptoKey,
  serverNonce: Uint8Array,
  clientNonce: Uint8Array,
  mac: unknown,
): Promise<boolean> {
  const bytes = parseHex(mac, 32);
  if (bytes === null) return false;
  return crypto.subtle.verify('HMAC', key, bytes, join(encoder.encode(labels[of].server), clientNonce, serverNonce));
}
