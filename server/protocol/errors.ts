// What is wrong with bytes from outside, as a code. Thrown by every parser of this layer, caught in one place per
// connection. Carries no content, names or keys, so it may be logged and counted. A mistake of our own is a plain Error.

export const protocolErrorCodes = [
  // §2, what a person pasted; equal to the codes of contract/errors.ts.
  'token-prefix',
  'token-encoding',
  'token-length',
  'token-version',
  'token-checksum',
  'token-key',
  // CBOR and its fields.
  'cbor-malformed',
  'cbor-not-canonical',
  'cbor-too-deep',
  'field-missing',
  'field-type',
  // §3, the link.
  'preamble-malformed',
  'version-unsupported',
  'frame-length',
  'frame-unexpected',
  'frame-tag',
  'handshake-failed',
  'record-too-large',
  'record-length',
  'record-value',
  'hello-expected',
  'hello-too-large',
  'hello-version',
  'hello-key',
  'hello-identity',
  'hello-certificate',
  'hello-name',
  'hello-ratchet',
  // §4, the session.
  'envelope-length',
  'session-unknown',
  'session-state',
  'ratchet-key',
  'ratchet-gap',
  'ratchet-replayed',
  'ratchet-tag',
  // §6, the content.
  'content-type',
  'content-sequence',
  'introduce-name',
  'text-empty',
  'text-too-large',
  'quote-too-large',
  'mentions',
  'edit-number',
  'emoji-too-large',
  'timer-seconds',
  'profile-name',
  'profile-about',
  'picture-too-large',
  'picture-type',
  // §8, pairing.
  'pair-unexpected',
  'pair-point',
  'pair-tag',
  // §11, files.
  'file-name',
  'file-type',
  'file-caption',
  'file-unwanted',
] as const;

export type ProtocolErrorCode = (typeof protocolErrorCodes)[number];

/** Untrusted bytes are bad. The connection they came on is closed; the process goes on. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode) {
    super(code);
    this.code = code;
  }
}
