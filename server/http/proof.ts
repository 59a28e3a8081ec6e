// The mutual proof with which a WebSocket begins (W7): each side shows that it holds the session's key, over fresh
// randomness of both. The page's proof covers its origin; the two labels keep one from being turned into the other.
// A program that took our port holds no key, so the page says nothing to it; an old transcript fits no new `ns`.
import { createHmac } from 'node:crypto';

/** Over the server's nonce `ns`, the page's `nc` (32 bytes each) and the page's origin as its browser names it. */
export function clientProof(key: Uint8Array, ns: Uint8Array, nc: Uint8Array, origin: string): Buffer {
  return createHmac('sha256', key).update('loom-ws-c').update(ns).update(nc).update(origin).digest();
}

export function serverProof(key: Uint8Array, nc: Uint8Array, ns: Uint8Array): Buffer {
  return createHmac('sha256', key).update('loom-ws-s').update(nc).update(ns).digest();
}
