// Disks that refuse, and files that are opened while everything changes: nothing of it ends the process, nothing that may pass is
// final, and what moves goes on.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CommandError } from '../../contract/errors.ts';
import type { FileFacts } from '../../contract/files.ts';
import type { MessageRef } from '../../contract/messages.ts';
import { fromHex } from '../../crypto/bytes.ts';
import { encodeWant } from '../../protocol/files/file-records.ts';
import { FILE_HASH_BYTES } from '../../protocol/files/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import { SealedFile } from '../../storage/files/sealed-file.ts';
import { diskError, sealedFiles, watchSealedFiles } from '../../testing/disk/sealed-files.ts';
import { giveRecord } from '../../testing/network/link-records.ts';
import { turns } from '../../testing/passing-time.ts';
import { fileWith, isFileAt, refOf, type FileMessage } from '../../testing/offered-files.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { deferred } from '../../timing/deferred.ts';
import { AT_ONCE } from './senders.ts';

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
  vi.restoreAllMocks();
  await town.end();
  rmSync(folder, { recursive: true, force: true });
});

const otherOf = (loom: TestLoom): string => (loom === ann ? 'Bob' : 'Ann');
const only = (loom: TestLoom): Promise<FileMessage> => fileWith(loom, otherOf(loom));
const isAt = (loom: TestLoom, state: FileFacts['state']): (() => Promise<boolean>) =>
  isFileAt(loom, otherOf(loom), state);

/** By Ann's page. @returns its ticket. */
async function handOverOnly(bytes: Buffer): Promise<string> {
  const { ticket } = await ann.run('file.begin', { name: 'holiday.bin', size: bytes.length, type: '' });
  // As a request's body comes.
  await ann.profile.files?.take(ticket, 0, Readable.from([bytes]) as AsyncIterable<Uint8Array>);
  return ticket;
}

/** And offered to Bob. @returns its message id. */
async function handOver(bytes: Buffer): Promise<string> {
  const { conversation } = await ann.contact('Bob');
  return (await ann.run('file.send', { conversation, ticket: await handOverOnly(bytes) })).id;
}

/** The only one, and on Bob's screen. */
async function offered(bytes: Buffer): Promise<MessageRef> {
  await handOver(bytes);
  await town.until(isAt(bob, 'offered'));
  return refOf(await only(bob));
}

async function arrives(bytes: Buffer, theirs: MessageRef): Promise<void> {
  await town.until(isAt(bob, 'done'));
  await town.until(isAt(ann, 'done'));
  const { path } = await bob.run('file.save', { ...theirs, path: folder });
  expect(bytes.equals(readFileSync(path))).toBe(true);
}

/** The next so many openings in this mode fail. @returns how many are left to. */
function refuseToOpen(mode: 'read' | 'write', code: string, times: number): () => number {
  const open = SealedFile.open.bind(SealedFile);
  let left = times;
  vi.spyOn(SealedFile, 'open').mockImplementation((options, as) => {
    if (as !== mode || left === 0) return open(options, as);
    left -= 1;
    return Promise.reject(diskError(code));
  });
  return () => left;
}

describe('what may pass is not the end', () => {
  test.each(['EMFILE', 'EAGAIN', 'EIO', 'EACCES'])('of a copy that cannot be read: %s', async (code) => {
    const bytes = randomBytes(2 * MIB);
    const theirs = await offered(bytes);
    const left = refuseToOpen('read', code, 2);
    await bob.run('file.accept', theirs);
    await town.until(() => left() === 0);
    expect((await only(ann)).file.state).toBe('waiting');
    await arrives(bytes, theirs);
  });

  test.each(['EMFILE', 'EAGAIN'])('of a place that cannot be opened: %s', async (code) => {
    const bytes = randomBytes(2 * MIB);
    const theirs = await offered(bytes);
    const left = refuseToOpen('write', code, 3);
    await bob.run('file.accept', theirs);
    await town.until(() => left() === 0);
    expect((await only(bob)).file.state).toBe('waiting');
    await arrives(bytes, theirs);
  });

  test('while the system has no more, it is asked for once in a while', async () => {
    const theirs = await offered(randomBytes(MIB));
    const left = refuseToOpen('write', 'EMFILE', 1000);
    await bob.run('file.accept', theirs);
    await town.until(() => left() === 999);
    const since = town.clock.monotonic();
    await town.until(() => left() === 996);
    expect(town.clock.monotonic() - since).toBeGreaterThanOrEqual(30_000);
  });

  test('of a copy that is not there any more, it is', async () => {
    const theirs = await offered(randomBytes(MIB));
    for (const path of sealedFiles(ann.folder)) rmSync(path);
    await bob.run('file.accept', theirs);
    await town.until(isAt(bob, 'failed'));
    expect((await only(ann)).file).toMatchObject({ state: 'failed', reason: 'gone' });
  });
});

test('a place that cannot be closed ends nothing', async () => {
  const bytes = randomBytes(16 * MIB);
  const theirs = await offered(bytes);
  await bob.run('file.accept', theirs);
  await town.until(isAt(bob, 'moving'));
  watchSealedFiles('close').mockRejectedValueOnce(diskError('EIO')).mockRejectedValueOnce(diskError('EIO'));
  await bob.run('file.pause', theirs);
  await town.pass(1000);
  await bob.run('file.resume', theirs);
  await arrives(bytes, theirs);
});

test('a file that is paused and resumed while it is opened has one place open at a time', async () => {
  const bytes = randomBytes(3 * MIB);
  const theirs = await offered(bytes);
  const open = SealedFile.open.bind(SealedFile);
  const gate = deferred<undefined>();
  const calls: { most: number; now: number } = { most: 0, now: 0 };
  vi.spyOn(SealedFile, 'open').mockImplementation(async (options, mode) => {
    if (mode === 'read') return open(options, mode);
    calls.now += 1;
    calls.most = Math.max(calls.most, calls.now);
    await gate.promise;
    const file = await open(options, mode);
    const close = file.close.bind(file);
    vi.spyOn(file, 'close').mockImplementation(() => {
      calls.now -= 1;
      return close();
    });
    return file;
  });
  await bob.run('file.accept', theirs);
  await town.until(() => calls.now === 1);
  for (let n = 0; n < 3; n += 1) {
    await bob.run('file.pause', theirs);
    await bob.run('file.resume', theirs);
    await town.pass(100);
  }
  gate.resolve(undefined);
  await arrives(bytes, theirs);
  expect(calls.most).toBe(1);
});

test('what is deleted while it is opened leaves no file', async () => {
  const theirs = await offered(randomBytes(MIB));
  const open = SealedFile.open.bind(SealedFile);
  const gate = deferred<undefined>();
  const opening = vi.spyOn(SealedFile, 'open').mockImplementation(async (options, mode) => {
    await gate.promise;
    return open(options, mode);
  });
  await bob.run('file.accept', theirs);
  await town.until(() => opening.mock.calls.length === 1);
  await bob.run('message.delete', { ...theirs, everyone: false });
  await town.pass(100);
  gate.resolve(undefined);
  await opening.mock.results[0]?.value;
  await town.until(() => sealedFiles(bob.folder).length === 0);
});

describe('what is wanted', () => {
  const want = (id: string): void => {
    const [activeLink] = ann.profile.opened.engine.links.activeLinks();
    const body = encodeWant({ id: fromHex(id), from: 0, hash: new Uint8Array(FILE_HASH_BYTES) });
    giveRecord(activeLink!.link, { type: RECORD.want, body });
  };

  test('again and again of one file is sent once at a time', async () => {
    const bytes = randomBytes(6 * MIB);
    const theirs = await offered(bytes);
    await bob.run('file.accept', theirs);
    await town.until(isAt(ann, 'moving'));
    const opened = vi.spyOn(SealedFile, 'open');
    for (let n = 0; n < 300; n += 1) want(theirs.id);
    await town.pass(200);
    expect(opened.mock.calls.length).toBeLessThan(10);
    await arrives(bytes, theirs);
  });

  test('of more files than go at once waits for them', async () => {
    const bytes = randomBytes(10);
    // Makes a link for files.
    const first = await offered(bytes);
    await bob.run('file.accept', first);
    await arrives(bytes, first);
    const ids: string[] = [];
    for (let n = 0; n <= AT_ONCE; n += 1) ids.push(await handOver(bytes));
    const open = SealedFile.open.bind(SealedFile);
    const gate = deferred<undefined>();
    const opened = vi.spyOn(SealedFile, 'open').mockImplementation(async (...args) => {
      await gate.promise;
      return open(...args);
    });
    for (const id of ids) want(id);
    await town.pass(1000);
    expect(opened.mock.calls.length).toBe(AT_ONCE);
    gate.resolve(undefined);
    await town.until(() => opened.mock.calls.length === AT_ONCE + 1);
  });
});

test.each([0, 1, 2, 3, 5, 8, 13])(
  'a profile that is locked after %i turns tells all who asked for files',
  async (n) => {
    const bytes = randomBytes(100_000);
    const theirs = await offered(bytes);
    await bob.run('file.accept', theirs);
    await arrives(bytes, theirs);
    const ours = refOf(await only(ann));
    const { conversation } = ours;
    await ann.run('vault.passphrase', { current: '', next: 'correct horse' });
    const ticket = await handOverOnly(bytes);
    writeFileSync(join(folder, 'ours'), bytes);
    const asked = Promise.allSettled([
      ann.run('file.begin', { name: 'a', size: 10, type: '' }),
      ann.run('file.send', { conversation, ticket }),
      ann.run('file.sendPath', { conversation, path: join(folder, 'ours') }),
      ann.run('file.save', { ...ours, path: folder }),
      ann.run('file.ticket', { ...ours, purpose: 'view' }),
      ann.run('file.list', { conversation }),
    ]);
    await turns(n);
    await ann.run('vault.lock');
    for (const each of await asked) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(CommandError);
  },
);

describe('a path', () => {
  test.each(['/tmp/a\0b', 'holiday.bin', './holiday.bin'])('%j is none to send or to save at', async (path) => {
    const theirs = await offered(randomBytes(10));
    const { conversation } = await ann.contact('Bob');
    await expect(ann.run('file.sendPath', { conversation, path })).rejects.toMatchObject({ code: 'path-invalid' });
    await bob.run('file.accept', theirs);
    await town.until(isAt(bob, 'done'));
    await expect(bob.run('file.save', { ...theirs, path })).rejects.toMatchObject({ code: 'path-invalid' });
  });
});

describe('the sweep', () => {
  test('leaves a file that is offered while it looks', async () => {
    const { store } = ann.profile.opened.engine.options;
    const names = store.files.names.bind(store.files);
    const listed = deferred<undefined>();
    const goOn = deferred<undefined>();
    vi.spyOn(store.files, 'names').mockImplementationOnce(async () => {
      const all = await names();
      listed.resolve(undefined);
      await goOn.promise;
      return all;
    });
    const { ticket } = await ann.run('file.begin', { name: 'a', size: 0, type: '' });
    const stray = leaveStray();
    await ann.run('contact.remove', { contact: (await carl()).id });
    await listed.promise;
    const { conversation } = await ann.contact('Bob');
    await ann.run('file.send', { conversation, ticket });
    expect(sealedFiles(ann.folder).length).toBe(2);
    goOn.resolve(undefined);
    await town.until(() => !sealedFiles(ann.folder).includes(stray));
    expect(sealedFiles(ann.folder).length).toBe(1);
  });

  test('leaves a file that is handed over, and removes one that nobody knows', async () => {
    await ann.run('file.begin', { name: 'a', size: 10, type: '' });
    const [path = ''] = sealedFiles(ann.folder);
    const stray = leaveStray();
    await ann.run('contact.remove', { contact: (await carl()).id });
    await town.until(() => !sealedFiles(ann.folder).includes(stray));
    expect(sealedFiles(ann.folder)).toEqual([path]);
  });

  /** As a crash leaves one. */
  function leaveStray(): string {
    const path = join(ann.folder, 'files', '00', '0'.repeat(32));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    return path;
  }

  async function carl(): Promise<{ readonly id: Awaited<ReturnType<TestLoom['contact']>>['id'] }> {
    return ann.add(await town.make('Carl'), 'Carl');
  }
});

test('two files that fit each alone, and not both, are not both begun', async () => {
  const { store } = ann.profile.opened.engine.options;
  // A quarter of it stays free.
  vi.spyOn(store.files, 'space').mockResolvedValue({ disk: 1, free: 100 * MIB, total: 200 * MIB });
  const begin = (size: number): Promise<unknown> => ann.run('file.begin', { name: 'a', size, type: '' });
  await begin(30 * MIB);
  await expect(begin(21 * MIB)).rejects.toMatchObject({ code: 'disk-full' });
  const both = await Promise.allSettled([begin(11 * MIB), begin(11 * MIB)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await begin(9 * MIB);
});
