// What reads the bytes of a link: the handshake, frames, records and each record's body.
import { utf8 } from '../crypto/bytes.ts';
import { makePresenceKey } from '../crypto/keys.ts';
import { encodeCheck, encodeChecked, parseCheck, parseChecked, type Checked } from '../protocol/check.ts';
import { encodeContent, parseContent } from '../protocol/content/content.ts';
import { parseEnvelope } from '../protocol/envelope.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { encodeFrame, FrameReader, layOutFlush, RecordReader } from '../protocol/frames.ts';
import {
  encodeData,
  encodeEnd,
  encodeGot,
  encodeReady,
  encodeStop,
  encodeWant,
  parseData,
  parseEnd,
  parseGot,
  parseReady,
  parseStop,
  parseWant,
} from '../protocol/files/file-records.ts';
import { encodeHello, parseHello } from '../protocol/hello.ts';
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
import { heard, sent } from '../testing/network/link-pair.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { png } from '../testing/pictures.ts';
import { sessionPair } from '../testing/network/session-pair.ts';
import { primitives, random, ours, theirs, certified, hello, refusing, type Target } from './target.ts';

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

export function linkTargets(): Target[] {
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

export function streamTargets(): Target[] {
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

export function recordTargets(): Target[] {
  const id = random(16);
  const pair = sessionPair('hostile records');
  const { envelope } = pair.initiator.encrypt(id, utf8('content'), pair.random);
  const text = encodeContent({ t: 'text', body: 'Grüße', at: 1_700_000_000_000, seq: 1 });
  const presence = encodeContent({ t: 'presence', key: makePresenceKey(random), at: 1_700_000_000_000, seq: 2 });
  const keys = { ik: random(32), sk: random(32), device: 0, gen: 0, cert: random(64) };
  const acts = [
    encodeContent({ t: 'text', body: 'At noon', re: { by: random(32), id }, quote: 'When?', at: 1, seq: 4 }),
    encodeContent({ t: 'edit', of: id, n: 1, body: 'At one', at: 2, seq: 5 }),
    encodeContent({ t: 'delete', of: id, at: 3, seq: 6 }),
    encodeContent({ t: 'react', to: { by: random(32), id }, emoji: '👍', at: 4, seq: 7 }),
    encodeContent({ t: 'read', upto: id, at: 5, seq: 8 }),
    encodeContent({ t: 'timer', after: 3600, at: 6, seq: 9 }),
    encodeContent({ t: 'text', body: 'Brief', ttl: 3600, at: 7, seq: 10 }),
    encodeContent({ t: 'profile', name: 'Zoë', about: 'Here', picture: png(256, 256), at: 8, seq: 11 }),
  ];
  const file = encodeContent({ t: 'file', name: 'a.png', size: 9, type: 'image/png', caption: 'x', at: 6, seq: 9 });
  const moving = [
    encodeWant({ id, from: 1_048_576, hash: random(32) }),
    encodeData({ id, position: 65_536, bytes: random(40) }),
    encodeEnd({ id, root: random(32) }),
    encodeGot({ id, position: 9 }),
    encodeStop({ id, reason: 1 }),
    encodeReady(id),
  ];
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
    { name: 'content', samples: [text, presence, introduce, file, ...acts], weight: 2, feed: refusing(parseContent) },
    { name: 'PAIR', samples: pairing, weight: 1, feed: refusing(parsePair) },
    { name: 'CHECK', samples: [encodeCheck(random(8))], weight: 0.3, feed: refusing(parseCheck) },
    { name: 'CHECKED', samples: [encodeChecked(checked)], weight: 1, feed: refusing(parseChecked) },
    ...[parseWant, parseData, parseEnd, parseGot, parseStop, parseReady].map((parse) => ({
      name: parse.name,
      samples: moving,
      weight: 0.3,
      feed: refusing(parse),
    })),
    ...[parseAck, parseNack, parsePing, parseBye, parseTyping, parseRoom].map((parse) => ({
      name: parse.name,
      samples: small,
      weight: 0.3,
      feed: refusing(parse),
    })),
  ];
}
