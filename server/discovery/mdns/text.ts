// The TXT record: `v=2`, `n=<8 bytes>`, `h=<16 bytes>` in base64url (RFC 6763 §6).
import { HASH_LENGTH, NONCE_LENGTH } from '../presence.ts';

export interface PresenceText {
  readonly nonce: Uint8Array;
  readonly hash: Uint8Array;
}

export function encodeText({ nonce, hash }: PresenceText): Buffer[] {
  return ['v=2', `n=${base64url(nonce)}`, `h=${base64url(hash)}`].map((text) => Buffer.from(text));
}

/** @returns null for anything but version 2 with both values. Of a repeated key the first counts (RFC 6763 §6.4). */
export function parseText(strings: readonly Buffer[]): PresenceText | null {
  const values = new Map<string, string>();
  for (const string of strings) {
    const text = string.toString('latin1');
    const equals = text.indexOf('=');
    const key = text.slice(0, equals).toLowerCase();
    if (equals > 0 && !values.has(key)) values.set(key, text.slice(equals + 1));
  }
  const nonce = fromBase64url(values.get('n'), NONCE_LENGTH);
  const hash = fromBase64url(values.get('h'), HASH_LENGTH);
  return values.get('v') === '2' && nonce && hash ? { nonce, hash } : null;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/** One spelling only: what does not encode back to itself is refused. */
function fromBase64url(text: string | undefined, length: number): Uint8Array | null {
  if (text === undefined) return null;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === length && base64url(bytes) === text ? new Uint8Array(bytes) : null;
}
