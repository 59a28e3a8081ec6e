// What the original Loom got wrong, and that it cannot happen here: one test for each flaw, by the flaw's name, with real
// engines and real bytes. (github.com/sudoaanish/loom, as read from its source.)
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePrimitives } from '../crypto/choose.ts';
import { concat, fromHex, u16, u32, utf8 } from '../crypto/bytes.ts';
import { anyId } from '../testing/ids.ts';
import { asStaticKeyPair } from '../testing/keys.ts';
import { parseMessage } from '../discovery/mdns/dns/packet.ts';
import { encodeContent } from '../protocol/content/content.ts';
import { encodeEnvelope } from '../protocol/envelope.ts';
import { encodeFrame, sealFrames } from '../protocol/frames.ts';
import { ANSWER_BYTES } from '../protocol/limits.ts';
import { Handshake, XKHFS } from '../protocol/noise/handshake.ts';
import { CipherState } from '../protocol/noise/symmetric.ts';
import { RECORD } from '../protocol/records.ts';
import { parseToken } from '../protocol/token.ts';
import { Neighbourhood } from '../testing/mdns/mdns-loopback.ts';
import { Town, type TestLoom } from '../testing/test-loom.ts';
import { WirePeer, type WireChanges, type WireLink } from '../testing/network/wire-peer.ts';
import type { Connection } from '../transport/transport.ts';
import { devicesOf } from './contacts/devices.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const PORT = 4000;

let town: Town;

beforeEach(() => {
  town = new Town();
});
afterEach(() => town.end());

describe('unlabelled signatures: one role’s passes as the other’s', () => {
  it('a signature that says nothing of what it is for proves nothing, whatever it is over', async () => {
    const ann = await town.make('Ann');
    const wire = new WirePeer(town.network, '192.0.2.66');
    const { identityKey, staticKey } = wire.identity.keys;
    const annIk = ann.profile.opened.engine.us.keys.identityKey.publicKey;
    const ephemeral = random(32);
    const statement = concat(staticKey.publicKey, u32(0), u32(0));
    const unlabelled = [
      statement,
      concat(utf8('loom/2 static-key certificate'), statement), // No end of label.
      concat(ephemeral, annIk), // The original's initiator.
      concat(ephemeral, ephemeral), // The original's responder.
    ];
    for (const bytes of unlabelled) {
      const cert = primitives.ed25519Sign(identityKey.privateKey, bytes);
      expect(await isAnswered(ann, wire, { hello: { cert } })).toBe(false);
    }
    expect(await isAnswered(ann, wire)).toBe(true);
  });
});

describe('an unsigned static key', () => {
  it('somebody else’s certificate does not carry a key it was not made for', async () => {
    const ann = await town.make('Ann');
    const wire = new WirePeer(town.network, '192.0.2.66');
    await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
    const mallory = asStaticKeyPair(primitives.x25519KeyPair(random(32)));
    // All of the real one's greeting, its certificate too, on a link under another key.
    const { certificate } = wire.identity;
    expect(await isAnswered(ann, wire, { staticKey: mallory, hello: { cert: certificate } })).toBe(false);
    expect(await isAnswered(ann, wire)).toBe(true);
  });
});

describe('a first message that can be replayed, and resets the session', () => {
  it('what was recorded of a whole link opens nothing and changes nothing', async () => {
    const recorded: Uint8Array[] = [];
    const ann = await town.make('Ann');
    const bob = await town.make('Bob');
    town.network.onWritten = (host, bytes) => {
      if (host === ann.host) recorded.push(bytes.slice());
    };
    await bob.run('contact.add', { token: (await ann.run('identity.token')).token, name: 'Ann' });
    await ann.add(bob, 'Bob');
    await town.online(bob, 'Ann');
    await ann.send('Bob', 'once');
    await town.received(bob, 'Ann', 1);
    // What is told of it a moment later, many changes as one, is told.
    await town.pass(100);
    const before = stateOf(bob);
    const [, ...events] = [null, ...bob.events];
    // Ann dialled: this is all she said, byte for byte.
    const connection = await dial(bob);
    let closed = false;
    connection.onClose = () => {
      closed = true;
    };
    const heard: number[] = [];
    connection.onData = (bytes) => heard.push(bytes.length);
    for (const bytes of recorded) connection.write(bytes);
    await town.until(() => closed);
    // Bob's answer to the preamble is fresh each time: message 1 of another run does not even open, and shows nothing.
    expect(heard).toEqual([ANSWER_BYTES]);
    expect(stateOf(bob)).toEqual(before);
    expect(bob.events).toEqual(events);
    await ann.send('Bob', 'twice');
    await town.received(bob, 'Ann', 2);
    expect(await bob.texts('Ann', 'in')).toEqual(['once', 'twice']);
  });
});

describe('strangers become contacts', () => {
  it('a stranger may ask, and gets neither a name nor a place in a conversation', async () => {
    const { ann, bob } = await town.pair();
    const wire = new WirePeer(town.network, '192.0.2.66');
    // Under a name that is taken.
    const link = await wire.dial(ann, { hello: { name: 'Bob' } });
    await town.until(() => link.hello !== null);
    link.send({ type: RECORD.envelope, body: anyEnvelope() }, { type: RECORD.typing, body: Uint8Array.of(1) });
    await town.until(() => link.records.some(({ type }) => type === RECORD.nack));
    expect((await ann.run('contact.list')).map(({ name }) => name)).toEqual(['Bob']);
    expect((await ann.contact('Bob')).publicKey).toBe((await bob.run('identity.get'))!.publicKey);
    expect(await ann.history('Bob')).toEqual([]);
    await town.until(async () => (await ann.run('request.list')).length === 1);
    expect(ann.events.filter(({ event }) => event === 'typing.changed')).toEqual([]);
  });
});

describe('message ids of the sender’s choice overwrite other conversations', () => {
  it('the same id from two people is two messages, and nobody’s is changed', async () => {
    const { ann, bob } = await town.pair();
    const carl = await town.make('Carl');
    await ann.add(carl, 'Carl');
    await carl.add(ann, 'Ann');
    await town.online(carl, 'Ann');
    const id = anyId('ab'.repeat(16));
    const say = async (loom: TestLoom, to: string, body: string): Promise<void> => {
      await loom.run('message.send', { conversation: (await loom.contact(to)).conversation, body, id });
    };
    await say(bob, 'Ann', 'from Bob');
    await town.received(ann, 'Bob', 1);
    await say(carl, 'Ann', 'from Carl');
    await town.received(ann, 'Carl', 1);
    await say(ann, 'Bob', 'from Ann');
    await town.received(bob, 'Ann', 1);
    expect((await ann.history('Bob')).map(({ body }) => body)).toEqual(['from Bob', 'from Ann']);
    expect((await ann.history('Carl')).map(({ body }) => body)).toEqual(['from Carl']);
    // Once more by the same person, with other words.
    const { engine, store } = bob.profile.opened;
    const [contact] = engine.roster.list();
    const content = encodeContent({ t: 'text', body: 'rewritten', at: 1, seq: 1 });
    const sealed = await store.journal.write(() => engine.sessions.encrypt(devicesOf(contact!)[0], id, content));
    engine.links.activeLinkOf(contact!.id)!.link.send(RECORD.envelope, sealed!.envelope);
    await town.pass(200);
    expect((await ann.history('Bob')).map(({ body }) => body)).toEqual(['from Bob', 'from Ann']);
  });
});

describe('frames of up to 4 GiB', () => {
  it('before it is known who is there, any length but that of the handshake ends the connection', async () => {
    const ann = await town.make('Ann');
    for (const length of [0, 1247, 1249, 0xffff]) {
      const connection = await dial(ann);
      let closed = false;
      connection.onClose = () => {
        closed = true;
      };
      connection.write(concat(utf8('LOOM'), u16(2), u16(2), u16(length)));
      await town.pass(20);
      expect(closed, String(length)).toBe(true);
    }
  });

  it('after that, a record that says it has over 1 MiB ends it at its first five bytes', async () => {
    const ann = await town.make('Ann');
    const { connection, sending } = await securedByHand(ann);
    let closed = false;
    connection.onClose = () => {
      closed = true;
    };
    connection.write(sealFrames(sending, concat(Uint8Array.of(RECORD.hello), u32(0xffffffff))));
    await town.pass(20);
    expect(closed).toBe(true);
  });
});

describe('nothing encrypted at rest', () => {
  it('no file says who we are, whom we know, or what was said', async () => {
    const { ann, bob } = await town.pair();
    await ann.run('vault.passphrase', { current: '', next: 'correct horse' });
    await ann.run('identity.rename', { name: 'Annabella-of-the-test' });
    const { id } = await ann.contact('Bob');
    await ann.run('contact.rename', { contact: id, name: 'Bobadil-of-the-test' });
    await ann.send('Bobadil-of-the-test', 'a secret that stands in no file');
    await bob.send('Ann', 'an answer that stands in no file');
    await town.received(ann, 'Bobadil-of-the-test', 1);
    const { engine, store } = ann.profile.opened;
    const { masterSeed, presenceKey } = store.identity.load()!;
    const secrets = [
      ...['Annabella-of-the-test', 'Bobadil-of-the-test', 'a secret that', 'an answer that', bob.host].map(utf8),
      Uint8Array.from(masterSeed),
      Uint8Array.from(presenceKey),
      engine.roster.get(id).ik,
      engine.roster.get(id).staticKey,
      engine.us.keys.identityKey.publicKey,
      ...store.sessions.load(id, 0).map(({ state }) => Uint8Array.from(state.subarray(30, 62))),
    ];
    // Running, with all that waits in the log, and at rest.
    const found = (): string[] =>
      readdirSync(ann.folder, { withFileTypes: true }).flatMap((file) => {
        if (!file.isFile()) return [];
        const bytes = readFileSync(join(ann.folder, file.name));
        return secrets
          .filter((secret) => bytes.includes(Buffer.from(secret)))
          .map((secret) => `${file.name} ${Buffer.from(secret).toString()}`);
      });
    expect(found()).toEqual([]);
    await ann.stop();
    expect(found()).toEqual([]);
    expect(readdirSync(ann.folder)).toContain('loom.db');
  });
});

describe('a message to somebody who is absent is lost', () => {
  it('it waits, over restarts of either side, and its sender is told when it is on their disk', async () => {
    const { ann, bob } = await town.pair();
    await bob.stop();
    await ann.send('Bob', 'for when you are back');
    expect((await ann.history('Bob')).map(({ state }) => state)).not.toContain('delivered');
    ann.kill();
    await ann.start();
    expect((await ann.history('Bob')).map(({ state }) => state)).toEqual(['queued']);
    await bob.start();
    await town.received(bob, 'Ann', 1);
    await town.delivered(ann, 'Bob');
    expect(await bob.texts('Ann', 'in')).toEqual(['for when you are back']);
  });
});

describe('an advert whose label is over DNS’s 63 bytes, so that nobody is found', () => {
  it('every name that is said on the network has labels that DNS can carry, and people find each other', async () => {
    const street = new Neighbourhood();
    try {
      const names = new Set<string>();
      await street.bystander((bytes) => {
        const message = parseMessage(bytes);
        for (const { name } of message?.questions ?? []) names.add(name);
        for (const record of [...(message?.answers ?? []), ...(message?.additionals ?? [])]) {
          names.add(record.name);
          if (record.type === 'PTR') names.add(record.data);
          if (record.type === 'SRV') names.add(record.data.target);
        }
      });
      const [ann, bob] = [street.neighbour('ann'), street.neighbour('bob')];
      await ann.start(bob);
      await bob.start(ann);
      await street.until(() => ann.near.has('bob') && bob.near.has('ann'));
      expect(names.size).toBeGreaterThan(3);
      expect([...names].some((name) => name.endsWith('._loom._tcp.local'))).toBe(true);
      const labels = [...names].flatMap((name) => name.split('.'));
      expect(Math.max(...labels.map((label) => utf8(label).length))).toBeLessThanOrEqual(63);
      // Nor does any of them say who it is.
      expect([...names].filter((name) => /[0-9a-f]{32}/.test(name))).toEqual([]);
    } finally {
      await street.close();
    }
  });
});

/** Does this Loom say who it is to somebody who greets like this? */
async function isAnswered(loom: TestLoom, wire: WirePeer, changes: WireChanges = {}): Promise<boolean> {
  const link: WireLink = await wire.dial(loom, changes);
  await town.until(() => link.closed || link.hello !== null);
  link.close();
  await town.pass(100);
  return link.hello !== null;
}

function dial(loom: TestLoom): Promise<Connection> {
  return town.network.host('192.0.2.77').dial(loom.host, PORT, new AbortController().signal);
}

/** A link up to where records flow, without the layer that would measure them. */
async function securedByHand(loom: TestLoom): Promise<{ connection: Connection; sending: CipherState }> {
  const { staticKey } = parseToken(primitives, (await loom.run('identity.token')).token);
  const ourStatic = asStaticKeyPair(primitives.x25519KeyPair(random(32)));
  const connection = await dial(loom);
  const answers: Uint8Array[] = [];
  connection.onData = (bytes) => answers.push(bytes);
  const preamble = concat(utf8('LOOM'), u16(2), u16(2));
  connection.write(preamble);
  await town.until(() => answers.length > 0);
  const prologue = concat(preamble, answers[0]!);
  const options = { primitives, random, pattern: XKHFS, prologue, ourStatic, theirStatic: staticKey };
  const handshake = new Handshake('initiator', options);
  const none = new Uint8Array(0);
  connection.write(encodeFrame(handshake.writeMessage(none)));
  await town.until(() => answers.length > 1);
  handshake.readMessage(answers[1]!.subarray(2));
  connection.write(encodeFrame(handshake.writeMessage(none)));
  return { connection, sending: new CipherState(primitives, handshake.split().initiatorToResponder) };
}

/** The sessions and links of a Loom with its only contact. */
function stateOf(loom: TestLoom): unknown {
  const { engine, store } = loom.profile.opened;
  const [contact] = engine.roster.list();
  const sessions = store.sessions.load(contact!.id, 0).map(({ id, role, since }) => ({ id, role, since }));
  return { sessions, links: engine.network().links, requests: store.requests.count() };
}

function anyEnvelope(): Uint8Array {
  const header = {
    sessionId: random(16),
    messageId: fromHex('cd'.repeat(16)),
    ratchetKey: random(32),
    salt: random(16),
  };
  return encodeEnvelope({ ...header, pn: 0, n: 0, ciphertext: random(40) });
}
