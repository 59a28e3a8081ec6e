// Files in a conversation whose messages disappear: each arrives first, and then it goes with its message, copy and all.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MessageRef } from '../../contract/messages.ts';
import { sealedFiles } from '../../testing/disk/sealed-files.ts';
import { fileWith, filesWith, isFileAt, refOf } from '../../testing/offered-files.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';

const MIB = 1024 * 1024;
const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;

let town: Town;
let folder: string;
let ann: TestLoom;
let bob: TestLoom;
beforeEach(async () => {
  town = new Town();
  folder = mkdtempSync(join(tmpdir(), 'loom-'));
  ({ ann, bob } = await town.pair());
});
afterEach(async () => {
  await town.end();
  rmSync(folder, { recursive: true, force: true });
});

/** By Ann, in a conversation whose messages are there for a minute, and on Bob's screen. */
async function offered(): Promise<MessageRef> {
  const { id: conversation } = await ann.conversation('Bob');
  await ann.run('conversation.timer', { conversation, seconds: 60 });
  const path = join(folder, 'holiday.bin');
  writeFileSync(path, randomBytes(3 * MIB));
  await ann.run('file.sendPath', { conversation, path });
  await town.until(isFileAt(bob, 'Ann', 'offered'));
  return refOf(await fileWith(bob, 'Ann'));
}

async function seen(): Promise<void> {
  await bob.run('message.read', { conversation: (await bob.conversation('Ann')).id });
}

async function isGone(loom: TestLoom, name: string): Promise<boolean> {
  return (await filesWith(loom, name)).length === 0;
}

describe('a file that disappears', () => {
  test('carries its life, and goes a minute after it was read, with its copy', async () => {
    const theirs = await offered();
    expect(await fileWith(bob, 'Ann')).toMatchObject({ disappears: { after: 60, at: null } });
    await bob.run('file.accept', theirs);
    await town.until(isFileAt(bob, 'Ann', 'done'));
    await town.until(isFileAt(ann, 'Bob', 'done'));
    await seen();
    expect(sealedFiles(bob.folder)).toHaveLength(1);
    await town.pass(MINUTE + 1000);
    await town.until(() => isGone(bob, 'Ann'));
    await town.until(() => isGone(ann, 'Bob'));
    await town.until(() => sealedFiles(bob.folder).length === 0);
  });

  test('waits for its answer at who sent it, and goes unanswered where it was seen', async () => {
    await offered();
    await town.pass(5 * MINUTE);
    expect(await isGone(ann, 'Bob')).toBe(false);
    expect(await isGone(bob, 'Ann')).toBe(false);
    await seen();
    await town.pass(MINUTE + 1000);
    await town.until(() => isGone(bob, 'Ann'));
  });

  test('is on its way for as long as it takes, and has its whole minute then', async () => {
    const theirs = await offered();
    await seen();
    await ann.stop();
    await bob.run('file.accept', theirs);
    await town.pass(10 * MINUTE);
    expect(await isGone(bob, 'Ann')).toBe(false);
    await bob.stop();
    await bob.start();
    expect(await isGone(bob, 'Ann')).toBe(false);
    await ann.start();
    await town.until(isFileAt(bob, 'Ann', 'done'));
    const { disappears } = await fileWith(bob, 'Ann');
    expect(disappears!.at! - town.clock.now()).toBeGreaterThan(MINUTE - 5000);
    await town.pass(MINUTE + 1000);
    await town.until(() => isGone(bob, 'Ann'));
    await town.until(() => isGone(ann, 'Bob'));
  });

  test('is waited for no longer than a month', async () => {
    await offered();
    await bob.stop();
    await ann.stop();
    ann.wrongBy = 29 * DAY;
    await ann.start();
    await town.pass(2 * MINUTE);
    expect(await isGone(ann, 'Bob')).toBe(false);
    await ann.stop();
    ann.wrongBy = 31 * DAY;
    await ann.start();
    await town.until(() => isGone(ann, 'Bob'));
  });
});
