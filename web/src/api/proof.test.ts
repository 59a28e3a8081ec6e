import { describe, expect, it } from 'vitest';
import { encodeHex, parseHex, randomHex } from './hex.ts';
import { importProofKey, makeClientProof, serverProofHolds } from './proof.ts';

const key = Uint8Array.from({ length: 32 }, (_, at) => at);
const serverNonce = new Uint8Array(32).fill(0xaa);
const clientNonce = new Uint8Array(32).fill(0xbb);
const origin = 'http://127.0.0.1:7467';

// Fixed once with another implementation, so that a change of order or label on our side shows.
const clientMac = '3d5b74cbe09ed541608f78556d3336a6e1871d504c84dc992713cf1d7db70aac';
const serverMac = '04415fae709fecccf5ef73b0eff03a9f903d32d6e312280c979bb6c8cc9973de';

describe('the proof of the WebSocket', () => {
  it('is made over label, server nonce, client nonce and origin', async () => {
    expect(await makeClientProof('session', await importProofKey(key), serverNonce, clientNonce, origin)).toBe(
      clientMac,
    );
  });

  it('changes with the origin', async () => {
    const other = await makeClientProof(
      'session',
      await importProofKey(key),
      serverNonce,
      clientNonce,
      'http://127.0.0.1:7468',
    );
    expect(other).not.toBe(clientMac);
  });

  it('takes the server’s own and nothing else', async () => {
    const hmac = await importProofKey(key);
    expect(await serverProofHolds('session', hmac, serverNonce, clientNonce, serverMac)).toBe(true);
    expect(await serverProofHolds('session', hmac, clientNonce, serverNonce, serverMac)).toBe(false);
    expect(await serverProofHolds('session', hmac, serverNonce, clientNonce, clientMac)).toBe(false);
    for (const bad of [`${serverMac}00`, serverMac.slice(2), serverMac.toUpperCase(), '', 7, null, undefined]) {
      expect(await serverProofHolds('session', hmac, serverNonce, clientNonce, bad)).toBe(false);
    }
  });

  it('keeps the proofs of a session and of a keepsake apart', async () => {
    const hmac = await importProofKey(key);
    expect(await makeClientProof('keepsake', hmac, serverNonce, clientNonce, origin)).not.toBe(clientMac);
    expect(await serverProofHolds('keepsake', hmac, serverNonce, clientNonce, serverMac)).toBe(false);
  });

  it('refuses the server’s proof under another key', async () => {
    const other = await importProofKey(new Uint8Array(32).fill(9));
    expect(await serverProofHolds('session', other, serverNonce, clientNonce, serverMac)).toBe(false);
  });
});

describe('hex', () => {
  it('goes there and back', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    expect(parseHex(encodeHex(bytes), 256)).toEqual(bytes);
  });

  it('takes only the exact length in lower case', () => {
    for (const bad of ['', '0', '0G', 'AB', 'abc', 'abcd', ' ab', 5, null]) expect(parseHex(bad, 1)).toBeNull();
  });

  it('makes random ids of the asked length', () => {
    expect(randomHex(16)).toMatch(/^[0-9a-f]{32}$/);
    expect(randomHex(16)).not.toBe(randomHex(16));
  });
});
