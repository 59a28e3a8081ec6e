// Whatever the wire takes, everything inside can bear. Every field that a peer controls, at its bounds, goes through all that
// shows it (views and events over the control socket, every command of the command line), stores it, and backs it up; and
// all of it is there again in what was restored.
import type { PersonId } from '../contract/ids.ts';
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../cli/run.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { utf8 } from '../crypto/bytes.ts';
import { systemClock } from '../timing/clock.ts';
import { randomId } from '../engine/contacts/roster.ts';
import { Access } from '../http/access.ts';
import { listenControl, type ControlServer } from '../http/control/control.ts';
import { Dispatcher } from '../http/dispatch.ts';
import { encodeCbor, type CborRecord } from '../protocol/cbor/cbor.ts';
import { signCertificate } from '../protocol/certificate.ts';
import { encodeChecked, parseCheck } from '../protocol/check.ts';
import {
  CHECK_DEADLINE_MS,
  CHECK_TRIES,
  CONTENT_BYTES,
  CONTENT_TYPE_BYTES,
  NAME_BYTES,
  TEXT_BYTES,
  INVITE_NAME_BYTES,
  TOKEN_ENDPOINTS,
} from '../protocol/limits.ts';
import { encodePair } from '../protocol/pairing/messages.ts';
import { NACK, parseNack, RECORD, type LinkRecord } from '../protocol/records.ts';
import { encodeToken } from '../protocol/token.ts';
import { Town, type TestLoom } from '../testing/test-loom.ts';
import { tapRecords } from '../testing/network/link-records.ts';
import { WirePeer } from '../testing/network/wire-peer.ts';
import { devicesOf } from '../engine/contacts/devices.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);

const MOST = Number.MAX_SAFE_INTEGER;
const U32 = 0xffffffff;
const PASSPHRASE = 'correct horse';

/** As many of one character as go into `bytes`. */
const full = (character: string, bytes: number): string => character.repeat(Math.floor(bytes / utf8(character).length));

/** What steers terminals, hides, turns the order of letters, or looks like markup; each as long as it may be. */
const characters = [
  'x',
  '\u0000',
  '\n',
  '\u001b',
  '\u202e',
  '\u2028',
  '\u200d',
  '\u0301',
  '\ufffd',
  'é',
  '漢',
  '𝒳',
  '<',
];
const names = [...characters.map((character) => full(character, NAME_BYTES)), '', ' ', '\u001b[2J\u0007'];
const texts = [...characters.map((character) => full(character, TEXT_BYTES)), 'x', '\r\n', '\u001b]0;title\u0007'];
/** The last that a date can be (ECMA-262, 21.4.1.1). */
const LATEST = 8.64e15;
const times = [0, 1, LATEST];
const numbers = [1, 2, 2 ** 31, 2 ** 48 - 1, 2 ** 48, 2 ** 48 + 1, MOST];

const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
/** A certificate of nobody, of the last device and generation. */
const uncertified = { device: U32, gen: U32, cert: new Uint8Array(64).fill(0xff) };
/** What an introduction says of somebody, certified at the last generation. */
const cardOf = ({ identity: { keys } }: WirePeer): CborRecord => {
  const [ik, sk] = [keys.identityKey.publicKey, keys.staticKey.publicKey];
  const statement = { staticKey: sk, device: U32, generation: U32 };
  return { ...uncertified, ik, sk, cert: signCertificate(primitives, keys.identityKey.privateKey, statement) };
};

let town: Town;
let ann: TestLoom;
let bob: TestLoom;
let base: string;
let control: ControlServer;
let bugs: unknown[];
/** Done again and again while something takes its time. */
let meanwhile: () => void;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  await town.pass(500);
  base = mkdtempSync(join(tmpdir(), 'loom-extremes-'));
  mkdirSync(join(base, 'ann'), { mode: 0o700 });
  bugs = [];
  meanwhile = () => undefined;
  control = await claim(ann);
});
afterEach(async () => {
  await control.stop();
  await town.end();
  rmSync(base, { recursive: true, force: true });
});

/** The control socket of a Loom, where the command line looks for it. */
async function claim(loom: TestLoom): Promise<ControlServer> {
  const server = await listenControl(
    join(base, 'ann'),
    new Dispatcher({
      application: loom.profile,
      access: new Access(systemClock),
      url: (code) => Promise.resolve(`http://127.0.0.1/#code=${code}`),
      stop: () => undefined,
      onBug: (error) => bugs.push(error),
    }),
  );
  if (!server) throw new Error('somebody else has it');
  return server;
}

interface Said {
  readonly code: number;
  readonly lines: string[];
}

/** One command line. @param typed what stands on stdin. */
async function loomWeb(args: readonly string[], typed = ''): Promise<Said> {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const code = await passing(
    run([...args, '--data-dir', base, '--profile', 'ann'], {
      print: say,
      tell: say,
      isScreen: false,
      readerGone: new Promise(() => undefined),
      stdin: Readable.from([typed]),
    }),
  );
  return { code, lines };
}

/** The result of work that takes time of both kinds: that of the town, and that of the disk. */
async function passing<T>(work: Promise<T>): Promise<T> {
  const settled = work.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([settled, sleep(1, false)]))) {
    await town.pass(20);
    meanwhile();
  }
  return work;
}

/** Controls other than line breaks, which are ours, and all that turns or hides: a terminal obeys none of what is printed. */
const OBEYED = /(?!\p{Join_Control}|\p{Variation_Selector}|\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

const isObeyed = (line: string): boolean => OBEYED.test(line);
/** Texts are as long as can be. */
const start = (line = ''): string => line.slice(0, 200);

/** Runs it for people and for scripts; neither may fail, or say what a terminal obeys. */
async function shows(...args: readonly string[]): Promise<string[]> {
  const plain = await loomWeb(args);
  const json = await loomWeb([...args, '--json']);
  for (const { code, lines } of [plain, json]) {
    expect(code, `${args.join(' ')}: ${start(lines.at(-1))}`).toBe(0);
    expect(lines.filter(isObeyed).map(start)).toEqual([]);
  }
  for (const line of json.lines) JSON.parse(line);
  expect(bugs).toEqual([]);
  return json.lines;
}

/** All that shows something, at once. */
async function showsEverything(): Promise<void> {
  await shows('contacts');
  const contacts = await ann.run('contact.list');
  for (const { publicKey } of contacts) {
    await shows('messages', publicKey, '--limit', '100000');
    await shows('doctor', publicKey);
  }
  for (const command of ['status', 'peers', 'invites', 'token', 'doctor']) await shows(command);
  for (const { id } of contacts) await ann.run('contact.safety', { contact: id });
  for (const command of ['request.list', 'people.list', 'pairing.get', 'network.status', 'peer.list'] as const)
    JSON.stringify(await ann.run(command));
}

/** Everything a person sees of a Loom, but for what passes: who is there, and when they last were. */
async function allOf(loom: TestLoom): Promise<unknown> {
  const contacts = await loom.run('contact.list');
  const histories = [];
  for (const { id } of contacts) {
    const page = await loom.run('message.page', { conversation: directConversation(id), limit: 200 });
    histories.push(page.messages.map((message) => ({ ...message, body: utf8(message.body).length })));
  }
  return {
    contacts: contacts.map((contact) => ({ ...contact, connection: null, lastSeen: null })),
    histories,
    requests: await loom.run('request.list'),
    invites: await loom.run('invite.list'),
  };
}

/** Shown, started anew and shown again, backed up, verified, and restored as it was. */
async function isBorne(): Promise<void> {
  await showsEverything();
  await passing(ann.stop());
  await control.stop();
  await ann.start();
  control = await claim(ann);
  await showsEverything();
  const file = join(base, 'backup');
  const before = await allOf(ann);
  const made = await loomWeb(['backup', 'create', file], `${PASSPHRASE}\n`);
  expect(made.code, made.lines.join()).toBe(0);
  expect(made.lines.at(-1)).not.toContain('left out');
  expect((await loomWeb(['backup', 'verify', file, '--json'], `${PASSPHRASE}\n`)).code).toBe(0);
  await shows('backup', 'status');
  await control.stop();
  await passing(ann.stop());
  const again = await town.empty();
  control = await claim(again);
  const restored = await loomWeb(['restore', file], `${PASSPHRASE}\n\n`);
  expect(restored.code, restored.lines.join()).toBe(0);
  expect(await allOf(again)).toEqual(before);
  ann = again;
  await showsEverything();
}

/** An envelope of Bob's for Ann with any content, as Bob's session makes it. */
async function sealed(content: Uint8Array): Promise<Uint8Array> {
  const { engine, store } = bob.profile.opened;
  const [contact] = engine.roster.list();
  const { envelope } = (await store.journal.write(() =>
    engine.sessions.encrypt(devicesOf(contact!)[0], randomId(random), content),
  ))!;
  return envelope;
}

async function sends(...contents: readonly Uint8Array[]): Promise<void> {
  for (const content of contents) {
    const [activeLink] = bob.profile.opened.engine.links.activeLinks();
    activeLink!.link.send(RECORD.envelope, await sealed(content));
    await town.pass(20);
  }
  await town.pass(200);
}

/** `fields` and one more that makes them `bytes` long. */
function padded(fields: CborRecord, bytes: number): Uint8Array {
  const without = encodeCbor({ ...fields, zz: new Uint8Array(70_000) }).length - 70_000;
  return encodeCbor({ ...fields, zz: new Uint8Array(bytes - without) });
}

describe('what a contact sends', () => {
  it('as messages is shown, kept, backed up and restored', async () => {
    const watching = follow();
    const refused: number[] = [];
    const [activeLink] = bob.profile.opened.engine.links.activeLinks();
    tapRecords(activeLink!.link, ({ type, body }) => {
      if (type === RECORD.nack) refused.push(parseNack(body).reason);
    });
    let seq = 2;
    const next = (): number => (seq += 1);
    await sends(...texts.map((body) => encodeCbor({ t: 'text', at: 5, seq: next(), body })));
    await sends(...times.map((at) => encodeCbor({ t: 'text', at, seq: next(), body: 'x' })));
    await sends(...numbers.map((number) => encodeCbor({ t: 'text', at: 5, seq: number, body: `${number}` })));
    for (const name of names)
      await sends(
        encodeCbor({ t: 'introduce', at: LATEST, seq: next(), ...cardOf(new WirePeer(town.network, '')), name }),
      );
    for (const byte of [0, 1, 0xff]) {
      const card = { ...uncertified, ik: key(byte), sk: key(byte) };
      await sends(encodeCbor({ t: 'introduce', at: 0, seq: MOST, ...card, name: 'x' }));
    }
    const ours = (await ann.run('contact.list'))[0]!.publicKey;
    await sends(
      encodeCbor({
        ...{ t: 'introduce', at: 0, seq: 1, name: 'x' },
        ...{ ...uncertified, ik: Buffer.from(ours, 'hex'), sk: key(9) },
      }),
      encodeCbor({ t: 'presence', at: LATEST, seq: next(), key: key(0) }),
      padded({ t: 'presence', at: LATEST, seq: next(), key: key(0xff) }, CONTENT_BYTES),
    );
    for (const character of characters)
      await sends(encodeCbor({ t: full(character, CONTENT_TYPE_BYTES), at: LATEST, seq: next() }));
    await sends(
      encodeCbor({ t: '', at: 0, seq: next() }),
      padded({ t: 'later', at: LATEST, seq: next() }, CONTENT_BYTES),
      new Uint8Array(0),
      Uint8Array.of(0xff),
      new Uint8Array(CONTENT_BYTES),
      new Uint8Array(CONTENT_BYTES).fill(0xa5),
    );
    expect(refused).toEqual([]);
    await sends(new Uint8Array(CONTENT_BYTES + 1), padded({ t: 'later', at: 1, seq: next() }, 1024 * 1024 - 200));
    expect(refused).toEqual([NACK.tooLarge, NACK.tooLarge]);
    await bob.send('Ann', 'and on');
    await town.delivered(bob, 'Ann');
    expect(await ann.texts('Bob', 'in')).toContain('and on');
    for (const message of await ann.history('Bob')) {
      if (message.kind !== 'introduction') continue;
      const { conversation, author, id, introduced } = message;
      // Some are nobody: refused, and no bug.
      await ann
        .run('introduction.accept', { conversation, author: author as PersonId, id, name: introduced.name })
        .catch((error: unknown) => {
          expect(error).toMatchObject({ name: 'CommandError' });
        });
    }
    const added = (await ann.run('contact.list')).filter(({ addedBy }) => addedBy === 'introduction');
    // An empty name makes no introduction.
    expect(added).toHaveLength(names.length - 1);
    expect((await watching.end()).filter(isObeyed).map(start)).toEqual([]);
    await isBorne();
  });

  it('as answers of a test is shown', async () => {
    const eve = new WirePeer(town.network, '192.0.2.99');
    const links = await eve.listen();
    await ann.run('contact.add', { token: tokenOf(eve), name: 'Eve', address: eve.address });
    await town.until(async () => (await ann.contact('Eve')).connection === 'online');
    const dial = { endpoint: { host: 'ffff::ffff:255.255.255.255', port: 0xffff }, outcome: 'other-identity' } as const;
    const tried = Array.from({ length: CHECK_TRIES }, () => ({ ...dial, ms: CHECK_DEADLINE_MS }));
    const answered = new Set<LinkRecord>();
    for (const at of times) {
      meanwhile = () => {
        for (const link of links) {
          const asked = link.records.filter((record) => record.type === RECORD.check && !answered.has(record));
          for (const record of asked) {
            answered.add(record);
            const checked = { id: parseCheck(record.body), at, took: CHECK_DEADLINE_MS, nearby: true, tried };
            link.send({ type: RECORD.checked, body: encodeChecked(checked) });
          }
        }
      };
      const before = answered.size;
      await shows('doctor', 'Eve');
      expect(answered.size).toBeGreaterThan(before);
      // Asked anew.
      await town.pass(10_000);
    }
  });
});

describe('what a stranger sends', () => {
  it('as a request is shown, kept, backed up and restored, and accepted', async () => {
    const watching = follow();
    const hosts = ['203.0.113.255', 'fe80::ffff:ffff:ffff:ffff%a23456789012345'];
    for (const [index, name] of names.entries()) {
      const stranger = new WirePeer(town.network, hosts[index] ?? `192.0.2.${100 + index}`);
      const [gen, device] = [index % 2 === 0 ? U32 : 0, index % 3 === 0 ? U32 : 0];
      const session = { id: key(0xff).subarray(16), sent: MOST, received: MOST };
      const hello = { name, gen, device, session, features: MOST, port: index % 2 === 0 ? 0xffff : 0, contact: true };
      await stranger.dial(ann, { hello });
      await town.pass(1_000);
    }
    expect((await ann.run('request.list')).length).toBeGreaterThan(names.length / 2);
    for (const { id, name } of (await ann.run('request.list')).slice(0, 5)) {
      // Some are no names: refused, and no bug.
      await ann.run('request.accept', { request: id, name }).catch((error: unknown) => {
        expect(error).toMatchObject({ name: 'CommandError' });
      });
    }
    await watching.end();
    await isBorne();
  });

  it('as an invite is shown, kept, backed up and restored', async () => {
    for (const [index, expiry] of [0, U32].entries()) {
      const host = new WirePeer(town.network, `192.0.2.${150 + index}`);
      const { identityKey, staticKey } = host.identity.keys;
      const numbers = { device: U32, generation: U32 };
      const statement = { staticKey: staticKey.publicKey, ...numbers };
      const token = encodeToken(primitives, {
        ...{ version: 2, identityKey: identityKey.publicKey, staticKey: staticKey.publicKey, ...numbers, expiry },
        certificate: signCertificate(primitives, identityKey.privateKey, statement),
        secret: key(0xff).subarray(16),
        name: full('𝒳', INVITE_NAME_BYTES),
        endpoints: Array.from({ length: TOKEN_ENDPOINTS }, (_, n) => ({
          host: `fd00::ffff:${n}`,
          port: 0xffff,
        })),
      });
      await host.listen({ hello: { refused: 0xff, name: full('𝒳', NAME_BYTES) } });
      await ann.run('contact.add', { token, name: `Host ${index}`, address: host.address });
      await ann.run('invite.create', { expires: 'never' });
      await town.pass(1_000);
    }
    await isBorne();
  });

  it('to pair is shown', async () => {
    const pairing = loomWeb(['pair']);
    await passing(town.until(async () => (await ann.run('network.status')).visibility.mode === 'everyone'));
    for (const [index, name] of names.entries()) {
      const guest = new WirePeer(town.network, `192.0.2.${100 + index}`);
      const link = await guest.dial(ann, { hello: { name, contact: false } });
      await town.pass(200);
      link.send({ type: RECORD.pair, body: encodePair({ step: 0 }) });
      await town.pass(500);
      JSON.stringify(await ann.run('pairing.get'));
      link.close();
      // So that the next is no nuisance.
      await town.pass(60_000);
      await ann.run('network.visibility', { mode: 'everyone' });
    }
    await ann.run('network.visibility', { mode: 'contacts' });
    const { lines } = await pairing;
    expect(lines.filter((line) => line.includes('wants to connect')).length).toBeGreaterThan(names.length / 2);
    expect(lines.filter(isObeyed).map(start)).toEqual([]);
    expect(bugs).toEqual([]);
  });
});

function tokenOf({ identity }: WirePeer): string {
  const { identityKey, staticKey } = identity.keys;
  return encodeToken(primitives, { version: 1, identityKey: identityKey.publicKey, staticKey: staticKey.publicKey });
}

/** `loom-web watch`, until it is ended. */
function follow(): { end(): Promise<string[]> } {
  const lines: string[] = [];
  let gone: () => void = () => undefined;
  const readerGone = new Promise<void>((resolve) => (gone = resolve));
  const say = (line: string): void => void lines.push(line);
  const terminal = { print: say, tell: say, isScreen: false, readerGone, stdin: Readable.from([]) };
  const watched = run(['watch', '--data-dir', base, '--profile', 'ann'], terminal);
  return {
    async end() {
      gone();
      expect(await watched).toBe(0);
      for (const line of lines) JSON.parse(line);
      return lines;
    },
  };
}
