// Files that come as they are into a folder of the person's: whole under their name or not at all, never over another, and theirs from then on.
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MessageRef } from '../../contract/messages.ts';
import { sealedFiles } from '../../testing/disk/sealed-files.ts';
import { fileWith, isFileAt, refOf } from '../../testing/offered-files.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { KEPT_BYTES } from './downloads.ts';

const MIB = 1024 * 1024;

let town: Town;
let folder: string;
let downloads: string;
let ann: TestLoom;
let bob: TestLoom;
beforeEach(async () => {
  town = new Town();
  folder = mkdtempSync(join(tmpdir(), 'loom-'));
  vi.stubEnv('HOME', folder);
  vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));
  downloads = join(folder, 'Downloads', 'Loom');
  ({ ann, bob } = await town.pair());
});
afterEach(async () => {
  await town.end();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** By Ann, and on Bob's screen. */
async function offered(bytes: Uint8Array): Promise<MessageRef> {
  const path = join(folder, 'film.mkv');
  writeFileSync(path, bytes);
  await ann.run('file.sendPath', { conversation: (await ann.conversation('Bob')).id, path });
  await town.until(isFileAt(bob, 'Ann', 'offered'));
  return refOf(await fileWith(bob, 'Ann'));
}

async function isUnderWay(): Promise<boolean> {
  const { state, received } = (await fileWith(bob, 'Ann')).file;
  return state === 'moving' && received > 0;
}

describe('a file for the downloads', () => {
  test('is there as it was sent, with nothing of it in Loom and nothing beside it', async () => {
    const bytes = randomBytes(3 * MIB + 5);
    const theirs = await offered(bytes);
    await bob.run('file.accept', { ...theirs, into: 'downloads' });
    await town.until(isFileAt(bob, 'Ann', 'done'));
    const path = join(downloads, 'film.mkv');
    expect((await fileWith(bob, 'Ann')).file).toMatchObject({ place: 'downloads', path, received: bytes.length });
    expect(bytes.equals(readFileSync(path))).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await town.until(() => readdirSync(downloads).join() === 'film.mkv');
    expect(sealedFiles(bob.folder)).toEqual([]);
    expect(await bob.run('file.save', theirs)).toEqual({ path });
    await town.until(isFileAt(ann, 'Bob', 'done'));
  });

  test('gets a number where there is one of its name, and goes where the desktop says', async () => {
    mkdirSync(join(folder, 'config'));
    writeFileSync(join(folder, 'config', 'user-dirs.dirs'), '# x\nXDG_DOWNLOAD_DIR="$HOME/Geladen"\n');
    const there = join(folder, 'Geladen', 'Loom');
    mkdirSync(there, { recursive: true });
    writeFileSync(join(there, 'film.mkv'), 'mine');
    const theirs = await offered(randomBytes(MIB));
    await bob.run('file.accept', { ...theirs, into: 'downloads' });
    await town.until(isFileAt(bob, 'Ann', 'done'));
    expect((await fileWith(bob, 'Ann')).file.path).toBe(join(there, 'film (2).mkv'));
    expect(readFileSync(join(there, 'film.mkv'), 'utf8')).toBe('mine');
  });

  test('goes on where it was after a restart, under its hidden name until it is whole', async () => {
    const bytes = randomBytes(24 * MIB);
    const theirs = await offered(bytes);
    await bob.run('file.accept', { ...theirs, into: 'downloads' });
    await town.until(isUnderWay);
    const [part] = readdirSync(downloads);
    expect(part).toMatch(/^\.[0-9a-f]{16}\.loom-part$/);
    const { received } = (await fileWith(bob, 'Ann')).file;
    bob.kill();
    let written = 0;
    town.network.onWritten = (host, { length }) => (written += host === ann.host ? length : 0);
    await bob.start();
    expect(readdirSync(downloads)).toEqual([part]);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    expect(written).toBeLessThan(bytes.length - received + MIB);
    expect(bytes.equals(readFileSync(join(downloads, 'film.mkv')))).toBe(true);
    await town.until(() => readdirSync(downloads).length === 1);
  });

  test.each([
    ['was removed', (part: string) => rmSync(part)],
    ['was cut', (part: string) => truncateSync(part, 10)],
    [
      'is another file',
      (part: string) => {
        rmSync(part);
        writeFileSync(part, 'not Loom’s');
      },
    ],
  ])('begins anew when what was there of it %s meanwhile', async (_, tidy) => {
    const bytes = randomBytes(24 * MIB);
    const theirs = await offered(bytes);
    await bob.run('file.accept', { ...theirs, into: 'downloads' });
    await town.until(isUnderWay);
    await bob.stop();
    tidy(join(downloads, readdirSync(downloads)[0]!));
    await bob.start();
    await town.until(isFileAt(bob, 'Ann', 'done'));
    expect(bytes.equals(readFileSync(join(downloads, 'film.mkv')))).toBe(true);
    await town.until(() => readdirSync(downloads).join() === 'film.mkv');
  });

  test('begins anew when somebody tidies up while it comes', async () => {
    const bytes = randomBytes(64 * MIB);
    const theirs = await offered(bytes);
    await bob.run('file.accept', { ...theirs, into: 'downloads' });
    await town.until(isUnderWay);
    rmSync(join(downloads, readdirSync(downloads)[0]!));
    await town.until(isFileAt(bob, 'Ann', 'done'));
    expect(bytes.equals(readFileSync(join(downloads, 'film.mkv')))).toBe(true);
    await town.until(() => readdirSync(downloads).join() === 'film.mkv');
  });

  test('leaves nothing when its contact is removed', async () => {
    const theirs = await offered(randomBytes(24 * MIB));
    await bob.run('file.accept', { ...theirs, into: 'downloads' });
    await town.until(isUnderWay);
    await bob.run('contact.remove', { contact: (await bob.contact('Ann')).id });
    await town.until(() => readdirSync(downloads).length === 0);
  });

  test('leaves nothing when it is given up, and stays when its message goes', async () => {
    const theirs = await offered(randomBytes(24 * MIB));
    await bob.run('file.accept', { ...theirs, into: 'downloads' });
    await town.until(isUnderWay);
    await bob.run('file.cancel', theirs);
    await town.until(() => readdirSync(downloads).length === 0);
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    await bob.run('message.delete', { ...theirs, everyone: false });
    await town.until(() => readdirSync(downloads).join() === 'film.mkv');
    await town.pass(2000);
    expect(readdirSync(downloads)).toEqual(['film.mkv']);
  });

  test('is what is over KEPT_BYTES, unless a person says otherwise', async () => {
    const path = join(folder, 'large.bin');
    const { id: conversation } = await ann.conversation('Bob');
    for (const [size, into] of [
      [KEPT_BYTES, 'loom'],
      [KEPT_BYTES + 1, 'downloads'],
    ] as const) {
      writeFileSync(path, '');
      truncateSync(path, size);
      const { id } = await ann.run('file.sendPath', { conversation, path });
      const find = async () => (await bob.history('Ann')).find((message) => message.id === id);
      await town.until(async () => (await find()) !== undefined);
      expect(await find()).toMatchObject({ file: { into } });
    }
  });
});
