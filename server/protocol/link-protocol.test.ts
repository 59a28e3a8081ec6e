import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, u16, u32, utf8 } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { portableKem } from '../crypto/kem/kem-portable.ts';
import { nativePrimitives } from '../crypto/native.ts';
import { asStaticKey } from '../testing/keys.ts';
import { codeOf } from '../testing/code-of.ts';
import { call, handshake as shake, heard, sent } from '../testing/network/link-pair.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { encodeFrame, sealFrames } from './frames.ts';
import { encodeHello, parseHello } from './hello.ts';
import { FRAME_PLAINTEXT_BYTES, FRAMES_PER_KEY, HELLO_BYTES, RECORD_BYTES, STRANGER_FRAME_BYTES } from './limits.ts';
import { LinkProtocol, type LinkEvent } from './link-protocol.ts';
import { Handshake, XKHFS } from './noise/handshake.ts';
import { CipherState } from './noise/symmetric.ts';
import { BYE, RECORD, encodeBye, type LinkRecord } from './records.ts';
import loom2 from './testdata/loom2-answer.json' with { type: 'json' };

fc.configureGlobal({ seed: 2 });

const primitives = nativePrimitives(portableKem);
const keys = seededRandom('static keys');
const initiatorStatic = primitives.x25519KeyPair(keys(32));
const responderStatic = primitives.x25519KeyPair(keys(32));
const PREAMBLE = fromHex('4c4f4f4d00020002');

function makePair(seed = 'pair') {
  const random = seededRandom(seed);
  const initiator = LinkProtocol.initiator({
    primitives,
    ourStatic: initiatorStatic,
    theirStatic: asStaticKey(responderStatic.publicKey),
    random: seededRandom(`${seed} initiator`),
  });
  return { initiator, responder: LinkProtocol.responder({ primitives, ourStatic: responderStatic, random }) };
}

/** Records as `type:hex`, which compares quickly however long they are. */
function records(events: readonly LinkEvent[]): string[] {
  return spelt(events.flatMap((event) => (event.kind === 'record' ? [event] : [])));
}

function spelt(list: readonly LinkRecord[]): string[] {
  return list.map(({ type, body }) => `${type}:${toHex(body)}`);
}

function securedPair(seed = 'pair') {
  const { initiator, responder } = makePair(seed);
  const [message1, message2, message3] = shake(initiator, responder);
  responder.trust();
  return { initiator, responder, message1, message2, message3 };
}

/** A responder's link and, by hand, the cipher of the initiator at its other end: it can seal any plaintext. */
function responderAndCipher(trusting = true) {
  const random = seededRandom('by hand');
  const responder = LinkProtocol.responder({ primitives, ourStatic: responderStatic, random });
  const prologue = concat(PREAMBLE, sent(responder.receive(PREAMBLE)));
  const handshake = new Handshake('initiator', {
    primitives,
    pattern: XKHFS,
    prologue,
    ourStatic: initiatorStatic,
    theirStatic: asStaticKey(responderStatic.publicKey),
    random,
  });
  const none = new Uint8Array(0);
  const message2 = sent(heard(responder, encodeFrame(handshake.writeMessage(none))));
  handshake.readMessage(message2.subarray(2));
  responder.receive(encodeFrame(handshake.writeMessage(none)));
  if (trusting) responder.trust();
  return { responder, cipher: new CipherState(primitives, handshake.split().initiatorToResponder) };
}

function header(type: number, length: number): Uint8Array {
  return concat(Uint8Array.of(type), u32(length));
}

/** Every byte of the heads and tags of a handshake message, and every seventh of its long middle, which is one field. */
function places(length: number): number[] {
  return Array.from({ length }, (_, i) => i).filter((i) => i < 48 || i >= length - 40 || i % 7 === 0);
}

/** Feeds in pieces of the given sizes, over and over. */
function feed(protocol: LinkProtocol, bytes: Uint8Array, sizes: readonly number[]): LinkEvent[] {
  const events: LinkEvent[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length]!;
    events.push(...protocol.receive(bytes.subarray(at, at + size)));
    at += size;
  }
  return events;
}

describe('the vectors of the specification', () => {
  const { handshake: vector, hello, identity } = loom2;
  const staticKeys = identity.map(({ s_private }) => primitives.x25519KeyPair(fromHex(s_private)));
  const given = (...values: string[]) => {
    const queue = values.map(fromHex);
    return (length: number) => {
      const next = queue.shift();
      expect(next?.length).toBe(length);
      return next!;
    };
  };

  it('are met byte for byte, from preamble to HELLO in both directions', () => {
    const initiator = LinkProtocol.initiator({
      primitives,
      ourStatic: staticKeys[vector.initiator]!,
      theirStatic: asStaticKey(staticKeys[vector.responder]!.publicKey),
      random: given(vector.initiator_ephemeral_private, vector.kem_keygen_seed_d_z),
    });
    const responder = LinkProtocol.responder({
      primitives,
      ourStatic: staticKeys[vector.responder]!,
      random: given(vector.answer.slice(4), vector.responder_ephemeral_private, vector.kem_encapsulation_m),
    });
    expect(responder.start()).toEqual([]);
    const preamble = sent(initiator.start());
    expect(toHex(preamble)).toBe(vector.preamble);
    const answer = sent(responder.receive(preamble));
    expect(toHex(answer)).toBe(vector.answer);
    const first = sent(initiator.receive(answer));
    expect(toHex(first)).toBe(`04e0${vector.message1}`);
    expect(responder.receive(first)).toEqual([{ kind: 'called' }]);
    const second = sent(responder.answer());
    expect(toHex(second)).toBe(`0480${vector.message2}`);
    expect(initiator.receive(second)).toEqual([{ kind: 'proven' }]);
    const third = initiator.proceed();
    expect(toHex(sent(third))).toBe(`0040${vector.message3}`);
    expect(third[1]).toEqual({ kind: 'secured', theirStatic: staticKeys[vector.responder]!.publicKey });
    expect(responder.receive(sent(third))).toEqual([
      { kind: 'secured', theirStatic: staticKeys[vector.initiator]!.publicKey },
    ]);
    for (const protocol of [initiator, responder]) {
      expect(toHex(protocol.handshakeHash)).toBe(vector.handshake_hash);
      expect(toHex(protocol.exportKey)).toBe(vector.export);
    }
    exchangeHello(
      initiator,
      responder,
      hello.initiator_flush_plaintext,
      hello.initiator_wire,
      vector.key_initiator_to_responder,
    );
    exchangeHello(
      responder,
      initiator,
      hello.responder_flush_plaintext,
      hello.responder_wire,
      vector.key_responder_to_initiator,
    );
  });

  function exchangeHello(from: LinkProtocol, to: LinkProtocol, plaintext: string, wire: string, key: string) {
    const bytes = fromHex(plaintext);
    const body = bytes.subarray(5, 5 + bytes[4]!);
    expect(toHex(encodeHello(parseHello(body)))).toBe(toHex(body));
    expect(toHex(from.flush([{ type: RECORD.hello, body: encodeHello(parseHello(body)) }]))).toBe(wire);
    expect(records(to.receive(fromHex(wire)))).toEqual(spelt([{ type: RECORD.hello, body }]));
    const none = new Uint8Array(0);
    const opened = primitives.chacha20poly1305Open(fromHex(key), new Uint8Array(12), fromHex(wire).subarray(2), none);
    expect(opened && toHex(opened)).toBe(plaintext);
  }
});

describe('the handshake', () => {
  const { message1, message2, message3 } = securedPair();

  it('works fed byte by byte, records right behind message 3 included', () => {
    const { initiator, responder } = makePair();
    const answer = sent(feed(responder, sent(initiator.start()), [1]));
    expect(feed(responder, sent(feed(initiator, answer, [1])), [1])).toEqual([{ kind: 'called' }]);
    expect(sent(responder.answer())).toEqual(message2);
    expect(feed(initiator, message2, [1])).toEqual([{ kind: 'proven' }]);
    const third = sent(initiator.proceed());
    const hello = { type: RECORD.hello, body: utf8('hello') };
    const events = feed(responder, concat(third, initiator.flush([hello])), [1]);
    expect(events.map(({ kind }) => kind)).toEqual(['secured', 'record']);
    expect(records(events)).toEqual(spelt([hello]));
  });

  it('takes message 3 and what follows in one chunk', () => {
    const { initiator, responder } = makePair();
    initiator.receive(sent(heard(responder, call(initiator, responder))));
    const third = sent(initiator.proceed());
    const events = responder.receive(concat(third, initiator.flush([{ type: 99, body: utf8('x') }])));
    expect(events.map(({ kind }) => kind)).toEqual(['secured', 'record']);
  });

  it('runs on portable and native primitives together', () => {
    const portable = choosePrimitives('portable');
    const random = seededRandom('mixed');
    const [one, two] = [portable.x25519KeyPair(random(32)), choosePrimitives(undefined).x25519KeyPair(random(32))];
    const initiator = LinkProtocol.initiator({
      primitives: portable,
      ourStatic: one,
      theirStatic: asStaticKey(two.publicKey),
      random,
    });
    const responder = LinkProtocol.responder({ primitives: choosePrimitives(undefined), ourStatic: two, random });
    shake(initiator, responder);
    expect(responder.exportKey).toEqual(initiator.exportKey);
    expect(responder.handshakeHash).toEqual(initiator.handshakeHash);
  });

  /** A pair whose preamble or answer was changed on the way, up to where message 1 is opened. */
  const meetThrough = (change: (bytes: Uint8Array, index: number) => Uint8Array) => {
    const { initiator, responder } = makePair();
    const answer = sent(responder.receive(change(sent(initiator.start()), 0)));
    heard(responder, sent(initiator.receive(change(answer, 1))));
  };

  it('refuses a changed byte anywhere in preamble, answer and message 1', () => {
    expect(codeOf(() => meetThrough((bytes) => bytes))).toBeNull();
    for (const [index, length] of [8, 18].entries()) {
      for (let i = 0; i < length; i += 1) {
        const change = (bytes: Uint8Array, at: number): Uint8Array =>
          bytes.map((byte, place) => (at === index && place === i ? byte ^ 1 : byte));
        expect(
          codeOf(() => meetThrough(change)),
          `byte ${i} of ${length}`,
        ).not.toBeNull();
      }
    }
    for (const i of places(message1.length)) {
      const { initiator, responder } = makePair();
      expect(call(initiator, responder)).toEqual(message1);
      const changed = new Uint8Array(message1);
      changed[i]! ^= 1;
      expect(
        codeOf(() => heard(responder, changed)),
        `byte ${i}`,
      ).not.toBeNull();
    }
  });

  it('opens a recorded message 1 for nobody, whoever it was made for', () => {
    const { responder } = makePair('later');
    responder.receive(PREAMBLE);
    expect(responder.receive(message1)).toEqual([{ kind: 'called' }]);
    expect(codeOf(() => responder.answer())).toBe('handshake-failed');
    expect(responder.receive(message1)).toEqual([]);
  });

  it('takes no answer of another version', () => {
    const { initiator } = makePair();
    initiator.start();
    expect(codeOf(() => initiator.receive(concat(u16(3), new Uint8Array(16))))).toBe('version-unsupported');
  });

  it('refuses a changed byte anywhere in message 2', () => {
    for (const i of places(message2.length)) {
      const { initiator, responder } = makePair();
      call(initiator, responder);
      const changed = new Uint8Array(message2);
      changed[i]! ^= 0x80;
      expect(
        codeOf(() => initiator.receive(changed)),
        `byte ${i}`,
      ).not.toBeNull();
    }
  });

  it('refuses a changed byte anywhere in message 3', () => {
    for (let i = 0; i < message3.length; i += 1) {
      const { initiator, responder } = makePair();
      expect(sent(heard(responder, call(initiator, responder)))).toEqual(message2);
      const changed = new Uint8Array(message3);
      changed[i]! ^= 1;
      expect(
        codeOf(() => responder.receive(changed)),
        `byte ${i}`,
      ).not.toBeNull();
    }
  });

  it('fails for an initiator that means another static key', () => {
    const { responder } = makePair();
    const initiator = LinkProtocol.initiator({
      primitives,
      ourStatic: initiatorStatic,
      theirStatic: asStaticKey(initiatorStatic.publicKey),
      random: seededRandom('wrong'),
    });
    const message = call(initiator, responder);
    expect(codeOf(() => heard(responder, message))).toBe('handshake-failed');
  });

  it('fails on messages replayed into another handshake', () => {
    const { initiator, responder } = makePair('another');
    const own = call(initiator, responder);
    expect(codeOf(() => initiator.receive(message2))).toBe('handshake-failed');
    expect(sent(heard(responder, own))).not.toEqual(message2);
    expect(codeOf(() => responder.receive(message3))).toBe('handshake-failed');
  });

  it('fails on its own messages reflected', () => {
    const { initiator, responder } = makePair();
    const first = call(initiator, responder);
    const second = sent(heard(responder, first));
    expect(codeOf(() => initiator.receive(first))).toBe('frame-length');
    expect(codeOf(() => responder.receive(second))).toBe('frame-length');
  });

  it('takes no byte that is out of turn', () => {
    const { initiator, responder } = makePair();
    expect(codeOf(() => makePair().initiator.receive(Uint8Array.of(0)))).toBe('frame-unexpected');
    const first = call(initiator, responder);
    const eager = makePair();
    expect(
      codeOf(() => eager.responder.receive(concat(call(eager.initiator, eager.responder), Uint8Array.of(0)))),
    ).toBe('frame-unexpected');
    const second = sent(heard(responder, first));
    expect(codeOf(() => initiator.receive(concat(second, Uint8Array.of(0))))).toBe('frame-unexpected');
    expect(() => initiator.proceed()).toThrow('message 2 has not come');
    expect(codeOf(() => responder.receive(u16(1248)))).toBe('frame-length');
  });

  it.each([
    ['4c4f4f4e00020002', 'preamble-malformed'],
    ['474554202f204854', 'preamble-malformed'],
    ['4c4f4f4d00030002', 'preamble-malformed'],
    ['4c4f4f4d00030004', 'version-unsupported'],
    ['4c4f4f4d00000001', 'version-unsupported'],
    ['4c4f4f4d00020003', null],
    ['4c4f4f4d0001ffff', null],
  ])('reads preamble %s as %s', (preamble, code) => {
    expect(codeOf(() => makePair().responder.receive(fromHex(preamble)))).toBe(code);
  });

  it('says nothing to arbitrary bytes and refuses them by code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.boolean(), (bytes, prefixed) => {
        const { responder } = makePair();
        if (prefixed) responder.receive(PREAMBLE);
        let events: LinkEvent[] = [];
        codeOf(() => {
          events = heard(responder, prefixed ? concat(u16(1248), bytes) : bytes);
        });
        expect(events).toEqual([]);
      }),
    );
  });

  it('keeps to its order of calls', () => {
    const { initiator, responder } = makePair();
    expect(() => initiator.proceed()).toThrow('message 2 has not come');
    expect(() => responder.answer()).toThrow('message 1 has not come');
    expect(() => initiator.flush([])).toThrow('the link is idle');
    expect(() => responder.handshakeHash).toThrow('the link is preamble');
    initiator.start();
    expect(() => initiator.start()).toThrow('started already');
    expect(() => initiator.exportKey).toThrow('the link is hailing');
    expect(() =>
      LinkProtocol.initiator({
        primitives,
        ourStatic: initiatorStatic,
        theirStatic: asStaticKey(new Uint8Array(31)),
        random: keys,
      }),
    ).toThrow('a static key has 32 bytes');
  });
});

describe('records', () => {
  it('cross in order, in any chunking, over frame borders, unknown types too', () => {
    const { initiator, responder } = securedPair();
    const record = fc.record({ type: fc.integer({ min: 1, max: 255 }), body: fc.uint8Array({ maxLength: 200 }) });
    const filler = fc.constantFrom(0, 0, 4096, FRAME_PLAINTEXT_BYTES, 150_000);
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 20 }),
        filler,
        fc.array(fc.integer({ min: 50, max: 70_000 }), { minLength: 1, maxLength: 4 }),
        (list, size, sizes) => {
          const all = [...list, { type: 77, body: new Uint8Array(size).fill(3) }, ...list];
          for (const [from, to] of [
            [initiator, responder],
            [responder, initiator],
          ] as const) {
            expect(records(feed(to, from.flush(all), sizes))).toEqual(spelt(all));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('cross fed byte by byte, a long one over several frames', () => {
    const { initiator, responder } = securedPair();
    const long = { type: RECORD.envelope, body: seededRandom('long')(65_536) };
    const short = { type: RECORD.ping, body: utf8('12345678') };
    expect(records(feed(responder, initiator.flush([short, long, short]), [1]))).toEqual(spelt([short, long, short]));
  });

  it('may be as long as the bound, and not one byte longer, going out', () => {
    const { initiator, responder } = securedPair();
    const record = { type: RECORD.envelope, body: new Uint8Array(RECORD_BYTES).fill(1) };
    expect(records(responder.receive(initiator.flush([record])))).toEqual(spelt([record]));
    expect(() => initiator.flush([{ type: 2, body: new Uint8Array(RECORD_BYTES + 1) }])).toThrow('over RECORD_BYTES');
  });

  it('over the bound are refused at their header, coming in', () => {
    const { responder, cipher } = responderAndCipher();
    expect(codeOf(() => responder.receive(sealFrames(cipher, header(2, RECORD_BYTES))))).toBeNull();
    const other = responderAndCipher();
    const frame = sealFrames(other.cipher, header(2, RECORD_BYTES + 1));
    expect(codeOf(() => other.responder.receive(frame))).toBe('record-too-large');
  });

  it('of somebody not known to be a contact are short, and so are their frames', () => {
    const largest = header(1, HELLO_BYTES);
    const stranger = responderAndCipher(false);
    const flush = concat(largest, new Uint8Array(HELLO_BYTES), header(RECORD.pad, 0));
    const full = concat(flush, header(RECORD.pad, 0), new Uint8Array(8192 - flush.length - 5));
    expect(full.length + 16).toBe(STRANGER_FRAME_BYTES);
    expect(records(stranger.responder.receive(sealFrames(stranger.cipher, full)))).toHaveLength(1);
    const longer = responderAndCipher(false);
    expect(codeOf(() => longer.responder.receive(sealFrames(longer.cipher, header(2, HELLO_BYTES + 1))))).toBe(
      'record-too-large',
    );
    const framed = responderAndCipher(false);
    expect(codeOf(() => framed.responder.receive(u16(STRANGER_FRAME_BYTES + 1)))).toBe('frame-length');
    expect(codeOf(() => responderAndCipher().responder.receive(u16(STRANGER_FRAME_BYTES + 1)))).toBeNull();
  });

  it('need no padding, and padding tells nothing', () => {
    const { responder, cipher } = responderAndCipher();
    const bare = concat(header(9, 1), utf8('x'), header(RECORD.pad, 0), header(8, 0));
    expect(records(responder.receive(sealFrames(cipher, bare)))).toEqual(['9:78', '8:']);
    expect(records(responder.receive(encodeFrame(cipher.encrypt(new Uint8Array(0)))))).toEqual([]);
  });

  it('that are none give no bytes', () => {
    expect(securedPair().initiator.flush([])).toEqual(new Uint8Array(0));
  });

  it('are refused when a frame is changed, replayed, reflected, left out or too short', () => {
    const ping = [{ type: RECORD.ping, body: utf8('12345678') }];
    const cases: Record<string, (pair: ReturnType<typeof securedPair>) => Uint8Array> = {
      changed: ({ initiator }) => initiator.flush(ping).map((byte, i) => (i === 100 ? byte ^ 1 : byte)),
      replayed: ({ initiator, responder }) => {
        const bytes = initiator.flush(ping);
        expect(records(responder.receive(bytes))).toEqual(spelt(ping));
        return bytes;
      },
      reflected: ({ responder }) => responder.flush(ping),
      'left out': ({ initiator }) => {
        initiator.flush(ping);
        return initiator.flush(ping);
      },
    };
    for (const [name, make] of Object.entries(cases)) {
      const pair = securedPair();
      const bytes = make(pair);
      expect(
        codeOf(() => pair.responder.receive(bytes)),
        name,
      ).toBe('frame-tag');
    }
    expect(codeOf(() => securedPair().responder.receive(u16(15)))).toBe('frame-length');
  });

  it('bad bytes make a link deaf, not dumb: a BYE still goes out, nothing more comes in', () => {
    const { initiator, responder } = securedPair();
    const good = initiator.flush([{ type: 99, body: utf8('good') }]);
    expect(codeOf(() => responder.receive(new Uint8Array(300)))).toBe('frame-length');
    expect(responder.receive(good)).toEqual([]);
    const bye = { type: RECORD.bye, body: encodeBye(BYE.protocolError) };
    expect(records(initiator.receive(responder.flush([bye])))).toEqual(spelt([bye]));
  });

  it('close wipes and ends', () => {
    const { initiator } = securedPair();
    const { exportKey } = initiator;
    expect(exportKey.some((byte) => byte !== 0)).toBe(true);
    initiator.close();
    initiator.close();
    expect(exportKey).toEqual(new Uint8Array(32));
    expect(initiator.receive(Uint8Array.of(1, 2, 3))).toEqual([]);
    expect(() => initiator.flush([])).toThrow('the link is closed');
    expect(() => initiator.exportKey).toThrow('the link is closed');
    const { initiator: unfinished, responder: other } = makePair();
    call(unfinished, other);
    unfinished.close();
    expect(unfinished.receive(securedPair().message2)).toEqual([]);
  });
});

describe('rekeying', () => {
  it(`after ${FRAMES_PER_KEY} frames keeps sender and receiver in step, and leaves the other direction alone`, () => {
    const { initiator, responder } = securedPair();
    const ping = [{ type: RECORD.ping, body: utf8('12345678') }];
    let got = 0;
    for (let i = 0; i < FRAMES_PER_KEY + 2; i += 1) got += responder.receive(initiator.flush(ping)).length;
    expect(got).toBe(FRAMES_PER_KEY + 2);
    expect(records(initiator.receive(responder.flush(ping)))).toEqual(spelt(ping));
  });

  it('changes the key between frame 65,536 and the next, and goes on counting', () => {
    const key = new Uint8Array(32).fill(9);
    const cipher = new CipherState(primitives, new Uint8Array(key));
    const none = new Uint8Array(0);
    for (let i = 0; i < FRAMES_PER_KEY - 1; i += 1) sealFrames(cipher, Uint8Array.of(1));
    const nonce = (count: number) => Uint8Array.of(0, 0, 0, 0, count, count >>> 8, count >>> 16, 0, 0, 0, 0, 0);
    const last = primitives.chacha20poly1305Seal(key, nonce(FRAMES_PER_KEY - 1), utf8('last'), none);
    expect(sealFrames(cipher, utf8('last'))).toEqual(encodeFrame(last));
    const next = primitives
      .chacha20poly1305Seal(key, new Uint8Array(12).fill(255, 4), new Uint8Array(32), none)
      .slice(0, 32);
    const first = primitives.chacha20poly1305Seal(next, nonce(FRAMES_PER_KEY), utf8('first'), none);
    expect(sealFrames(cipher, utf8('first'))).toEqual(encodeFrame(first));
  });
});
