// Somebody whom Ann has blocked, somebody whom she has removed and somebody she never knew do the same things at her door.
// None of them can tell from her answers which of the three they are: the same records of the same lengths, in the same
// pieces and order, at the same time, and the same work for her disk.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { ContactId, InviteId, RequestId } from '../../contract/ids.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { fromHex } from '../../crypto/bytes.ts';
import { asStaticKeyPair } from '../../testing/keys.ts';
import { encodeEnvelope } from '../../protocol/envelope.ts';
import { parseHello } from '../../protocol/hello.ts';
import { encodePair } from '../../protocol/pairing/messages.ts';
import { offer } from '../../protocol/pairing/keys.ts';
import { encodeAck, encodeNack, encodeTyping, RECORD, type LinkRecord } from '../../protocol/records.ts';
import { encodeCbor } from '../../protocol/cbor/cbor.ts';
import { parseToken } from '../../protocol/token.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { WirePeer, type WireChanges, type WireLink } from '../../testing/network/wire-peer.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const nobody = new Uint8Array(32);
const { y } = offer({ primitives, random, handshakeHash: nobody, hostIk: nobody, guestIk: nobody }, '000000');
const otherKey = asStaticKeyPair(primitives.x25519KeyPair(random(32)));

/** Longer than a stranger's link, and than a code. */
const LONG_MS = 125_000;
const STEP_MS = 20;

const towns: Town[] = [];
afterEach(async () => {
  for (const town of towns.splice(0)) await town.end();
});

interface Scene {
  readonly town: Town;
  readonly ann: TestLoom;
  readonly wire: WirePeer;
}

/** How they come to be whom Ann does not want. */
type Past = (scene: Scene) => Promise<void>;

async function linkedOnce({ town, ann, wire }: Scene): Promise<ContactId> {
  const { id } = await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
  const link = await wire.dial(ann);
  await town.until(() => link.records.some(({ type }) => type === RECORD.envelope));
  link.close();
  await town.pass(1_000);
  return id;
}

async function asked({ town, ann, wire }: Scene): Promise<RequestId> {
  const link = await wire.dial(ann);
  await town.until(async () => (await ann.run('request.list')).length === 1);
  link.close();
  await town.pass(1_000);
  return (await ann.run('request.list'))[0]!.id;
}

const pasts: Record<string, Past> = {
  'a contact who was blocked': async (scene) => {
    await scene.ann.run('contact.block', { contact: await linkedOnce(scene), blocked: true });
  },
  'a contact who was blocked before they met': async ({ ann, wire }) => {
    const { id } = await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
    await ann.run('contact.block', { contact: id, blocked: true });
  },
  'a contact who was removed': async (scene) => {
    await scene.ann.run('contact.remove', { contact: await linkedOnce(scene) });
  },
  'somebody unknown': () => Promise.resolve(),
};

/** Those who have asked: a request that waits, and one that was blocked. */
const askers: Record<string, Past> = {
  'a request that was blocked': async (scene) => {
    await scene.ann.run('request.block', { request: await asked(scene) });
  },
  'a request that waits': async (scene) => {
    await asked(scene);
  },
};

const record = (type: number, body: Uint8Array): LinkRecord => ({ type, body });
const pair = (...[message]: Parameters<typeof encodePair>): LinkRecord => record(RECORD.pair, encodePair(message));
const envelope = (): Uint8Array =>
  encodeEnvelope({
    ...{ sessionId: random(16), messageId: random(16), ratchetKey: random(32), salt: random(16) },
    ...{ pn: 0, n: 0, ciphertext: random(40) },
  });

/** All that is random in a record left out. */
function written({ type, body }: LinkRecord): string {
  if (type !== RECORD.hello) return `${type}:${body.length}${type === RECORD.bye ? ` reason ${body[0]}` : ''}`;
  const { contact, session, refused, features, port, name } = parseHello(body);
  return `hello:${body.length} ${JSON.stringify({ contact, session, refused, features, port, name })}`;
}

/** Runs a script in a town of its own. @returns every answer, with the time it came. */
async function transcript(past: Past, script: (stage: Stage) => Promise<void>): Promise<string[]> {
  const town = new Town();
  towns.push(town);
  const ann = await town.make('Ann');
  const bob = await town.make('Bob');
  const wire = new WirePeer(town.network, '192.0.2.66');
  await past({ town, ann, wire });
  await town.pass(60_000);
  const stage = new Stage({ town, ann, wire }, bob);
  await script(stage);
  return stage.lines;
}

class Stage {
  readonly lines: string[] = [];
  readonly scene: Scene;
  readonly bob: TestLoom;

  constructor(scene: Scene, bob: TestLoom) {
    this.scene = scene;
    this.bob = bob;
  }

  /** Dials, says one thing after the other, each once the one before was answered or a second has passed, and waits. */
  async visit(name: string, changes: WireChanges, says: readonly (readonly LinkRecord[])[] = []): Promise<void> {
    const { town, ann, wire } = this.scene;
    this.lines.push(`— ${name}`);
    // All links are looked at together once a second.
    await town.pass(1_000 - (town.clock.now() % 1_000));
    const size = this.#logSize();
    const link = await wire.dial(ann, changes);
    for (const records of [[], ...says]) {
      if (records.length > 0 && !link.closed) link.send(...records);
      await this.#follow(link, 1_000);
    }
    await this.#follow(link, LONG_MS);
    this.lines.push(link.closed ? 'closed' : 'open', this.#logSize() > size ? 'written to disk' : 'nothing written');
    link.close();
    await town.pass(2_000);
  }

  async #follow(link: WireLink, ms: number): Promise<void> {
    const { town } = this.scene;
    const isClosed = (): boolean => link.closed;
    for (let passed = 0; passed < ms && !isClosed(); passed += STEP_MS) {
      const [records, pieces] = [link.records.length, link.pieces.length];
      await town.pass(STEP_MS);
      for (const piece of link.pieces.slice(pieces)) this.lines.push(`+${passed} piece of ${piece}`);
      for (const each of link.records.slice(records)) {
        this.lines.push(`+${passed} ${written(each)}`);
        if (each.type === RECORD.ping) link.send(record(RECORD.pong, each.body));
      }
      if (isClosed()) this.lines.push(`+${passed} closed`);
    }
  }

  /** The database's log grows with every commit that changes something. */
  #logSize(): number {
    return statSync(join(this.scene.ann.folder, 'loom.db-wal')).size;
  }
}

async function sameForAll(all: Record<string, Past>, script: (stage: Stage) => Promise<void>): Promise<void> {
  const transcripts: [string, string[]][] = [];
  for (const [who, past] of Object.entries(all)) transcripts.push([who, await transcript(past, script)]);
  const [, reference] = transcripts.at(-1)!;
  expect(reference.length).toBeGreaterThan(5);
  for (const [who, lines] of transcripts) expect([who, ...lines]).toEqual([who, ...reference]);
}

async function secretOf(
  ann: TestLoom,
  expires: '1h' | 'never' = 'never',
): Promise<{ id: InviteId; secret: Uint8Array; token: string }> {
  const { id, token } = await ann.run('invite.create', { expires });
  const parsed = parseToken(primitives, token);
  if (parsed.version !== 2) throw new Error('no invite');
  return { id, token, secret: parsed.secret };
}

async function greets(stage: Stage): Promise<void> {
  const words = [
    [record(RECORD.ping, random(8))],
    [record(RECORD.envelope, envelope()), record(RECORD.envelope, envelope())],
    [record(RECORD.ack, encodeAck([random(16)])), record(RECORD.nack, encodeNack(random(16), 1))],
    [record(RECORD.typing, encodeTyping(true))],
    [record(RECORD.check, encodeCbor({ id: random(8) })), record(RECORD.checked, encodeCbor({ id: random(8) }))],
    [record(20, random(300)), record(200, random(3)), record(RECORD.ping, random(8))],
  ];
  await stage.visit('asks', {}, words);
  await stage.visit('asks again', {}, words);
  await stage.visit('by another name', { hello: { name: 'Somebody' } });
  await stage.visit('from another port', { hello: { port: 4001 } });
  await stage.visit('listening nowhere', { hello: { port: 0 } });
  await stage.visit('with another key', { staticKey: otherKey });
  await stage.visit('with a newer key', { staticKey: otherKey, hello: { gen: 1 } });
  await stage.visit('of another device', { hello: { device: 1 } });
  await stage.visit('with a session', { hello: { session: { id: random(16), sent: 3, received: 3 } } });
  await stage.visit('greets twice', {}, [[record(RECORD.hello, random(10))]]);
  await stage.visit('with bad bytes', {}, [[record(RECORD.envelope, random(10))]]);
}

async function pairs(stage: Stage): Promise<void> {
  const { scene } = stage;
  const guest = { hello: { contact: false } };
  const guesses = Array.from({ length: 3 }, () => [
    [pair({ step: 2, y })],
    [pair({ step: 4, tag: random(32) })],
  ]).flat();
  await stage.visit('asks for a code, nobody being visible', guest, [[pair({ step: 0 })]]);
  await scene.ann.run('network.visibility', { mode: 'everyone' });
  await stage.visit('visits', guest, [[record(RECORD.envelope, envelope())]]);
  await stage.visit('waits until the code is gone', guest, [[pair({ step: 0 })]]);
  await scene.ann.run('network.visibility', { mode: 'everyone' });
  await stage.visit('guesses three times', guest, [[pair({ step: 0 })], ...guesses]);
  await stage.visit('breaks the rules', guest, [[pair({ step: 0 })], [pair({ step: 4, tag: random(32) })]]);
  await stage.visit('begins in the middle', guest, [[pair({ step: 2, y })]]);
  await scene.ann.run('network.visibility', { mode: 'everyone' });
  await stage.visit('asks as a contact', {}, [[pair({ step: 0 })], ...guesses]);
}

async function invites(stage: Stage): Promise<void> {
  const {
    bob,
    scene: { ann, town },
  } = stage;
  const [used, revoked, expired] = [await secretOf(ann), await secretOf(ann), await secretOf(ann, '1h')];
  await bob.run('contact.add', { token: used.token, name: 'Ann', address: ann.address });
  await town.until(async () => (await ann.run('invite.list')).some(({ state }) => state === 'used'));
  await ann.run('invite.revoke', { invite: revoked.id });
  town.clock.jump(3_600_000);
  for (const [name, inviteSecret] of Object.entries({
    used: used.secret,
    revoked: revoked.secret,
    expired: expired.secret,
  })) {
    await stage.visit(`${name} invite`, { inviteSecret });
    await stage.visit(`${name} invite, on a visit`, { inviteSecret, hello: { contact: false } });
  }
  await stage.visit('an invite of nobody', { inviteSecret: fromHex('00'.repeat(16)) });
}

it('greetings are answered alike', () => sameForAll(pasts, greets), 60_000);
it('greetings of those who have asked before are answered alike', () => sameForAll(askers, greets), 60_000);
it('who wants to pair is answered alike', () => sameForAll(pasts, pairs), 60_000);
it('invites that let nobody in any more are answered alike', () => sameForAll(pasts, invites), 60_000);

it('an invite that lets in whoever shows it is used up by somebody blocked, who is answered as if it had been before', async () => {
  const shows = async (stage: Stage, before: (token: string) => Promise<void>): Promise<void> => {
    const { secret, token } = await secretOf(stage.scene.ann);
    await before(token);
    await stage.visit('shows it', { inviteSecret: secret });
    await stage.visit('shows it again', { inviteSecret: secret });
    const other = new WirePeer(stage.scene.town.network, '192.0.2.67');
    const link = await other.dial(stage.scene.ann, { inviteSecret: secret });
    await stage.scene.town.until(() => link.hello !== null);
    stage.lines.push(written(link.records[0]!));
  };
  const blocked = await transcript(pasts['a contact who was blocked']!, (stage) =>
    shows(stage, () => Promise.resolve()),
  );
  const stranger = await transcript(pasts['somebody unknown']!, (stage) =>
    shows(stage, async (token) => {
      const { ann, town } = stage.scene;
      await stage.bob.run('contact.add', { token, name: 'Ann', address: ann.address });
      await town.until(async () => (await ann.run('invite.list'))[0]?.state === 'used');
      await town.pass(5_000);
    }),
  );
  expect(blocked).toEqual(stranger);
  expect(blocked.join()).toContain('"refused":1');
}, 60_000);

it('who is blocked while their request is still on the line keeps the minute that a stranger has', async () => {
  const whileItLasts = (act: (ann: TestLoom) => Promise<unknown>): Promise<string[]> =>
    transcript(pasts['somebody unknown']!, async (stage) => {
      const { town, ann } = stage.scene;
      const visited = stage.visit('asks', {});
      await town.until(async () => (await ann.run('request.list')).length === 1);
      await act(ann);
      await visited;
    });
  const blocked = await whileItLasts(async (ann) => {
    await ann.run('request.block', { request: (await ann.run('request.list'))[0]!.id });
  });
  const ended = (lines: string[]): string | undefined => lines.find((line) => line.includes('reason'));
  expect(ended(blocked)).toMatch(/ reason 0$/);
  expect(Number(/^\+(\d+)/.exec(ended(blocked)!)![1])).toBeGreaterThan(40_000);
});
