// What stands inside an envelope once it is opened (SPEC §6): the kinds of message this version knows. The sender is an
// authenticated contact, who may still send anything: texts are measured, unknown kinds are kept by name.
import { utf8 } from '../crypto/bytes.ts';
import { parsePresenceKey, type PresenceKey } from '../crypto/keys.ts';
import { type CborMap, bytesField, encodeCbor, parseCborMap, textField, uintField } from './cbor/cbor.ts';
import { ProtocolError } from './errors.ts';
import { CONTENT_TYPE_BYTES, KEY_BYTES, NAME_BYTES, SIGNATURE_BYTES, TEXT_BYTES } from './limits.ts';

const U32_MAX = 0xffffffff;

interface Numbered {
  /** The sender's clock, ms since 1970. */
  readonly at: number;
  /** Per direction, from 1: a hole is a missing message. */
  readonly seq: number;
}

export interface TextContent extends Numbered {
  readonly t: 'text';
  /** 1 byte to 256 KiB as UTF-8. */
  readonly body: string;
}

/** The sender's presence key, under which its adverts on the network can be recognised. */
export interface PresenceContent extends Numbered {
  readonly t: 'presence';
  readonly key: PresenceKey;
}

/** Another contact of the sender's, who vouches that the identity is theirs. */
export interface IntroduceContent extends Numbered {
  readonly t: 'introduce';
  /** Their Ed25519 identity key and X25519 static key, 32 bytes each. */
  readonly ik: Uint8Array;
  readonly sk: Uint8Array;
  readonly device: number;
  readonly gen: number;
  /** Of `sk`, `device` and `gen`, by `ik`; 64 bytes. Whether it holds is the reader's to check. */
  readonly cert: Uint8Array;
  /** What the sender calls them: 1 to NAME_BYTES as UTF-8. */
  readonly name: string;
}

/** What an introduction says of somebody. */
export type IntroducedCard = Omit<IntroduceContent, 't' | keyof Numbered>;

export type Content = TextContent | PresenceContent | IntroduceContent;

/** A kind of a later version: stored, and shown as a message this version cannot show. */
export interface UnknownContent extends Numbered {
  readonly t: 'unknown';
  readonly name: string;
}

export type ParsedContent = Content | UnknownContent;

/** @throws Error on a text, key or number out of bounds: whoever composes checks first. */
export function encodeContent(content: Content): Uint8Array {
  const { t, at, seq } = content;
  if (at < 0 || seq < 1) throw new Error('content without time or number');
  if (content.t === 'presence') {
    if (content.key.length !== KEY_BYTES) throw new Error('a presence key has 32 bytes');
    return encodeCbor({ t, at, seq, key: content.key });
  }
  if (content.t === 'introduce') {
    const { ik, sk, device, gen, cert, name } = content;
    if (ik.length !== KEY_BYTES || sk.length !== KEY_BYTES) throw new Error('keys have 32 bytes');
    if (cert.length !== SIGNATURE_BYTES) throw new Error('a certificate has 64 bytes');
    requireNameBounds(name);
    return encodeCbor({ t, at, seq, ik, sk, device, gen, cert, name });
  }
  const length = Buffer.byteLength(content.body);
  if (length === 0 || length > TEXT_BYTES) throw new Error('a text has 1 to TEXT_BYTES bytes');
  return encodeCbor({ t, at, seq, body: content.body });
}

export function parseContent(bytes: Uint8Array): ParsedContent {
  const map = parseCborMap(bytes);
  const name = textField(map, 't');
  const at = uintField(map, 'at');
  const seq = uintField(map, 'seq');
  if (seq === 0) throw new ProtocolError('content-sequence');
  switch (name) {
    case 'text':
      return { t: name, at, seq, body: requireTextBounds(textField(map, 'body')) };
    case 'presence':
      return { t: name, at, seq, key: presenceKeyField(map) };
    case 'introduce': {
      const [ik, sk] = [bytesField(map, 'ik', KEY_BYTES), bytesField(map, 'sk', KEY_BYTES)];
      const [device, gen] = [uintField(map, 'device', U32_MAX), uintField(map, 'gen', U32_MAX)];
      const cert = bytesField(map, 'cert', SIGNATURE_BYTES);
      return { t: name, at, seq, ik, sk, device, gen, cert, name: requireNameBounds(textField(map, 'name')) };
    }
    default:
      if (utf8(name).length > CONTENT_TYPE_BYTES) throw new ProtocolError('content-type');
      return { t: 'unknown', name, at, seq };
  }
}

function presenceKeyField(map: CborMap): PresenceKey {
  const key = parsePresenceKey(bytesField(map, 'key', KEY_BYTES));
  if (!key) throw new ProtocolError('field-type');
  return key;
}

function requireNameBounds(name: string): string {
  const { length } = utf8(name);
  if (length === 0 || length > NAME_BYTES) throw new ProtocolError('introduce-name');
  return name;
}

function requireTextBounds(body: string): string {
  if (body.length === 0) throw new ProtocolError('text-empty');
  if (Buffer.byteLength(body) > TEXT_BYTES) throw new ProtocolError('text-too-large');
  return body;
}
