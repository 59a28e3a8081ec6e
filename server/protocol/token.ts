// The identity token (SPEC §2): a person's public card as text. Version 1 is the original Loom's, version 2 an invite.
// Strict but for white space around and letter case; each thing that can be wrong has its code. Whether an invite has
// expired, and whose token it is, are the engine's questions.
import { parseBase32, encodeBase32 } from '../crypto/base32.ts';
import { concat, equal, readU32, u32 } from '../crypto/bytes.ts';
import { parseIdentityPublicKey, parseStaticPublicKey } from '../crypto/keys.ts';
import type { IdentityPublicKey, StaticPublicKey } from '../crypto/keys.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { verifyCertificate } from './certificate.ts';
import { encodeEndpoint, endpointLength, readEndpoint, type Endpoint } from './endpoint.ts';
import { ProtocolError } from './errors.ts';
import { encodeInviteName, inviteNameLength, readInviteName } from './invite-name.ts';
import { INVITE_SECRET_BYTES, KEY_BYTES, SIGNATURE_BYTES, TOKEN_ENDPOINTS } from './limits.ts';

export interface CardToken {
  readonly version: 1;
  readonly identityKey: IdentityPublicKey;
  readonly staticKey: StaticPublicKey;
}

export interface InviteToken {
  readonly version: 2;
  readonly identityKey: IdentityPublicKey;
  readonly staticKey: StaticPublicKey;
  readonly device: number;
  readonly generation: number;
  /** 64 bytes; holds for the fields above. */
  readonly certificate: Uint8Array;
  /** 16 bytes. */
  readonly secret: Uint8Array;
  /** Unix seconds; 0: never. */
  readonly expiry: number;
  /** What its maker calls themselves, which anybody may have written; left out: it does not say. At most 64 bytes, in NFC. */
  readonly name?: string;
  /** At most 8. */
  readonly endpoints: readonly Endpoint[];
}

export type IdentityToken = CardToken | InviteToken;

export const TOKEN_PREFIX = 'LOOM-';

const STATIC_KEY_AT = 1 + KEY_BYTES;
const KEYS_END = STATIC_KEY_AT + KEY_BYTES;

const CARD_CHECKSUM_BYTES = 1;
const CARD_BYTES = KEYS_END + CARD_CHECKSUM_BYTES;

const DEVICE_AT = KEYS_END;
const GENERATION_AT = DEVICE_AT + 4;
const CERTIFICATE_AT = GENERATION_AT + 4;
const SECRET_AT = CERTIFICATE_AT + SIGNATURE_BYTES;
const EXPIRY_AT = SECRET_AT + INVITE_SECRET_BYTES;
const COUNT_AT = EXPIRY_AT + 4;
const FIELDS_AT = COUNT_AT + 1;
const INVITE_CHECKSUM_BYTES = 4;

/** What eight characters of base32 hold: enough to see the version. */
const VERSION_CHARACTERS = 8;

/** @throws Error on a field out of bounds. The certificate is taken as it is. */
export function encodeToken(primitives: Primitives, token: IdentityToken): string {
  const [body, checksumBytes] =
    token.version === 1 ? [cardBody(token), CARD_CHECKSUM_BYTES] : [inviteBody(token), INVITE_CHECKSUM_BYTES];
  return TOKEN_PREFIX + encodeBase32(concat(body, checksum(primitives, body, checksumBytes)));
}

/** @throws ProtocolError `token-…`, naming what is wrong. */
export function parseToken(primitives: Primitives, text: string): IdentityToken {
  const trimmed = text.trim();
  if (trimmed.slice(0, TOKEN_PREFIX.length).toUpperCase() !== TOKEN_PREFIX) throw new ProtocolError('token-prefix');
  const encoded = trimmed.slice(TOKEN_PREFIX.length);
  if (!/^[A-Za-z2-7]*$/.test(encoded)) throw new ProtocolError('token-encoding');
  const version = parseBase32(encoded.slice(0, VERSION_CHARACTERS))?.[0];
  if (version === undefined || encoded.length < VERSION_CHARACTERS) throw new ProtocolError('token-length');
  if (version === 1) return parseCard(primitives, encoded);
  if (version === 2) return parseInvite(primitives, encoded);
  throw new ProtocolError('token-version');
}

/**
 * How many characters a token has behind its prefix, by what its beginning says.
 * @param encoded base32 behind the prefix, as much as there is. @returns null while that is too little to tell.
 */
export function tokenLength(encoded: string): number | null {
  // Whole groups only. What a whole token has behind its last one is of the checksum, and tells nothing here.
  const bytes = parseBase32(encoded.slice(0, encoded.length - (encoded.length % VERSION_CHARACTERS)));
  if (bytes?.[0] === 1) return charactersFor(CARD_BYTES);
  const count = bytes?.[COUNT_AT];
  if (bytes?.[0] !== 2 || count === undefined) return null;
  // Where nothing is counted, what lies there is of the checksum.
  const nameLength = count === 0 ? 0 : inviteNameLength(bytes, FIELDS_AT);
  const endpoints = nameLength === 0 ? count : count - 1;
  if (nameLength === null || endpoints < 0 || endpoints > TOKEN_ENDPOINTS) return null;
  let at = FIELDS_AT + nameLength;
  for (let i = 0; i < endpoints; i += 1) {
    const length = endpointLength(bytes[at]);
    if (length === null) return null;
    at += length;
  }
  return charactersFor(at + INVITE_CHECKSUM_BYTES);
}

function parseCard(primitives: Primitives, encoded: string): CardToken {
  if (encoded.length !== charactersFor(CARD_BYTES)) throw new ProtocolError('token-length');
  const body = requireChecksum(primitives, decode(encoded), CARD_CHECKSUM_BYTES);
  return { version: 1, ...parseKeys(body) };
}

function parseInvite(primitives: Primitives, encoded: string): InviteToken {
  if (tokenLength(encoded) !== encoded.length) throw new ProtocolError('token-length');
  const bytes = decode(encoded);
  const end = bytes.length - INVITE_CHECKSUM_BYTES;
  const count = bytes[COUNT_AT];
  if (count === undefined || end < FIELDS_AT) throw new ProtocolError('token-length');
  const { name, endpoints } = parseFields(bytes.subarray(0, end), count);
  const body = requireChecksum(primitives, bytes, INVITE_CHECKSUM_BYTES);
  const token: InviteToken = {
    version: 2,
    ...parseKeys(body),
    device: readU32(body, DEVICE_AT),
    generation: readU32(body, GENERATION_AT),
    certificate: body.slice(CERTIFICATE_AT, SECRET_AT),
    secret: body.slice(SECRET_AT, EXPIRY_AT),
    expiry: readU32(body, EXPIRY_AT),
    ...(name !== undefined && { name }),
    endpoints,
  };
  if (!verifyCertificate(primitives, token.identityKey, token, token.certificate)) throw new ProtocolError('token-key');
  return token;
}

/** A name first, if there is one; the rest are endpoints. */
function parseFields(body: Uint8Array, count: number): Pick<InviteToken, 'name' | 'endpoints'> {
  const name = readInviteName(body, FIELDS_AT);
  if (name === null) throw new ProtocolError('token-length');
  if (name === undefined) return { endpoints: parseEndpoints(body, FIELDS_AT, count) };
  const at = FIELDS_AT + encodeInviteName(name).length;
  return { name, endpoints: parseEndpoints(body, at, count - 1) };
}

/** Exactly `count`, to the end: a text cut short shows here, before its checksum is looked at. */
function parseEndpoints(body: Uint8Array, from: number, count: number): Endpoint[] {
  if (count < 0 || count > TOKEN_ENDPOINTS) throw new ProtocolError('token-length');
  const endpoints: Endpoint[] = [];
  let at = from;
  for (let i = 0; i < count; i += 1) {
    const read = readEndpoint(body, at);
    if (!read) throw new ProtocolError('token-length');
    endpoints.push(read.endpoint);
    at = read.end;
  }
  if (at !== body.length) throw new ProtocolError('token-length');
  return endpoints;
}

function parseKeys(body: Uint8Array): Pick<IdentityToken, 'identityKey' | 'staticKey'> {
  const identityKey = parseIdentityPublicKey(body.subarray(1, STATIC_KEY_AT));
  const staticKey = parseStaticPublicKey(body.subarray(STATIC_KEY_AT, KEYS_END));
  if (!identityKey || !staticKey) throw new ProtocolError('token-key');
  return { identityKey, staticKey };
}

function cardBody({ version, identityKey, staticKey }: CardToken): Uint8Array {
  return concat(Uint8Array.of(version), identityKey, staticKey);
}

function inviteBody(token: InviteToken): Uint8Array {
  const { version, identityKey, staticKey, device, generation, certificate, secret, expiry, name, endpoints } = token;
  const fields = [...(name === undefined ? [] : [encodeInviteName(name)]), ...endpoints.map(encodeEndpoint)];
  if (
    secret.length !== INVITE_SECRET_BYTES ||
    certificate.length !== SIGNATURE_BYTES ||
    endpoints.length > TOKEN_ENDPOINTS
  )
    throw new Error('an invite field is out of bounds');
  return concat(
    Uint8Array.of(version),
    identityKey,
    staticKey,
    u32(device),
    u32(generation),
    certificate,
    secret,
    u32(expiry),
    Uint8Array.of(fields.length),
    ...fields,
  );
}

function requireChecksum(primitives: Primitives, bytes: Uint8Array, checksumBytes: number): Uint8Array {
  const body = bytes.subarray(0, bytes.length - checksumBytes);
  const holds = equal(bytes.subarray(body.length), checksum(primitives, body, checksumBytes));
  if (!holds) throw new ProtocolError('token-checksum');
  return body;
}

/** Against typing errors, not against people: those are met by the keys. */
function checksum(primitives: Primitives, body: Uint8Array, length: number): Uint8Array {
  return primitives.blake2b512(body).subarray(0, length);
}

/** The alphabet is checked: what is left is a length no bytes have, or bits set behind the last byte. */
function decode(encoded: string): Uint8Array {
  const bytes = parseBase32(encoded);
  if (bytes) return bytes;
  const whole = charactersFor(Math.floor((encoded.length * 5) / 8)) === encoded.length;
  throw new ProtocolError(whole ? 'token-encoding' : 'token-length');
}

function charactersFor(bytes: number): number {
  return Math.ceil((bytes * 8) / 5);
}
