// Locking by itself, and destroying a profile.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../contract/model.ts';
import { hungFolder, stopFileProcess } from '../../testing/disk/hung-folder.ts';
import { turns } from '../../testing/passing-time.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { IdleLock } from './idle-lock.ts';

const MINUTE_MS = 60_000;
const PASSPHRASE = 'correct horse battery';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann', { passphrase: PASSPHRASE });
  bob = await town.make('Bob');
  await ann.add(bob, 'Bob');
  await bob.add(ann, 'Ann');
  await town.online(ann, 'Bob');
  await town.online(bob, 'Ann');
});
afterEach(() => town.end());

async function minutes(count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    town.clock.advance(MINUTE_MS);
    await turns(10);
  }
}

describe('a profile with a passphrase that nobody uses', () => {
  it('locks after a quarter of an hour: no link, no name, no message; and unlocking brings all of it back', async () => {
    expect(await ann.run('identity.get')).toMatchObject({ lockAfter: 15 });
    await minutes(14);
    expect(ann.profile.state).toBe('ready');
    await minutes(2);
    expect(ann.profile.state).toBe('locked');
    await expect(ann.run('contact.list')).rejects.toMatchObject({ code: 'locked' });
    await town.until(async () => (await bob.contact('Ann')).connection !== 'online');
    await bob.send('Ann', 'are you there?');
    await minutes(5);
    expect((await bob.history('Ann'))[0]?.state).toBe('queued');
    await ann.run('vault.unlock', { passphrase: PASSPHRASE });
    await town.received(ann, 'Bob', 1);
    expect(await ann.texts('Bob', 'in')).toEqual(['are you there?']);
  });

  it.each([
    ['a tab that is used', () => ann.run('vault.used')],
    ['a message from the command line', () => ann.send('Bob', 'still here')],
  ])('stays open with %s', async (_, use) => {
    for (let times = 0; times < 4; times += 1) {
      await minutes(10);
      await use();
    }
    expect(ann.profile.state).toBe('ready');
    await minutes(16);
    expect(ann.profile.state).toBe('locked');
  });

  it('locks when it is told to, or never; and remembers that', async () => {
    expect(await ann.run('vault.lockAfter', { minutes: 1 })).toMatchObject({ lockAfter: 1 });
    await minutes(2);
    expect(ann.profile.state).toBe('locked');
    await ann.run('vault.unlock', { passphrase: PASSPHRASE });
    await minutes(2);
    expect(ann.profile.state).toBe('locked');
    await ann.run('vault.unlock', { passphrase: PASSPHRASE });
    await ann.run('vault.lockAfter', { minutes: 0 });
    await minutes(500);
    expect(ann.profile.state).toBe('ready');
    await expect(async () => ann.run('vault.lockAfter', { minutes: -1 })).rejects.toThrow();
  });

  it('locks when the computer has slept, but not when its clock is set', async () => {
    town.clock.jump(-3 * 60 * MINUTE_MS);
    await minutes(1);
    town.clock.jump(30_000);
    await minutes(1);
    expect(ann.profile.state).toBe('ready');
    town.clock.jump(10 * MINUTE_MS);
    await minutes(1);
    expect(ann.profile.state).toBe('locked');
  });

  it('does not lock without a passphrase', async () => {
    await ann.run('vault.passphrase', { current: PASSPHRASE, next: '' });
    await minutes(60);
    town.clock.jump(60 * MINUTE_MS);
    await minutes(1);
    expect(ann.profile.state).toBe('ready');
  });
});

describe('unlocking', () => {
  it('serves nothing whose time was over, not even to whoever asks at once', async () => {
    const { id: conversation } = await ann.run('conversation.notes', {});
    await ann.run('conversation.timer', { conversation, seconds: 60 });
    for (let count = 0; count < 300; count += 1) await ann.run('message.send', { conversation, body: 'brief' });
    await ann.run('vault.lock');
    town.clock.jump(2 * MINUTE_MS);
    const asked: Promise<{ messages: readonly Message[] }>[] = [];
    const stopAsking = ann.profile.events.subscribe(({ event }) => {
      if (event === 'state.changed') asked.push(ann.run('message.page', { conversation, limit: 200 }));
    });
    await ann.run('vault.unlock', { passphrase: PASSPHRASE });
    stopAsking();
    const [page] = await Promise.all(asked);
    expect(page?.messages.map(({ kind }) => kind)).toEqual(['change']);
  });
});

/** A backup that waits for its disk, for good. */
interface Stuck {
  readonly file: string;
  /** Makes it wait, if it does not yet. */
  readonly stick: () => Promise<void>;
  readonly remove: () => void;
}

const stuck: readonly (readonly [string, () => Promise<Stuck | null>])[] = [
  [
    'a disk that falls silent',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'loom-locking-'));
      const file = join(folder, 'ann');
      await ann.run('backup.create', { file, passphrase: PASSPHRASE, current: PASSPHRASE });
      return { file, stick: stopFileProcess, remove: () => rmSync(folder, { recursive: true }) };
    },
  ],
  [
    'a share that is gone',
    async () => {
      const hung = await hungFolder('locking while a share is gone');
      const stick = (): Promise<void> => Promise.resolve();
      return hung && { file: join(hung.path, 'ann'), stick, remove: () => hung.remove() };
    },
  ],
];

describe.each(stuck)('while a backup waits for %s', (_, make) => {
  let waiting: Stuck | null = null;
  let verifying: Promise<unknown>;
  beforeEach(async () => {
    waiting = await make();
    if (!waiting) return;
    verifying = ann.run('backup.verify', { file: waiting.file, passphrase: PASSPHRASE });
    verifying.catch(() => undefined);
    await waiting.stick();
    expect((await ann.run('backup.status')).task).toMatchObject({ kind: 'verify' });
    // As long as a test may take: passphrases are stretched several times.
  }, 60_000);
  afterEach(() => waiting?.remove());

  it('locking locks: no link, no message; and unlocking opens', async ({ skip }) => {
    if (!waiting) return skip();
    await ann.run('vault.lock');
    await expect(verifying).rejects.toMatchObject({ code: 'task-stopped' });
    await bob.send('Ann', 'are you there?');
    await minutes(2);
    expect((await bob.history('Ann'))[0]?.state).toBe('queued');
    await ann.run('vault.unlock', { passphrase: PASSPHRASE });
    await town.received(ann, 'Bob', 1);
    expect((await ann.run('backup.status')).task).toBeNull();
  });

  it('wiping destroys, and stopping stops', async ({ skip }) => {
    if (!waiting) return skip();
    await ann.run('vault.wipe', { word: 'wipe' });
    expect(readdirSync(ann.folder)).toEqual([]);
    await ann.stop();
  });
});

it('work counts as somebody being there for two hours, and no longer', () => {
  const { store } = ann.profile.opened;
  let idle = 0;
  const lock = new IdleLock({ store, clock: town.clock, isBusy: () => true, onIdle: () => (idle += 1) });
  town.clock.advance(119 * MINUTE_MS);
  expect(idle).toBe(0);
  town.clock.advance(17 * MINUTE_MS);
  expect(idle).toBeGreaterThan(0);
  lock.stop();
});

describe('a profile that is wiped', () => {
  const files = (): string[] => readdirSync(ann.folder);

  it('is new: no file, no key, no memory of anybody', async () => {
    await bob.send('Ann', 'burn this');
    await town.received(ann, 'Bob', 1);
    await ann.run('vault.wipe', { word: 'wipe' });
    expect(ann.profile.state).toBe('new');
    expect(files()).toEqual([]);
    expect(ann.events.at(-1)).toMatchObject({ event: 'state.changed', data: { state: 'new' } });
    expect(ann.profile.events.since(ann.profile.events.boot, 0)).toBeNull();
    await town.until(async () => (await bob.contact('Ann')).connection !== 'online');
    await ann.create('Somebody else');
    expect(await ann.run('contact.list')).toEqual([]);
  });

  it('may be locked, and any other word destroys nothing', async () => {
    await ann.run('vault.lock');
    await expect(async () => ann.run('vault.wipe', { word: 'WIPE!' as 'wipe' })).rejects.toThrow();
    expect(files()).toContain('keys.json');
    await ann.run('vault.wipe', { word: 'wipe' });
    expect(files()).toEqual([]);
    await ann.stop();
    await ann.start();
    expect(ann.profile.state).toBe('new');
  });

  it('loses its keys at once, while other work is under way', async () => {
    const changing = ann.run('vault.passphrase', { current: PASSPHRASE, next: 'another' });
    const wiping = ann.run('vault.wipe', { word: 'wipe' });
    expect(files().filter((name) => name.startsWith('keys'))).toEqual([]);
    await Promise.allSettled([changing, wiping]);
    expect(files()).toEqual([]);
  });
});
