import { describe, expect, it } from 'vitest';
import { fromHex, isZero, toHex, utf8 } from '../../crypto/bytes.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { portableKem } from '../../crypto/kem/kem-portable.ts';
import { nativePrimitives } from '../../crypto/native.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { sharedVectors } from '../../testing/shared-vectors.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { ProtocolError } from '../errors.ts';
import { HANDSHAKE_BYTES } from '../limits.ts';
import cacophony from '../testdata/noise-xk-cacophony.json' with { type: 'json' };
import { Handshake, XK, XKHFS, type Pattern } from './handshake.ts';
import { CipherState } from './symmetric.ts';

const NO_PAYLOAD = new Uint8Array(0);

function pair(primitives = choosePrimitives(undefined), pattern: Pattern = XKHFS, prologues = ['same', 'same']) {
  const [first, second] = prologues.map((text) => utf8(text));
  const random = seededRandom('noise');
  const initiatorStatic = primitives.x25519KeyPair(random(32));
  const responderStatic = primitives.x25519KeyPair(random(32));
  const initiator = new Handshake('initiator', {
    primitives,
    pattern,
    prologue: first!,
    ourStatic: initiatorStatic,
    theirStatic: responderStatic.publicKey,
    random,
  });
  const responder = new Handshake('responder', {
    primitives,
    pattern,
    prologue: second!,
    ourStatic: responderStatic,
    random,
  });
  return { initiator, responder, initiatorStatic, responderStatic, random };
}

describe.each(['native', 'portable'] as const)('Noise XK on %s primitives', (name) => {
  const primitives = choosePrimitives(name === 'portable' ? 'portable' : undefined);

  it.each(cacophony)('reproduces the published vector of $protocol_name', (vector) => {
    const make = (role: 'initiator' | 'responder') => {
      const own = role === 'initiator' ? 'init' : 'resp';
      return new Handshake(role, {
        primitives,
        pattern: XK,
        prologue: fromHex(vector[`${own}_prologue`]),
        ourStatic: primitives.x25519KeyPair(fromHex(vector[`${own}_static`])),
        ...(role === 'initiator' ? { theirStatic: fromHex(vector.init_remote_static) } : {}),
        random: () => fromHex(vector[`${own}_ephemeral`]),
      });
    };
    const initiator = make('initiator');
    const responder = make('responder');
    const handshakeMessages = XK.messages.length;
    vector.messages.slice(0, handshakeMessages).forEach(({ payload, ciphertext }, i) => {
      const [writer, reader] = i % 2 === 0 ? [initiator, responder] : [responder, initiator];
      expect(toHex(writer.writeMessage(fromHex(payload)))).toBe(ciphertext);
      expect(toHex(reader.readMessage(fromHex(ciphertext)))).toBe(payload);
    });
    expect(toHex(initiator.handshakeHash)).toBe(vector.handshake_hash);
    expect(toHex(responder.handshakeHash)).toBe(vector.handshake_hash);
    expect(responder.theirStatic).toEqual(primitives.x25519KeyPair(fromHex(vector.init_static)).publicKey);

    const ours = initiator.split();
    const theirs = responder.split();
    expect(ours).toEqual(theirs);
    const keys = [
      new CipherState(primitives, ours.initiatorToResponder),
      new CipherState(primitives, ours.responderToInitiator),
    ];
    const opening = [
      new CipherState(primitives, theirs.initiatorToResponder),
      new CipherState(primitives, theirs.responderToInitiator),
    ];
    vector.messages.slice(handshakeMessages).forEach(({ payload, ciphertext }, i) => {
      const direction = (handshakeMessages + i) % 2;
      expect(toHex(keys[direction]!.encrypt(fromHex(payload)))).toBe(ciphertext);
      expect(toHex(opening[direction]!.decrypt(fromHex(ciphertext))!)).toBe(payload);
    });
  });
});

describe('Noise XKhfs', () => {
  const native = choosePrimitives(undefined);
  const portable = choosePrimitives('portable');

  it('has the message sizes of the specification', () => {
    const { initiator, responder } = pair();
    const first = initiator.writeMessage(NO_PAYLOAD);
    responder.readMessage(first);
    const second = responder.writeMessage(NO_PAYLOAD);
    initiator.readMessage(second);
    const third = initiator.writeMessage(NO_PAYLOAD);
    responder.readMessage(third);
    expect([first.length, second.length, third.length]).toEqual(HANDSHAKE_BYTES);
    expect(responder.split()).toEqual(initiator.split());
  });

  it.each([
    ['different prologues', pair(native, XKHFS, ['one', 'two'])],
    [
      'a pattern of the same first tokens',
      { ...pair(native, XKHFS), responder: pair(portable, { ...XKHFS, protocolName: XK.protocolName }).responder },
    ],
  ])('fails on %s', (_, { initiator, responder }) => {
    expect(() => responder.readMessage(initiator.writeMessage(NO_PAYLOAD))).toThrow(
      new ProtocolError('handshake-failed'),
    );
  });

  it('aborts on keys of low order and on a KEM key that fails the modulus check', () => {
    const { initiator, responder, random } = pair();
    const message = initiator.writeMessage(NO_PAYLOAD);
    const zeroed = new Uint8Array(message);
    zeroed.fill(0, 0, 32);
    expect(() => responder.readMessage(zeroed)).toThrow(new ProtocolError('handshake-failed'));

    const forged = {
      ...native,
      kem: {
        ...native.kem,
        keyPair: (seed: Uint8Array) => ({ ...native.kem.keyPair(seed), publicKey: new Uint8Array(1184).fill(255) }),
      },
    };
    const cheating = pair(forged);
    const honest = new Handshake('responder', {
      primitives: native,
      pattern: XKHFS,
      prologue: utf8('same'),
      ourStatic: cheating.responderStatic,
      random,
    });
    honest.readMessage(cheating.initiator.writeMessage(NO_PAYLOAD));
    expect(() => honest.writeMessage(NO_PAYLOAD)).toThrow(new ProtocolError('handshake-failed'));
  });

  it('keeps to turns', () => {
    const { initiator, responder } = pair();
    expect(() => responder.writeMessage(NO_PAYLOAD)).toThrow('not the turn to write');
    expect(() => initiator.readMessage(NO_PAYLOAD)).toThrow('not the turn to read');
    expect(() => initiator.split()).toThrow('not finished');
    expect(() => responder.theirStatic).toThrow('before it is known');
  });

  it('refuses every cut-short message', () => {
    const { initiator } = pair();
    const message = initiator.writeMessage(NO_PAYLOAD);
    for (const length of [0, 31, 32, 1231, 1232, 1247]) {
      expect(() => pair().responder.readMessage(message.subarray(0, length))).toThrow(
        new ProtocolError('handshake-failed'),
      );
    }
  });
});

describe('CipherState', () => {
  const primitives = choosePrimitives(undefined);
  const make = () => new CipherState(primitives, new Uint8Array(32).fill(7));

  it('does not move on a bad tag', () => {
    const [sender, receiver] = [make(), make()];
    const sealed = sender.encrypt(utf8('one'));
    expect(receiver.decrypt(sealed.map((byte) => byte ^ 1))).toBeNull();
    expect(receiver.count).toBe(0);
    expect(receiver.decrypt(sealed)).toEqual(utf8('one'));
    expect(receiver.count).toBe(1);
    expect(receiver.decrypt(sealed)).toBeNull();
  });

  it('rekeys to the first 32 bytes of the encrypted zeros under the last nonce, and goes on counting', () => {
    const cipher = make();
    cipher.encrypt(NO_PAYLOAD);
    cipher.rekey();
    const nonce = new Uint8Array(12).fill(255, 4);
    const key = primitives
      .chacha20poly1305Seal(new Uint8Array(32).fill(7), nonce, new Uint8Array(32), NO_PAYLOAD)
      .slice(0, 32);
    const expected = primitives.chacha20poly1305Seal(
      key,
      Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
      utf8('next'),
      NO_PAYLOAD,
    );
    expect(cipher.encrypt(utf8('next'))).toEqual(expected);
  });
});

it('holds the same published vectors as those kept beside the project', () => {
  const shared = sharedVectors('noise-xk-cacophony.json');
  if (shared !== null) expect(cacophony).toEqual(shared);
});

/** Primitives that remember every secret they were given or made. */
function witnessed(primitives: Primitives) {
  const bytes: Uint8Array[] = [];
  const keys: (() => unknown)[] = [];
  const seen = (secret: Uint8Array): Uint8Array => {
    bytes.push(secret);
    return secret;
  };
  const { kem } = primitives;
  const random = (length: number): Uint8Array => seen(primitives.random(length));
  const watched: Primitives = {
    ...primitives,
    x25519KeyPair(scalar) {
      const pair = primitives.x25519KeyPair(scalar);
      keys.push(() => primitives.x25519(pair.privateKey, pair.publicKey));
      return pair;
    },
    x25519(privateKey, publicKey) {
      const shared = primitives.x25519(privateKey, publicKey);
      return shared && seen(shared);
    },
    hkdfSha256: (...input) => seen(primitives.hkdfSha256(...input)),
    kem: {
      ...kem,
      keyPair(seed) {
        const pair = kem.keyPair(seed);
        const { ciphertext } = kem.encapsulate(pair.publicKey);
        keys.push(() => kem.decapsulate(pair.privateKey, ciphertext));
        return pair;
      },
      encapsulate(key, message) {
        const encapsulated = kem.encapsulate(key, message);
        seen(encapsulated.sharedSecret);
        return encapsulated;
      },
      decapsulate: (key, ciphertext) => seen(kem.decapsulate(key, ciphertext)),
    },
  };
  return { watched, random, bytes, keys };
}

describe.each([
  ['native', choosePrimitives(undefined)],
  ['portable', choosePrimitives('portable')],
  ['portable ML-KEM', nativePrimitives(portableKem)],
])('what a handshake leaves behind on %s primitives', (_, primitives) => {
  it.each([0, 1, 2, 3])('is no secret of its own, ended after %s messages', (messages) => {
    const { watched, random, bytes, keys } = witnessed(primitives);
    const [ours, theirs] = [1, 2].map(() => primitives.x25519KeyPair(primitives.random(32)));
    const common = { primitives: watched, pattern: XKHFS, prologue: utf8('same'), random };
    const initiator = new Handshake('initiator', { ...common, ourStatic: ours!, theirStatic: theirs!.publicKey });
    const responder = new Handshake('responder', { ...common, ourStatic: theirs! });
    const sides = [initiator, responder];
    for (let i = 0; i < messages; i += 1) {
      const message = sides[i % 2]!.writeMessage(NO_PAYLOAD);
      sides[(i + 1) % 2]!.readMessage(message);
    }
    if (messages > 0) expect(keys.every((use) => use() instanceof Uint8Array)).toBe(true);
    for (const side of sides) {
      if (side.finished) side.split();
      else side.wipe();
    }
    expect(keys).toHaveLength([0, 2, 3, 3][messages]!);
    for (const use of keys) expect(use).toThrow('a key was wiped');
    expect(bytes.length > 0).toBe(messages > 0);
    expect(bytes.filter((secret) => !isZero(secret))).toEqual([]);
    // The static keys are their owners', who go on using them.
    expect(primitives.x25519(ours!.privateKey, theirs!.publicKey)).not.toBeNull();
  });
});
