// HELLO (SPEC §3): the first record of each direction, in which each side says who it is. Shape and bounds are checked
// here. That the certificate holds for the static key Noise proved, that it is the identity we dialled, and that a
// HELLO comes first and once, is the engine's to check.
import { utf8 } from '../crypto/bytes.ts';
import { parseIdentityPublicKey, type IdentityPublicKey } from '../crypto/keys.ts';
import {
  booleanField,
  bytesField,
  encodeCbor,
  mapOrNullField,
  parseCborMap,
  textField,
  uintField,
} from './cbor/cbor.ts';
import type { CborMap } from './cbor/cbor.ts';
import { ProtocolError } from './errors.ts';
import {
  HELLO_BYTES,
  INVITE_PROOF_BYTES,
  KEY_BYTES,
  NAME_BYTES,
  PROTOCOL_VERSION,
  SESSION_ID_BYTES,
  SIGNATURE_BYTES,
} from './limits.ts';
import type { HelloSession } from './session.ts';

const U8_MAX = 0xff;
const U16_MAX = 0xffff;
const U32_MAX = 0xffffffff;

/** Field names as on the wire. */
export interface Hello {
  readonly v: typeof PROTOCOL_VERSION;
  readonly ik: IdentityPublicKey;
  readonly device: number;
  readonly gen: number;
  /** Of the static key, device and generation, by `ik`; 64 bytes. */
  readonly cert: Uint8Array;
  /** Where the sender listens for dialling back; 0: nowhere. */
  readonly port: number;
  /** The sender has the receiver as a contact. */
  readonly contact: boolean;
  /** The session the sender would resume. */
  readonly session: HelloSession | null;
  readonly features: number;
  /** The responder's first ratchet key b0, always; the initiator sends none. */
  readonly ratchet?: Uint8Array;
  /** NFC, at most NAME_BYTES. */
  readonly name?: string;
  /** First 16 bytes of HMAC(invite secret, "loom/2 invite" ‖ handshake hash). */
  readonly invite?: Uint8Array;
  /** Responder: why the invite that was shown is refused; one of REFUSED, or a reason of a later version. */
  readonly refused?: number;
}

/** @throws Error on a name over NAME_BYTES; brings it to NFC. */
export function encodeHello(hello: Hello): Uint8Array {
  const name = hello.name?.normalize('NFC');
  if (name !== undefined && utf8(name).length > NAME_BYTES) throw new Error('a name over NAME_BYTES');
  const { v, ik, device, gen, cert, port, contact, session, features, ratchet, invite, refused } = hello;
  const offer = session && { id: session.id, sent: session.sent, received: session.received };
  return encodeCbor({
    v,
    ik,
    device,
    gen,
    cert,
    port,
    contact,
    session: offer,
    features,
    ratchet,
    name,
    invite,
    refused,
  });
}

export function parseHello(body: Uint8Array): Hello {
  if (body.length > HELLO_BYTES) throw new ProtocolError('hello-too-large');
  const map = parseCborMap(body);
  if (uintField(map, 'v') !== PROTOCOL_VERSION) throw new ProtocolError('hello-version');
  const ik = parseIdentityPublicKey(bytesField(map, 'ik', KEY_BYTES));
  if (!ik) throw new ProtocolError('hello-key');
  return {
    v: PROTOCOL_VERSION,
    ik,
    device: uintField(map, 'device', U32_MAX),
    gen: uintField(map, 'gen', U32_MAX),
    cert: bytesField(map, 'cert', SIGNATURE_BYTES),
    port: uintField(map, 'port', U16_MAX),
    contact: booleanField(map, 'contact'),
    session: parseSession(mapOrNullField(map, 'session')),
    features: uintField(map, 'features'),
    ...(map.has('ratchet') && { ratchet: bytesField(map, 'ratchet', KEY_BYTES) }),
    ...(map.has('name') && { name: parseName(textField(map, 'name')) }),
    ...(map.has('invite') && { invite: bytesField(map, 'invite', INVITE_PROOF_BYTES) }),
    ...(map.has('refused') && { refused: uintField(map, 'refused', U8_MAX) }),
  };
}

function parseSession(map: CborMap | null): HelloSession | null {
  if (!map) return null;
  return {
    id: bytesField(map, 'id', SESSION_ID_BYTES),
    sent: uintField(map, 'sent'),
    received: uintField(map, 'received'),
  };
}

function parseName(name: string): string {
  if (utf8(name).length > NAME_BYTES || name !== name.normalize('NFC')) throw new ProtocolError('hello-name');
  return name;
}
