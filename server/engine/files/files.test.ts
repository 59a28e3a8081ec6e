// Two whole Looms move files over a network in memory: whatever happens to it, to them and to their disks, what arrives is
// what was sent, and nothing begins at the beginning again.
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MessageRef } from '../../contract/messages.ts';
import { sealedFiles } from '../../testing/disk/sealed-files.ts';
import { fileWith, isFileAt, refOf } from '../../testing/offered-files.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { CLEARED_AT_ONCE } from '../delivery/expiry.ts';

const MIB = 1024 * 1024;

let town: Town;
let folder: string;

beforeEach(() => {
  town = new Town();
  folder = mkdtempSync(join(tmpdir(), 'loom-files-'));
});
afterEach(async () => {
  await town.end();
  rmSync(folder, { recursive: true, force: true });
});

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function send(from: TestLoom, to: string, path: string): Promise<MessageRef> {
  const { conversation } = await from.contact(to);
  return refOf(await from.run('file.sendPath', { conversation, path }));
}

/** Offered by Ann, and on Bob's screen. */
async function offered(bytes: Uint8Array): Promise<{ ann: TestLoom; bob: TestLoom; theirs: MessageRef }> {
  const { ann, bob } = await town.pair();
  await send(ann, 'Bob', fileOf('holiday.bin', bytes));
  await town.until(isFileAt(bob, 'Ann', 'offered'));
  return { ann, bob, theirs: refOf(await fileWith(bob, 'Ann')) };
}

async function saved(loom: TestLoom, message: MessageRef): Promise<Buffer> {
  const { path } = await loom.run('file.save', { ...message, path: folder });
  return readFileSync(path);
}

/** Has begun to come, and is not here yet. */
const isUnderWay = (loom: TestLoom, name: string) => async (): Promise<boolean> => {
  const { state, received, size } = (await fileWith(loom, name)).file;
  return state === 'moving' && received < size;
};

describe('a file', () => {
  test.each([0, 1, 65_536, MIB, MIB + 1, 5 * MIB + 77])('of %i bytes arrives as it was sent', async (size) => {
    const bytes = randomBytes(size);
    const { ann, bob, theirs } = await offered(bytes);
    expect((await fileWith(bob, 'Ann')).file).toMatchObject({ name: 'holiday.bin', size, received: 0, place: null });
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    await town.until(isFileAt(ann, 'Bob', 'done'));
    expect((await fileWith(bob, 'Ann')).file).toMatchObject({ received: size, place: 'loom' });
    expect(bytes.equals(await saved(bob, theirs))).toBe(true);
  });

  test('goes the other way over the same link, whoever dialled it', async () => {
    const { ann, bob } = await town.pair();
    const bytes = randomBytes(2 * MIB);
    await send(bob, 'Ann', fileOf('back.bin', bytes));
    await town.until(isFileAt(ann, 'Bob', 'offered'));
    const theirs = refOf(await fileWith(ann, 'Bob'));
    await ann.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    expect(bytes.equals(await saved(ann, theirs))).toBe(true);
  });

  test('stands sealed on the disk: nothing of it can be read there', async () => {
    const bytes = Buffer.alloc(MIB, 'a secret that repeats ');
    const { bob, theirs } = await offered(bytes);
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    const [path] = sealedFiles(bob.folder);
    const sealed = readFileSync(path!);
    expect(sealed.length).toBe(MIB + 16 * 16);
    expect(sealed.includes('a secret')).toBe(false);
  });

  test('waits for somebody who is away, and comes when they are there', async () => {
    const { ann, bob } = await town.pair();
    await bob.stop();
    const bytes = randomBytes(MIB);
    await send(ann, 'Bob', fileOf('later.bin', bytes));
    await bob.start();
    await town.until(isFileAt(bob, 'Ann', 'offered'));
    await ann.stop();
    const theirs = refOf(await fileWith(bob, 'Ann'));
    await bob.run('file.accept', theirs);
    await town.pass(15_000);
    expect((await fileWith(bob, 'Ann')).file).toMatchObject({ state: 'waiting', reason: 'away' });
    await ann.start();
    await town.until(isFileAt(bob, 'Ann', 'done'));
    expect(bytes.equals(await saved(bob, theirs))).toBe(true);
  });
});

describe('a file under way goes on where it ended', () => {
  const size = 24 * MIB + 5;

  async function underWay(): Promise<{ ann: TestLoom; bob: TestLoom; theirs: MessageRef; bytes: Buffer }> {
    const bytes = randomBytes(size);
    const looms = await offered(bytes);
    await looms.bob.run('file.accept', looms.theirs);
    await town.until(isUnderWay(looms.bob, 'Ann'));
    return { ...looms, bytes };
  }

  async function arrives({ ann, bob, theirs, bytes }: Awaited<ReturnType<typeof underWay>>): Promise<void> {
    await town.until(isFileAt(bob, 'Ann', 'done'));
    await town.until(isFileAt(ann, 'Bob', 'done'));
    expect(bytes.equals(await saved(bob, theirs))).toBe(true);
    expect(sealedFiles(bob.folder).length).toBe(1);
  }

  test('when every connection is reset', async () => {
    const moving = await underWay();
    town.network.reset();
    await arrives(moving);
  });

  test('when the network is silent for a minute', async () => {
    const moving = await underWay();
    town.network.cut(moving.ann.host, moving.bob.host);
    await town.pass(60_000);
    expect((await fileWith(moving.bob, 'Ann')).file.state).toBe('waiting');
    town.network.heal();
    await arrives(moving);
  });

  test.each(['ann', 'bob'] as const)('when %s is killed, and comes back', async (who) => {
    const moving = await underWay();
    moving[who].kill();
    await town.pass(3_000);
    await moving[who].start();
    await arrives(moving);
  });

  test('when both are killed, twice', async () => {
    const moving = await underWay();
    for (let n = 0; n < 2; n += 1) {
      moving.ann.kill();
      moving.bob.kill();
      await moving.ann.start();
      await moving.bob.start();
      await town.pass(200);
    }
    await arrives(moving);
  });

  test.each(['ann', 'bob'] as const)('when %s stops and starts in order, from what is durable', async (who) => {
    const moving = await underWay();
    await town.pass(60);
    await moving[who].stop();
    await town.pass(3_000);
    let written = 0;
    town.network.onWritten = (host, { length }) => (written += host === moving.ann.host ? length : 0);
    await moving[who].start();
    const { received } = (await fileWith(moving.bob, 'Ann')).file;
    expect(received).toBeGreaterThan(0);
    await arrives(moving);
    expect(written).toBeLessThan(size - received + MIB);
  });

  test.each([
    ['receiver', 'bob', 'ann'],
    ['sender', 'ann', 'bob'],
  ] as const)('when the %s pauses it, and not before they resume it', async (_, who, other) => {
    const moving = await underWay();
    const names = { ann: 'Bob', bob: 'Ann' } as const;
    const ref = refOf(await fileWith(moving[who], names[who]));
    await moving[who].run('file.pause', ref);
    await town.pass(30_000);
    expect((await fileWith(moving[who], names[who])).file).toMatchObject({ state: 'paused', reason: 'by-us' });
    expect((await fileWith(moving[other], names[other])).file).toMatchObject({ state: 'paused', reason: 'by-them' });
    expect((await fileWith(moving.bob, 'Ann')).file.received).toBeLessThan(size);
    await moving[who].run('file.resume', ref);
    await arrives(moving);
  });

  test('paused over a restart of both', async () => {
    const moving = await underWay();
    await moving.bob.run('file.pause', moving.theirs);
    await moving.bob.stop();
    await moving.ann.stop();
    await moving.bob.start();
    await moving.ann.start();
    await town.online(moving.bob, 'Ann');
    await town.pass(15_000);
    expect((await fileWith(moving.bob, 'Ann')).file.state).toBe('paused');
    expect((await fileWith(moving.ann, 'Bob')).file).toMatchObject({ state: 'paused', reason: 'by-them' });
    await moving.bob.run('file.resume', moving.theirs);
    await arrives(moving);
  });
});

describe('a file is over', () => {
  test.each([
    ['declined', 'bob', 'file.decline', 'declined'],
    ['cancelled by its receiver', 'bob', 'file.cancel', 'cancelled'],
    ['cancelled by its sender', 'ann', 'file.cancel', 'cancelled'],
  ] as const)('when it is %s, and both say so', async (_, who, command, state) => {
    const { ann, bob, theirs } = await offered(randomBytes(24 * MIB));
    if (command === 'file.cancel') {
      await bob.run('file.accept', theirs);
      await town.until(isUnderWay(bob, 'Ann'));
    }
    const own = who === 'bob' ? theirs : refOf(await fileWith(ann, 'Bob'));
    await { ann, bob }[who].run(command, own);
    await town.until(isFileAt(bob, 'Ann', state));
    await town.until(isFileAt(ann, 'Bob', state));
    await town.until(() => sealedFiles(bob.folder).length === 0);
  });

  test('when it was declined while its sender was away', async () => {
    const { ann, bob, theirs } = await offered(randomBytes(10));
    await ann.stop();
    await bob.run('file.decline', theirs);
    await ann.start();
    await town.until(isFileAt(ann, 'Bob', 'declined'));
  });

  test('unless its receiver thinks better of it', async () => {
    const bytes = randomBytes(10);
    const { ann, bob, theirs } = await offered(bytes);
    await ann.stop();
    await bob.run('file.decline', theirs);
    await bob.run('file.accept', theirs);
    await ann.start();
    await town.until(isFileAt(bob, 'Ann', 'done'));
    expect(bytes.equals(await saved(bob, theirs))).toBe(true);
  });

  test('when it is another file by the time it is fetched', async () => {
    const { ann, bob, theirs } = await offered(randomBytes(MIB));
    appendFileSync(join(folder, 'holiday.bin'), 'more');
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'failed'));
    expect((await fileWith(bob, 'Ann')).file.reason).toBe('changed');
    expect((await fileWith(ann, 'Bob')).file).toMatchObject({ state: 'failed', reason: 'changed' });
  });

  test('when it is changed under way: nothing is ever put together from two', async () => {
    const { bob, theirs } = await offered(randomBytes(24 * MIB));
    await bob.run('file.accept', theirs);
    await town.until(isUnderWay(bob, 'Ann'));
    writeFileSync(join(folder, 'holiday.bin'), randomBytes(24 * MIB));
    await town.until(isFileAt(bob, 'Ann', 'failed'));
    await expect(saved(bob, theirs)).rejects.toMatchObject({ code: 'file-state' });
    await town.until(() => sealedFiles(bob.folder).length === 0);
  });

  test('when it is gone', async () => {
    const { bob, theirs } = await offered(randomBytes(10));
    rmSync(join(folder, 'holiday.bin'));
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'failed'));
    expect((await fileWith(bob, 'Ann')).file.reason).toBe('gone');
  });

  test('when its message is deleted: the file goes as well', async () => {
    const { ann, bob, theirs } = await offered(randomBytes(MIB));
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    await town.until(isFileAt(ann, 'Bob', 'done'));
    await ann.run('message.delete', { ...refOf(await fileWith(ann, 'Bob')), everyone: true });
    await town.until(() => sealedFiles(bob.folder).length === 0);
    await expect(bob.run('file.accept', theirs)).rejects.toMatchObject({ code: 'file-unknown' });
  });

  test('when the conversation is cleared', async () => {
    const { bob, theirs } = await offered(randomBytes(MIB));
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    await bob.run('conversation.clear', { conversation: theirs.conversation });
    await town.until(() => sealedFiles(bob.folder).length === 0);
  });

  test('when the contact is removed', async () => {
    const { bob, theirs } = await offered(randomBytes(MIB));
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    expect(sealedFiles(bob.folder).length).toBe(1);
    await bob.run('contact.remove', { contact: (await bob.contact('Ann')).id });
    await town.until(() => sealedFiles(bob.folder).length === 0);
  });

  test('when a contact is removed with a conversation that goes piece by piece', async () => {
    const { bob, theirs } = await offered(randomBytes(MIB));
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    const { conversation, id: contact } = await bob.contact('Ann');
    const texts = Array.from({ length: 2 * CLEARED_AT_ONCE }, (_, number) => `line ${number}`);
    await Promise.all(texts.map((body) => bob.run('message.send', { conversation, body })));
    await bob.run('contact.remove', { contact });
    await town.until(() => sealedFiles(bob.folder).length === 0);
  });
});
