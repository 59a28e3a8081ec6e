// The mutual proof with which a WebSocket begins (W7): each side shows that it holds the session's key, over fresh
// randomness of both. The page's proof covers its origin; the two labels keep one from being turned into the other.
// A program that took our port holds no key, so the page says nothing to it; an old transcript fits no new `ns`.
//
// The keepsake is a second secret, which a page gets once it is in, and holds in its memory alone: who takes our port while
// we are gone, and has the browser load that tab again, reads the session out of the tab's storage, but no keepsake. By it
// we know a page that stayed open again, after an end of ours, and the page knows us again under another session.
import { createHmac } from 'node:crypto';

/** Over the server's nonce `ns`, the page's `nc` (32 bytes each) and the page's origin as its browser names it. */
export function clientProof(key: Uint8Array, ns: Uint8Array, nc: Uint8Array, origin: string): Buffer {
  return createHmac('sha256', key).update('loom-ws-c').update(ns).update(nc).update(origin).digest();
}

export function serverProof(key: Uint8Array, nc: Uint8Array, ns: Uint8Array): Buffer {
  return createHmac('sha256', key).update('loom-ws-s').update(nc).update(ns).digest();
}

/** Of the session `sid`, 32 bytes. @param secret ours, kept in the profile's folder; nobody else can make one. */
export function keepsakeOf(secret: Uint8Array, sid: string): Buffer {
  return createHmac('sha256', secret).update('loom-keepsake').update(sid).digest();
}

/** The page's proof that it holds a keepsake; over what `clientProof` covers. */
export function clientKeepsakeProof(keepsake: Uint8Array, ns: Uint8Array, nc: Uint8Array, origin: string): Buffer {
  return createHmac('sha256', keepsake).update('loom-ws-kc').update(ns).update(nc).update(origin).digest();
}

export function serverKeepsakeProof(keepsake: Uint8Array, nc: Uint8Array, ns: Uint8Array): Buffer {
  return createHmac('sha256', keepsake).update('loom-ws-ks').update(nc).update(ns).digest();
}
