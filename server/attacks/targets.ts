// Everything that reads bytes from strangers, from contacts, from the network or from a disk that somebody had. Each takes
// an input or refuses it in the way it is meant to; whatever else it throws is a crash. What keeps a state proves that a
// refusal left it as it was.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { encodeBase32, parseBase32 } from '../crypto/base32.ts';
import { concat, equal, utf8 } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { parseIdentityPublicKey, parseStaticPublicKey, makePresenceKey } from '../crypto/keys.ts';
import { encodeQuery, encodeResponse, parseMessage, type MdnsRecord } from '../discovery/mdns/dns/packet.ts';
import { signCertificate } from '../protocol/certificate.ts';
import { encodeCheck, encodeChecked, parseCheck, parseChecked, type Checked } from '../protocol/check.ts';
import { encodeContent, parseContent } from '../protocol/content/content.ts';
import { parseEnvelope } from '../protocol/envelope.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { encodeFrame, FrameReader, layOutFlush, RecordReader } from '../protocol/frames.ts';
import { encodeHello, parseHello, type Hello } from '../protocol/hello.ts';
import { FRAME_BYTES } from '../protocol/limits.ts';
import { LinkProtocol } from '../protocol/link-protocol.ts';
import { encodePair, parsePair } from '../protocol/pairing/messages.ts';
import {
  encodeAck,
  encodeBye,
  encodeNack,
  encodeTyping,
  parseAck,
  parseBye,
  parseNack,
  parsePing,
  parseRoom,
  parseTyping,
  RECORD,
} from '../protocol/records.ts';
import { parseState } from '../protocol/session-state.ts';
import { Session } from '../protocol/session.ts';
import { encodeToken, parseToken } from '../protocol/token.ts';
import { StorageError } from '../storage/errors.ts';
import { Sealing } from '../storage/sealing/sealing.ts';
import { heard, sent } from '../testing/network/link-pair.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { sessionPair } from '../testing/network/session-pair.ts';

export interface Target {
  readonly name: string;
  /** Valid inputs. */
  readonly samples: readonly Uint8Array[];
  /** Part of all inputs: what does public-key work in every one gets fewer. */
  readonly weight: number;
  /** @returns whether it was taken. @throws anything but a proper refusal when it is broken. */
  readonly feed: (input: Uint8Array) => boolean;
}

const primitives = choosePrimitives(undefined);
const random = seededRandom('hostile');
const ours = primitives.x25519KeyPair(random(32));
const theirs = primitives.x25519KeyPair(random(32));
const signingKey = primitives.ed25519PrivateKey(random(32));
const identityKey = parseIdentityPublicKey(primitives.ed25519PublicKey(signingKey))!;
const certified = { staticKey: parseStaticPublicKey(ours.publicKey)!, device: 0, generation: 0 };
const certificate = signCertificate(primitives, signingKey, certified);

/** Runs a parser that refuses by ProtocolError. */
function refusing(parse: (input: Uint8Array) => unknown): Target['feed'] {
  return (input) => {
    try {
      parse(input);
      return true;
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
  };
}

const hello: Hello = {
  v: 2,
  ik: identityKey,
  device: 0,
  gen: 0,
  cert: certificate,
  port: 4712,
  contact: true,
  session: { id: random(16), sent: 7, received: 300 },
  features: 0,
  name: 'Änne',
  ratchet: theirs.publicKey,
};

/** Both ends of a handshake that always goes the same way, as far as the native KEM lets it. */
function responder(): LinkProtocol {
  return LinkProtocol.responder({ primitives, ourStatic: ours, random: seededRandom('responder') });
}

function initiator(): LinkProtocol {
  const options = {
    primitives,
    ourStatic: theirs,
    theirStatic: certified.staticKey,
    random: seededRandom('initiator'),
  };
  return LinkProtocol.initiator(options);
}

function linkTargets(): Target[] {
  const dialler = initiator();
  const listener = responder();
  const preamble = sent(dialler.start());
  const answer = sent(listener.receive(preamble));
  const message1 = sent(dialler.receive(answer));
  const message2 = sent(heard(listener, message1));
  dialler.receive(message2);
  const message3 = Buffer.concat([
    sent(dialler.proceed()),
    dialler.flush([{ type: RECORD.hello, body: encodeHello(hello) }]),
  ]);
  /** Nothing that was refused may open the link, and nothing comes of a closed one. */
  const take = (protocol: LinkProtocol, input: Uint8Array): boolean => {
    try {
      return heard(protocol, input).some(({ kind }) => kind === 'secured' || kind === 'record');
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (protocol.receive(message3).length > 0) throw new Error('a link that refused goes on', { cause: error });
      return false;
    } finally {
      protocol.close();
    }
  };
  return [
    { name: 'responder', samples: [preamble], weight: 0.02, feed: (input) => take(responder(), input) },
    {
      name: 'responder, message 1',
      samples: [message1],
      weight: 0.02,
      feed: (input) => {
        const protocol = responder();
        protocol.receive(preamble);
        return take(protocol, input);
      },
    },
    {
      name: 'responder, message 3',
      samples: [message3],
      weight: 0.005,
      feed: (input) => {
        const protocol = responder();
        protocol.receive(preamble);
        heard(protocol, message1);
        return take(protocol, input);
      },
    },
    {
      name: 'initiator',
      samples: [answer, message2],
      weight: 0.005,
      feed: (input) => {
        const protocol = initiator();
        protocol.start();
        if (input.length > answer.length) protocol.receive(answer);
        return take(protocol, input);
      },
    },
  ];
}

function streamTargets(): Target[] {
  const bodies = [encodeHello(hello), encodeAck([random(16)]), new Uint8Array(), random(300)];
  const plaintext = layOutFlush(bodies.map((body, type) => ({ type: type + 1, body })));
  return [
    {
      name: 'frames',
      samples: [Buffer.concat([encodeFrame(random(16)), encodeFrame(random(400))])],
      weight: 1,
      feed: refusing((input) => {
        const reader = new FrameReader();
        for (let at = 0; at < input.length; at += 7) {
          reader.feed(input.subarray(at, at + 7));
          while (reader.takeFrame(16, FRAME_BYTES));
        }
      }),
    },
    {
      name: 'records',
      samples: [plaintext],
      weight: 1,
      feed: refusing((input) => {
        const reader = new RecordReader();
        reader.feed(input);
        while (reader.take());
      }),
    },
  ];
}

const checked: Checked = {
  ...{ id: random(8), at: 1_700_000_000_000, took: 3_000, nearby: true },
  tried: [
    { endpoint: { host: '192.168.1.5', port: 4712 }, outcome: 'reached', ms: 7 },
    { endpoint: { host: 'fe80::1', port: 4712 }, outcome: 'timeout', ms: 3_000 },
  ],
};

function recordTargets(): Target[] {
  const id = random(16);
  const pair = sessionPair('hostile records');
  const { envelope } = pair.initiator.encrypt(id, utf8('content'), pair.random);
  const text = encodeContent({ t: 'text', body: 'Grüße', at: 1_700_000_000_000, seq: 1 });
  const presence = encodeContent({ t: 'presence', key: makePresenceKey(random), at: 1_700_000_000_000, seq: 2 });
  const keys = { ik: random(32), sk: random(32), device: 0, gen: 0, cert: random(64) };
  const introduce = encodeContent({ t: 'introduce', ...keys, name: 'Zoë', at: 1_700_000_000_000, seq: 3 });
  const small = [encodeNack(id, 1), random(8), encodeBye(1), encodeTyping(true), encodeAck([id, random(16)])];
  const pairing = [
    encodePair({ step: 0 }),
    encodePair({ step: 2, y: random(32) }),
    encodePair({ step: 5, tag: random(32) }),
    encodePair({ step: 6, left: 2 }),
  ];
  return [
    { name: 'HELLO', samples: [encodeHello(hello)], weight: 2, feed: refusing(parseHello) },
    { name: 'envelope', samples: [envelope], weight: 1, feed: refusing(parseEnvelope) },
    { name: 'content', samples: [text, presence, introduce], weight: 2, feed: refusing(parseContent) },
    { name: 'PAIR', samples: pairing, weight: 1, feed: refusing(parsePair) },
    { name: 'CHECK', samples: [encodeCheck(random(8))], weight: 0.3, feed: refusing(parseCheck) },
    { name: 'CHECKED', samples: [encodeChecked(checked)], weight: 1, feed: refusing(parseChecked) },
    ...[parseAck, parseNack, parsePing, parseBye, parseTyping, parseRoom].map((parse) => ({
      name: parse.name,
      samples: small,
      weight: 0.3,
      feed: refusing(parse),
    })),
  ];
}

function sessionTargets(): Target[] {
  const pair = sessionPair('hostile session');
  const now = 1_700_000_000_000;
  let sender = pair.initiator;
  const envelopes = Array.from({ length: 8 }, (_, i) => {
    const { envelope, next } = sender.encrypt(random(16), utf8(`text ${i}`), pair.random);
    sender = next;
    return envelope;
  });
  // Some were read, some are yet to come: turned chains, kept keys and all.
  let receiver = pair.responder;
  for (const envelope of [envelopes[1]!, envelopes[4]!]) {
    receiver = receiver.decrypt(parseEnvelope(envelope), pair.random, now).next;
  }
  const before = receiver.serialize();
  const open = refusing((input) => receiver.decrypt(parseEnvelope(input), pair.random, now));
  return [
    {
      name: 'ratchet',
      samples: envelopes,
      weight: 1,
      feed: (input) => {
        const taken = open(input);
        if (!equal(receiver.serialize(), before)) throw new Error('a session changed in place');
        if (taken && !envelopes.some((envelope) => equal(envelope, input))) throw new Error('a forged envelope opened');
        return taken;
      },
    },
    {
      name: 'session state',
      samples: [before, sender.serialize(), sessionPair('fresh').responder.serialize()],
      weight: 1,
      feed: refusing((input) => {
        const state = parseState(input);
        const again = Session.parse(pair.contexts.responder, input).serialize();
        if (!equal(again, input)) throw new Error('a state has two encodings');
        return state;
      }),
    },
  ];
}

function tokenTargets(): Target[] {
  const keys = {
    identityKey,
    staticKey: parseStaticPublicKey(ours.publicKey)!,
  };
  const tokens = [
    encodeToken(primitives, { version: 1, ...keys }),
    encodeToken(primitives, {
      ...{ version: 2, ...keys, device: 0, generation: 0, certificate, secret: random(16), expiry: 0 },
      endpoints: [{ host: '192.168.1.5', port: 4712 }],
    }),
  ];
  const bodies = tokens.map((token, i) => parseBase32(token.slice('LOOM-'.length))!.slice(0, i === 0 ? -1 : -4));
  return [
    {
      name: 'token',
      samples: tokens.map(utf8),
      weight: 1,
      feed: refusing((input) => parseToken(primitives, Buffer.from(input).toString('latin1'))),
    },
    {
      // A checksum is no secret: whoever makes a bad token makes it fit.
      name: 'token with its checksum',
      samples: bodies,
      weight: 0.5,
      feed: refusing((input) => {
        const checksum = primitives.blake2b512(input).subarray(0, input[0] === 1 ? 1 : 4);
        return parseToken(primitives, `LOOM-${encodeBase32(concat(input, checksum))}`);
      }),
    },
  ];
}

function sealedRowTarget(): Target {
  const sealing = new Sealing({
    primitives,
    masterKey: random(32),
    database: random(16),
    onDamaged: () => undefined,
  });
  const seal = sealing.table('messages');
  const key = utf8('row 1');
  const row = seal.seal(key, { body: 'text', at: 1 });
  const schema = z.strictObject({ body: z.string(), at: z.number() });
  return {
    name: 'sealed row',
    samples: [row, seal.seal(utf8('row 2'), { body: 'other', at: 2 })],
    weight: 1,
    feed: (input) => {
      try {
        seal.open(key, input, schema);
      } catch (error) {
        if (error instanceof StorageError) return false;
        throw error;
      }
      if (!equal(input, row)) throw new Error('another row opened in its place');
      return true;
    },
  };
}

function mdnsTarget(): Target {
  const service = '_loom._tcp.local';
  const label = 'abcdefghijklmnop';
  const head = { ttl: 120, flush: true };
  const records: MdnsRecord[] = [
    { ...head, name: service, flush: false, type: 'PTR', data: `${label}.${service}` },
    { ...head, name: `${label}.${service}`, type: 'SRV', data: { port: 4712, target: `${label}.local` } },
    { ...head, name: `${label}.${service}`, type: 'TXT', data: [Buffer.from('v=2'), Buffer.from('n=12345678')] },
    { ...head, name: `${label}.local`, type: 'A', data: '192.168.1.5' },
    { ...head, name: `${label}.local`, type: 'AAAA', data: 'fe80::1' },
  ];
  const query = encodeQuery([{ name: service, type: 'PTR' }], records.slice(0, 1));
  return {
    name: 'mDNS',
    samples: [query, encodeResponse(records.slice(0, 2), records.slice(2))],
    weight: 2,
    feed: (input) => parseMessage(input) !== null,
  };
}

export function makeTargets(): readonly Target[] {
  return [
    ...tokenTargets(),
    ...linkTargets(),
    ...streamTargets(),
    ...recordTargets(),
    ...sessionTargets(),
    sealedRowTarget(),
    mdnsTarget(),
  ];
}

/** For a test's message: the bytes that broke something, short enough to paste. */
export function describeInput(input: Uint8Array): string {
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 16);
  return `${input.length} bytes ${hash} ${Buffer.from(input).toString('hex').slice(0, 4096)}`;
}
