// Backups of whole Looms: made, lost, restored, and their people met again.
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { BACKUP_FOLDER } from '../../contract/limits.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { hungFolder } from '../../testing/disk/hung-folder.ts';
import { until } from '../../testing/passing-time.ts';
import { DAY_MS } from '../../timing/clock.ts';
import { TestLoom } from '../../testing/test-loom.ts';
import { MemoryNetwork } from '../../transport/memory.ts';

const OPENS = 'correct horse';

let network: MemoryNetwork;
let clock: FakeClock;
let looms: TestLoom[];
let folder: string;

beforeEach(() => {
  network = new MemoryNetwork();
  clock = new FakeClock();
  looms = [];
  folder = mkdtempSync(join(tmpdir(), 'loom-backups-'));
});

afterEach(async () => {
  for (const loom of looms) await loom.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function start(host: string): Promise<TestLoom> {
  const loom = new TestLoom(network, clock, host);
  looms.push(loom);
  return loom.start();
}

const online = (loom: TestLoom, name: string): Promise<void> =>
  until(clock, async () => (await loom.contact(name)).connection === 'online');
const offline = (loom: TestLoom, name: string): Promise<void> =>
  until(clock, async () => (await loom.contact(name)).connection !== 'online');

async function send(from: TestLoom, to: string, ...texts: string[]): Promise<void> {
  const { id } = await from.contact(to);
  for (const body of texts) await from.run('message.send', { conversation: directConversation(id), body });
}

const file = (name: string): string => join(folder, name);
const create = { passphrase: OPENS, current: '' };

it('a restored Loom is who it was, with all it had, and both sides go on as if nothing had happened', async () => {
  const ann = await (await start('192.0.2.1')).create('Ann');
  const bob = await (await start('192.0.2.2')).create('Bob');
  await ann.add(bob, 'Bob');
  await bob.add(ann, 'Ann');
  await bob.run('contact.verify', { contact: (await bob.contact('Ann')).id, verified: true });
  await online(ann, 'Bob');
  await send(ann, 'Bob', 'one', 'two');
  await send(bob, 'Ann', 'three');
  await until(clock, async () => (await ann.contact('Bob')).queued === 0 && (await bob.contact('Ann')).queued === 0);
  await ann.stop();
  await offline(bob, 'Ann');
  await send(bob, 'Ann', 'waits in the backup');

  const before = {
    identity: await bob.run('identity.get'),
    history: await bob.history('Ann'),
    contact: await bob.contact('Ann'),
  };
  const made = await bob.run('backup.create', { file: file('bob'), ...create });
  expect(made).toMatchObject({ file: file('bob'), contacts: 1, messages: 4, damaged: 0 });
  expect(await bob.run('backup.status')).toMatchObject({ last: made, verified: made, task: null });
  await bob.stop();
  await ann.start();
  await send(ann, 'Bob', 'while he is gone');

  const again = await start('192.0.2.2');
  const identity = await again.run('backup.restore', { file: file('bob'), opens: OPENS, passphrase: '' });
  expect(identity).toEqual(before.identity);
  expect(await again.history('Ann')).toEqual(before.history);
  expect(await again.contact('Ann')).toMatchObject({ id: before.contact.id, verified: true, queued: 1 });
  await online(again, 'Ann');
  await until(clock, async () => (await again.texts('Ann', 'in')).length === 3);
  expect(await again.texts('Ann', 'in')).toEqual(['one', 'two', 'while he is gone']);
  await until(clock, async () => (await ann.texts('Bob', 'in')).length === 2);
  expect(await ann.texts('Bob', 'in')).toEqual(['three', 'waits in the backup']);
  await until(clock, async () => (await ann.contact('Bob')).queued === 0 && (await again.contact('Ann')).queued === 0);
  expect(await ann.run('request.list')).toEqual([]);
  const twice = again.run('backup.restore', { file: file('bob'), opens: OPENS, passphrase: '' });
  await expect(twice).rejects.toMatchObject({ code: 'identity-exists' });
});

it('a restored Loom sends nothing that disappears, and nobody misses it', async () => {
  const ann = await (await start('192.0.2.1')).create('Ann');
  const bob = await (await start('192.0.2.2')).create('Bob');
  await ann.add(bob, 'Bob');
  await bob.add(ann, 'Ann');
  await online(ann, 'Bob');
  await send(bob, 'Ann', 'one');
  await until(clock, async () => (await ann.texts('Bob', 'in')).length === 1);
  await ann.stop();
  await offline(bob, 'Ann');
  const { conversation } = await bob.contact('Ann');
  await bob.run('conversation.timer', { conversation, seconds: 60 });
  await send(bob, 'Ann', 'brief');
  await bob.run('conversation.timer', { conversation, seconds: 0 });
  await send(bob, 'Ann', 'taken back', 'stays');
  const takenBack = (await bob.history('Ann')).find(({ body }) => body === 'taken back');
  await bob.run('message.delete', { conversation, author: 'me', id: takenBack!.id });
  await bob.run('backup.create', { file: file('bob'), ...create });
  await bob.stop();
  await ann.start();

  const again = await start('192.0.2.2');
  await again.run('backup.restore', { file: file('bob'), opens: OPENS, passphrase: '' });
  await until(clock, async () => (await ann.texts('Bob', 'in')).includes('stays'));
  await until(clock, () => again.profile.opened.store.outbox.unshown().length === 0);
  const shown = (await ann.history('Bob')).map(({ kind, body, missing }) => [kind, body, missing]);
  expect(shown).toEqual([
    ['text', 'one', 0],
    ['change', '', 0],
    ['change', '', 0],
    ['text', 'stays', 0],
  ]);
});

describe('restoring', () => {
  it('changes nothing when the file is not one, or not whole, or does not open', async () => {
    const ann = await (await start('192.0.2.1')).create('Ann');
    await ann.run('backup.create', { file: file('good'), ...create });
    writeFileSync(file('foreign'), 'something else');
    const good = readFileSync(file('good'));
    const spoilt = (at: number, byte: number): Buffer => Buffer.from(good).fill(byte, at, at + 1);
    writeFileSync(file('newer'), spoilt('Loom backup'.length, 2));
    writeFileSync(file('cut'), good.subarray(0, -1));
    // Where almost all of it has been restored already.
    writeFileSync(file('damaged'), spoilt(good.length - 1, (good.at(-1) ?? 0) ^ 1));
    const loom = await start('192.0.2.2');
    const before = readdirSync(loom.folder);
    const wrong = [
      [file('foreign'), OPENS, 'backup-foreign'],
      [file('missing'), OPENS, 'file-missing'],
      [folder, OPENS, 'file-refused'],
      [file('newer'), OPENS, 'backup-newer'],
      [file('cut'), OPENS, 'backup-truncated'],
      [file('damaged'), OPENS, 'backup-damaged'],
      [file('good'), 'wrong', 'backup-passphrase'],
      ['good', OPENS, 'path-invalid'],
    ] as const;
    for (const [path, opens, code] of wrong) {
      const restored = loom.run('backup.restore', { file: path, opens, passphrase: '' });
      await expect(restored).rejects.toMatchObject({ code });
      expect(readdirSync(loom.folder)).toEqual(before);
    }
    for (const [path, code] of [
      [file('foreign'), 'import-foreign'],
      [file('missing'), 'file-missing'],
    ] as const) {
      const imported = loom.run('import.run', { file: path, name: 'Ann', passphrase: '' });
      await expect(imported).rejects.toMatchObject({ code });
      expect(readdirSync(loom.folder)).toEqual(before);
    }
    expect(loom.profile.state).toBe('new');
  });

  it('takes no pipe for a file', async () => {
    execFileSync('mkfifo', [file('pipe')]);
    const loom = await start('192.0.2.1');
    const restoring = loom.run('backup.restore', { file: file('pipe'), opens: OPENS, passphrase: '' });
    await expect(restoring).rejects.toMatchObject({ code: 'file-refused' });
    await expect(loom.run('import.inspect', { file: file('pipe') })).rejects.toMatchObject({ code: 'file-refused' });
    await loom.create('Ann');
    const verifying = loom.run('backup.verify', { file: file('pipe'), passphrase: OPENS });
    await expect(verifying).rejects.toMatchObject({ code: 'file-refused' });
  });

  it.each([
    ['backup.restore', { opens: OPENS, passphrase: '' }],
    ['import.run', { name: 'Ann', passphrase: '' }],
    ['import.inspect', {}],
  ] as const)('a file that does not answer holds up %s, and not who begins anew', async (command, rest) => {
    const hung = await hungFolder(`${command} from a share that is gone`);
    if (!hung) return;
    onTestFinished(() => hung.remove());
    const loom = await start('192.0.2.1');
    const waiting = loom.run(command, { file: join(hung.path, 'a'), ...rest });
    const ended = expect(waiting).rejects.toMatchObject({ code: 'task-stopped' });
    await loom.create('Ann');
    expect(loom.profile.state).toBe('ready');
    await loom.stop();
    await ended;
    expect(readdirSync(loom.folder).filter((name) => !/^(keys|loom\.db)/.test(name))).toEqual([]);
  });

  it('brings back how people were met, and the invites that somebody still has in hand', async () => {
    const ann = await (await start('192.0.2.1')).create('Ann');
    const [bob, carol, dave] = [await start('192.0.2.2'), await start('192.0.2.3'), await start('192.0.2.4')];
    await bob.create('Bob');
    await carol.create('Carol');
    await dave.create('Dave');
    const paste = async (guest: TestLoom, token: string): Promise<unknown> =>
      guest.run('contact.add', { token, name: 'Ann', address: ann.address });
    const [used, open] = [await ann.run('invite.create', {}), await ann.run('invite.create', {})];
    await paste(bob, used.token);
    await until(clock, async () => (await ann.run('contact.list')).length === 1);
    await online(ann, 'Bob');
    await ann.run('contact.verify', { contact: (await ann.contact('Bob')).id, verified: true });
    const invites = await ann.run('invite.list');
    await ann.run('backup.create', { file: file('ann'), ...create });
    await ann.stop();

    const again = await start('192.0.2.1');
    await again.run('backup.restore', { file: file('ann'), opens: OPENS, passphrase: '' });
    expect(await again.run('invite.list')).toEqual(invites);
    expect(await again.contact('Bob')).toMatchObject({ addedBy: 'invite', verified: true });
    await paste(carol, open.token);
    await online(carol, 'Ann');
    await paste(dave, used.token);
    await until(clock, async () => (await dave.contact('Ann')).invite === 'used');
    expect((await again.run('contact.list')).map(({ name }) => name).sort()).toEqual(['Bob', 'Carol']);
  });
});

describe('a backup by hand', () => {
  it('asks for the passphrase of the profile, and for one of its own', async () => {
    const loom = await start('192.0.2.1');
    await loom.run('identity.create', { name: 'Ann', passphrase: 'secret' });
    const wrong = loom.run('backup.create', { file: file('a'), passphrase: OPENS, current: 'not it' });
    await expect(wrong).rejects.toMatchObject({ code: 'wrong-passphrase' });
    const open = loom.run('backup.create', { file: file('a'), passphrase: '', current: 'secret' });
    await expect(open).rejects.toMatchObject({ code: 'passphrase-empty' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is verified by itself, told in percents, one at a time, and ended with the profile', async () => {
    const loom = await (await start('192.0.2.1')).create('Ann');
    await loom.run('backup.create', { file: file('a'), ...create });
    const verifying = loom.run('backup.verify', { file: file('a'), passphrase: OPENS });
    await expect(loom.run('backup.create', { file: file('b'), ...create })).rejects.toMatchObject({
      code: 'task-running',
    });
    const made = await verifying;
    expect((await loom.run('backup.status')).verified).toMatchObject({ ...made, verifiedAt: clock.now() });
    expect((await loom.run('status.get')).verifiedBackup).toBe(made.madeAt);
    const tasks = loom.events.flatMap(({ event, data }) => (event === 'task.changed' ? [data.task] : []));
    expect(tasks[0]).toEqual({ kind: 'backup', percent: 0 });
    expect(tasks.at(-1)).toBeNull();

    const ended = loom.run('backup.verify', { file: file('a'), passphrase: OPENS });
    const settled = expect(ended).rejects.toMatchObject({ code: 'task-stopped' });
    await loom.stop();
    await settled;
    expect(readdirSync(loom.folder)).not.toContain('scratch');
    await loom.start();
    expect((await loom.run('backup.status')).verified).toMatchObject(made);
  });

  it('goes into the folder that Loom offers, which it makes, and into no other that is not there', async () => {
    const loom = await (await start('192.0.2.1')).create('Ann');
    const offered = join(folder, BACKUP_FOLDER, 'Ann 2026-11-30.loom');
    await expect(loom.run('backup.create', { file: offered, ...create })).resolves.toMatchObject({ file: offered });
    await expect(loom.run('backup.create', { file: `${offered} again`, ...create })).resolves.toBeDefined();
    const mistyped = join(folder, 'Bakcups', 'Ann.loom');
    await expect(loom.run('backup.create', { file: mistyped, ...create })).rejects.toMatchObject({
      code: 'file-missing',
    });
  });

  it('of somebody else is verified, and is not taken for ours', async () => {
    const ann = await (await start('192.0.2.1')).create('Ann');
    const bob = await (await start('192.0.2.2')).create('Bob');
    await ann.run('backup.create', { file: file('ann'), ...create });
    expect(await bob.run('backup.verify', { file: file('ann'), passphrase: OPENS })).toMatchObject({ contacts: 0 });
    expect((await bob.run('backup.status')).verified).toBeNull();
  });
});

it('reminds of a way back until there is one, or until the person wants no more of it', async () => {
  const ann = await (await start('192.0.2.1')).create('Ann');
  const bob = await (await start('192.0.2.2')).create('Bob');
  const carl = await (await start('192.0.2.3')).create('Carl');
  const reminds = async (loom: TestLoom): Promise<boolean> => (await loom.run('backup.status')).remind;
  expect(await reminds(ann)).toBe(true);

  const { words } = await ann.run('phrase.show', { passphrase: '' });
  const asked = [3, 9, 24].map((number) => ({ number, word: words[number - 1]! }));
  expect(await ann.run('phrase.check', { words: asked })).toEqual({ wrong: [] });
  expect(await reminds(ann)).toBe(false);
  const told = ann.events.flatMap(({ event, data }) => (event === 'backup.changed' ? [data.backup] : []));
  expect(told).toMatchObject([{ phraseCheckedAt: clock.now(), remind: false }]);

  await bob.run('backup.create', { file: file('bob'), ...create });
  expect(await reminds(bob)).toBe(false);

  expect(await carl.run('backup.dismiss')).toMatchObject({ remind: false });
  await carl.stop();
  await carl.start();
  expect(await reminds(carl)).toBe(false);
});

describe('a schedule', () => {
  const ours = (): string[] =>
    readdirSync(folder)
      .filter((name) => name.startsWith('loom-'))
      .sort();
  /** Lets a day pass, and the backup that falls due in it be made. */
  async function aDay(loom: TestLoom): Promise<void> {
    const before = (await loom.run('backup.status')).last!;
    clock.advance(DAY_MS);
    await until(clock, async () => {
      const { task, last } = await loom.run('backup.status');
      return task === null && last?.file !== before.file;
    });
  }

  it('makes one a day, each verified, and keeps so many of its own', async () => {
    const loom = await (await start('192.0.2.1')).create('Ann');
    writeFileSync(file('loom-test-ffffffff-20200101-000000.backup'), 'another machine’s');
    const status = await loom.run('backup.schedule', { folder, keep: 2, ...create });
    expect(status).toMatchObject({ schedule: { folder, keep: 2 }, failure: null, verified: { contacts: 0 } });
    const [first] = ours();
    expect(first).toMatch(/^loom-test-[0-9a-f]{8}-20270115-080000\.backup$/);
    expect(JSON.stringify(status)).not.toContain(OPENS);

    clock.advance(DAY_MS / 2);
    expect((await loom.run('backup.status')).task).toBeNull();
    // Over a restart it goes on.
    await loom.stop();
    await loom.start();
    await aDay(loom);
    await aDay(loom);
    expect(ours()).toHaveLength(3);
    expect(ours()).not.toContain(first);
    const verified = (await loom.run('backup.status')).verified!;
    expect(verified.madeAt).toBeGreaterThan(status.verified!.madeAt);

    const again = await start('192.0.2.2');
    await again.run('backup.restore', { file: verified.file, opens: OPENS, passphrase: '' });
    expect(await again.run('identity.get')).toEqual(await loom.run('identity.get'));
    // The folder was that of the other machine.
    expect(await again.run('backup.status')).toMatchObject({ schedule: null, last: null });

    expect(await loom.run('backup.unschedule')).toMatchObject({ schedule: null });
    clock.advance(2 * DAY_MS);
    expect((await loom.run('backup.status')).task).toBeNull();
  });

  it('of a clock that was ahead give way to those of one that is right', async () => {
    const loom = await (await start('192.0.2.1')).create('Ann');
    const YEAR = 365 * DAY_MS;
    clock.jump(3 * YEAR);
    await loom.run('backup.schedule', { folder, keep: 2, ...create });
    await aDay(loom);
    expect(ours()).toHaveLength(2);
    clock.jump(-3 * YEAR);
    await aDay(loom);
    const { last, verified } = await loom.run('backup.status');
    expect(ours()).toContain(basename(last!.file));
    expect(verified!.madeAt).toBe(last!.madeAt);
    await aDay(loom);
    expect(ours().every((name) => name.includes('-2027'))).toBe(true);
    expect(ours()).toHaveLength(2);
  });

  it('tells when it failed, tries again, and is none when its first backup fails', async () => {
    const loom = await (await start('192.0.2.1')).create('Ann');
    const nowhere = loom.run('backup.schedule', { folder: file('none'), keep: 1, ...create });
    await expect(nowhere).rejects.toMatchObject({ code: 'file-missing' });
    expect((await loom.run('backup.status')).schedule).toBeNull();
    await loom.run('backup.schedule', { folder, keep: 1, ...create });
    rmSync(folder, { recursive: true });
    clock.advance(DAY_MS + 20 * 60_000);
    await until(clock, async () => (await loom.run('backup.status')).failure !== null);
    expect((await loom.run('backup.status')).failure).toMatchObject({ code: 'file-missing' });
    folder = mkdtempSync(join(tmpdir(), 'loom-backups-'));
    const { schedule } = await loom.run('backup.status');
    mkdirSync(schedule!.folder);
    clock.advance(2 * 60 * 60_000);
    await until(clock, async () => (await loom.run('backup.status')).failure === null);
    expect(readdirSync(schedule!.folder)).toHaveLength(1);
    rmSync(schedule!.folder, { recursive: true });
  });
});
