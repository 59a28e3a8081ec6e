// Everything that reads bytes from strangers, from contacts, from the network or from a disk that somebody had. Each takes
// an input or refuses it in the way it is meant to; whatever else it throws is a crash. What keeps a state proves that a
// refusal left it as it was.
import { z } from 'zod';
import { encodeBase32, parseBase32 } from '../crypto/base32.ts';
import { concat, equal, utf8 } from '../crypto/bytes.ts';
import { parseStaticPublicKey } from '../crypto/keys.ts';
import { encodeQuery, encodeResponse, parseMessage, type MdnsRecord } from '../discovery/mdns/dns/packet.ts';
import { parseEnvelope } from '../protocol/envelope.ts';
import { parseState } from '../protocol/session-state.ts';
import { Session } from '../protocol/session.ts';
import { encodeToken, parseToken } from '../protocol/token.ts';
import { StorageError } from '../storage/errors.ts';
import { Sealing } from '../storage/sealing/sealing.ts';
import { sessionPair } from '../testing/network/session-pair.ts';
import { linkTargets, recordTargets, streamTargets } from './link-targets.ts';
import { primitives, random, ours, identityKey, certificate, refusing, type Target } from './target.ts';

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
      name: 'Ann',
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
