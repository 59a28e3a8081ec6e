// What the other side of a transfer says, at moments of its choosing, and connections that end where it hurts: nothing of it
// ends the process, and what moves goes on.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileFacts } from '../../contract/files.ts';
import type { Message, MessageRef } from '../../contract/messages.ts';
import { fromHex, toHex } from '../../crypto/bytes.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { encodeData, encodeGot, encodeStop, encodeWant, parseWant, STOP } from '../../protocol/files/file-records.ts';
import { FILE_CHUNK_BYTES, FILE_HASH_BYTES, FILE_STRAY_BYTES } from '../../protocol/files/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import { giveRecord, tapRecords } from '../../testing/network/link-records.ts';
import { fileWith, filesWith, isFileAt, refOf, type FileMessage } from '../../testing/offered-files.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import type { ActiveLink } from '../links/active-link.ts';
import { OPEN_OFFERS } from './acceptance.ts';
import { AT_ONCE, AT_ONCE_OF_ALL } from './receiving/receivers.ts';

const MIB = 1024 * 1024;

let town: Town;
let folder: string;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  folder = mkdtempSync(join(tmpdir(), 'loom-files-'));
  ({ ann, bob } = await town.pair());
});
afterEach(async () => {
  await town.end();
  rmSync(folder, { recursive: true, force: true });
});

const otherOf = (loom: TestLoom): string => (loom === ann ? 'Bob' : 'Ann');
const files = (loom: TestLoom): Promise<readonly FileMessage[]> => filesWith(loom, otherOf(loom));
const only = (loom: TestLoom): Promise<FileMessage> => fileWith(loom, otherOf(loom));
const isAt = (loom: TestLoom, state: FileFacts['state']): (() => Promise<boolean>) =>
  isFileAt(loom, otherOf(loom), state);

/** By Ann, and on Bob's screen. */
async function offered(bytes: Uint8Array): Promise<MessageRef> {
  const path = join(folder, 'holiday.bin');
  writeFileSync(path, bytes);
  const { conversation } = await ann.contact('Bob');
  await ann.run('file.sendPath', { conversation, path });
  await town.until(isAt(bob, 'offered'));
  return refOf(await only(bob));
}

async function arrives(bytes: Buffer, theirs: MessageRef): Promise<void> {
  await town.until(isAt(bob, 'done'));
  await town.until(isAt(ann, 'done'));
  const { path } = await bob.run('file.save', { ...theirs, path: folder });
  expect(bytes.equals(readFileSync(path))).toBe(true);
}

function activeLinkOf(loom: TestLoom): ActiveLink {
  const [activeLink] = loom.profile.opened.engine.links.activeLinks();
  if (!activeLink) throw new Error('no link');
  return activeLink;
}

describe('a connection that ends', () => {
  test.each([1, 65_536, MIB + 1, MIB])('when all %i bytes came, and not their END', async (size) => {
    const bytes = randomBytes(size);
    const theirs = await offered(bytes);
    let cuts = 0;
    bob.profile.opened.engine.bulkLinks.opened.on(({ link }) =>
      tapRecords(link, ({ type }) => {
        if (type !== RECORD.end || cuts === 2) return;
        cuts += 1;
        throw new ProtocolError('record-value');
      }),
    );
    await bob.run('file.accept', theirs);
    await arrives(bytes, theirs);
    expect(cuts).toBe(2);
  });

  test('before there is a link for files: the next one has it asked for at once', async () => {
    const bytes = randomBytes(MIB);
    const theirs = await offered(bytes);
    let wanted = 0;
    const listen = ({ link }: ActiveLink): void =>
      tapRecords(link, ({ type }) => {
        if (type === RECORD.want) wanted += 1;
      });
    listen(activeLinkOf(ann));
    ann.profile.opened.engine.links.activated.on(listen);
    town.network.shut(ann.host);
    town.network.shut(bob.host);
    await bob.run('file.accept', theirs);
    await town.until(() => wanted === 1);
    town.network.reset();
    town.network.heal();
    await town.until(async () => (await bob.contact('Ann')).connection !== 'online');
    await town.online(bob, 'Ann');
    // Sooner than what is silent is asked for anew. The disk has time that no clock here counts.
    for (let passed = 0; passed < 9_000 && wanted < 2; passed += 20) {
      await setTimeout(5);
      town.clock.advance(20);
    }
    expect(wanted).toBe(2);
    await arrives(bytes, theirs);
  });
});

describe('a record that cannot be', () => {
  test.each([
    ['in the middle of a block', 1],
    ['behind the end', 4 * MIB],
  ])('a WANT %s closes the link, and no more', async (_, from) => {
    const theirs = await offered(randomBytes(MIB));
    const { link } = activeLinkOf(ann);
    activeLinkOf(bob).link.send(
      RECORD.want,
      encodeWant({ id: fromHex(theirs.id), from, hash: new Uint8Array(FILE_HASH_BYTES) }),
    );
    await town.until(() => link.closed);
    expect((await only(ann)).file.state).not.toBe('moving');
  });

  test('a GOT of more than there is', async () => {
    const theirs = await offered(randomBytes(MIB));
    const { link } = activeLinkOf(ann);
    activeLinkOf(bob).link.send(RECORD.got, encodeGot({ id: fromHex(theirs.id), position: MIB + 1 }));
    await town.until(() => link.closed);
    expect((await only(ann)).file.state).not.toBe('done');
  });

  test('a GOT of what is known already is not told', async () => {
    const theirs = await offered(randomBytes(MIB));
    const told = (): number => ann.events.filter(({ event }) => event === 'file.changed').length;
    const before = told();
    for (let n = 0; n < 10; n += 1) {
      giveRecord(activeLinkOf(ann).link, {
        type: RECORD.got,
        body: encodeGot({ id: fromHex(theirs.id), position: 0 }),
      });
      await town.pass(500);
    }
    expect(told()).toBe(before);
  });
});

test('DATA that nobody waits for: so much is left aside, and one byte more closes the link', async () => {
  const bytes = randomBytes(8 * MIB);
  const theirs = await offered(bytes);
  await bob.run('file.accept', theirs);
  await arrives(bytes, theirs);
  const bulkLink = bob.profile.opened.engine.bulkLinks.to(activeLinkOf(bob));
  if (!bulkLink) throw new Error('no link for files');
  const give = (length: number): void =>
    giveRecord(bulkLink.link, {
      type: RECORD.data,
      body: encodeData({ id: fromHex(theirs.id), position: 0, bytes: new Uint8Array(length) }),
    });
  for (let n = 0; n < FILE_STRAY_BYTES / FILE_CHUNK_BYTES; n += 1) give(FILE_CHUNK_BYTES);
  expect(() => give(1)).toThrow(ProtocolError);
});

describe('a STOP', () => {
  const stop = (loom: TestLoom, id: string, reason: number): void =>
    giveRecord(activeLinkOf(loom).link, { type: RECORD.stop, body: encodeStop({ id: fromHex(id), reason }) });

  test('of a sender whose disk is full holds the file until there is more to say', async () => {
    const bytes = randomBytes(MIB);
    const theirs = await offered(bytes);
    await ann.stop();
    await bob.run('file.accept', theirs);
    await ann.start();
    await town.online(bob, 'Ann');
    stop(bob, theirs.id, STOP.diskFull);
    await town.pass(100);
    expect((await only(bob)).file.state).not.toBe('cancelled');
    giveRecord(activeLinkOf(bob).link, { type: RECORD.ready, body: fromHex(theirs.id) });
    await arrives(bytes, theirs);
  });

  test.each([STOP.changed, 8, 255])('of a receiver for reason %i is the end', async (reason) => {
    const theirs = await offered(randomBytes(MIB));
    stop(ann, theirs.id, reason);
    await town.until(isAt(ann, 'cancelled'));
  });

  test.each([8, 255])('of a sender for reason %i is the end', async (reason) => {
    const theirs = await offered(randomBytes(MIB));
    stop(bob, theirs.id, reason);
    await town.until(isAt(bob, 'cancelled'));
  });
});

describe('who thinks better of it', () => {
  test.each([
    ['declined', 'file.decline'],
    ['cancelled', 'file.cancel'],
  ] as const)('gets what was %s, and whose sender has heard so', async (state, command) => {
    const bytes = randomBytes(MIB);
    const theirs = await offered(bytes);
    await bob.run(command, theirs);
    await town.until(isAt(ann, state));
    await bob.run('file.accept', theirs);
    await arrives(bytes, theirs);
  });

  test('gets nothing that its sender has cancelled', async () => {
    const theirs = await offered(randomBytes(MIB));
    await ann.run('file.cancel', refOf(await only(ann)));
    await town.until(isAt(bob, 'cancelled'));
    await bob.run('file.accept', theirs);
    await town.until(isAt(bob, 'cancelled'));
    expect((await only(ann)).file.state).toBe('cancelled');
  });
});

/** Ids of what Bob wants of a sender from now on. */
function wantsHeard(loom: TestLoom): ReadonlySet<string> {
  const wanted = new Set<string>();
  tapRecords(activeLinkOf(loom).link, ({ type, body }) => {
    if (type === RECORD.want) wanted.add(toHex(parseWant(body).id));
  });
  return wanted;
}

/** No link for files can be made. */
function shutAll(): void {
  town.network.shut(ann.host);
  town.network.shut(bob.host);
}

/** Offers that stay open: nobody answers them. */
async function offerMany(count: number): Promise<void> {
  const path = join(folder, 'holiday.bin');
  writeFileSync(path, 'ten bytes.');
  const { conversation } = await ann.contact('Bob');
  for (let n = 0; n < count; n += 1) await ann.run('file.sendPath', { conversation, path });
  await town.until(async () => (await files(bob)).length === count);
}

test('one offer more than may be open is declined at once, and waits for nothing', async () => {
  await offerMany(OPEN_OFFERS);
  const { transfers } = bob.profile.opened.engine;
  expect(transfers.live().length).toBe(OPEN_OFFERS);
  const { conversation } = await ann.contact('Bob');
  const { id } = await ann.run('file.sendPath', { conversation, path: join(folder, 'holiday.bin') });
  const stateAt = async (loom: TestLoom): Promise<string | undefined> =>
    (await files(loom)).find((file) => file.id === id)?.file.state;
  await town.until(async () => (await stateAt(ann)) === 'declined');
  expect(await stateAt(bob)).toBe('declined');
  expect(transfers.live().length).toBe(OPEN_OFFERS);
  expect((await files(bob)).filter(({ file }) => file.state === 'offered').length).toBe(OPEN_OFFERS);
});

test('no more files come in at once of one contact than may', async () => {
  await offerMany(AT_ONCE + 1);
  const wanted = wantsHeard(ann);
  shutAll();
  for (const file of await files(bob)) await bob.run('file.accept', refOf(file));
  await town.until(() => wanted.size === AT_ONCE);
  await town.pass(5_000);
  expect(wanted.size).toBe(AT_ONCE);
});

test('no more files come in at once of all contacts than may', async () => {
  const path = join(folder, 'holiday.bin');
  writeFileSync(path, 'ten bytes.');
  const senders = [ann];
  for (const name of ['Carl', 'Dora']) {
    const loom = await town.make(name);
    await loom.add(bob, 'Bob');
    await bob.add(loom, name);
    await town.online(loom, 'Bob');
    senders.push(loom);
  }
  const wanted = senders.map((loom) => wantsHeard(loom));
  for (const loom of senders) {
    const { conversation } = await loom.contact('Bob');
    for (let n = 0; n < AT_ONCE; n += 1) await loom.run('file.sendPath', { conversation, path });
    town.network.shut(loom.host);
  }
  town.network.shut(bob.host);
  const listed = async (): Promise<readonly Message[]> => bob.run('file.list', {});
  await town.until(async () => (await listed()).length === senders.length * AT_ONCE);
  for (const message of await listed()) await bob.run('file.accept', refOf(message));
  const count = (): number => wanted.reduce((sum, ids) => sum + ids.size, 0);
  await town.until(() => count() === AT_ONCE_OF_ALL);
  await town.pass(5_000);
  expect(count()).toBe(AT_ONCE_OF_ALL);
});

test('files that never come leave their place to others', async () => {
  await offerMany(6);
  const wanted = wantsHeard(ann);
  shutAll();
  for (const file of await files(bob)) await bob.run('file.accept', refOf(file));
  await town.until(() => wanted.size === 6);
});
