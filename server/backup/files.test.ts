// Files that a person names, on disks that work, and in the hands of a process that does not answer.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hungFolder } from '../testing/disk/hung-folder.ts';
import { namedFiles, requirePath, type NamedFiles } from './files.ts';

let folder: string;
let abort: AbortController;
let files: NamedFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-files-'));
  abort = new AbortController();
  files = namedFiles(abort.signal);
});
afterEach(async () => {
  await files.end();
  rmSync(folder, { recursive: true, force: true });
});

const path = (name: string): string => join(folder, name);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe('a named place', () => {
  it('is read piece by piece', async () => {
    writeFileSync(path('a'), 'one two');
    const { file, size } = await files.openToRead(path('a'));
    expect(size).toBe(7);
    expect([await files.read(file, 4), await files.read(file, 4), await files.read(file, 4)]).toEqual([
      bytes('one '),
      bytes('two'),
      bytes(''),
    ]);
    await files.close(file);
    expect([await files.size(path('a')), await files.size(path('b'))]).toEqual([7, 0]);
    expect(await files.list(folder)).toEqual(['a']);
    await files.remove(path('a'));
    await files.remove(path('a'));
    expect(await files.list(folder)).toEqual([]);
  });

  it('gets a file that is whole, private, and not in the place of another', async () => {
    writeFileSync(path('taken'), 'mine');
    const taken = await files.create(path('1.part'));
    await expect(files.giveName(taken, path('taken'))).rejects.toMatchObject({ code: 'file-exists' });
    await files.close(taken);
    const file = await files.create(path('2.part'));
    await files.write(file, bytes('one '));
    await files.write(file, bytes('two'));
    await files.sync(file);
    await files.giveName(file, path('new'));
    expect(readFileSync(path('new'), 'utf8')).toBe('one two');
    expect(statSync(path('new')).mode & 0o777).toBe(0o600);
    expect(readFileSync(path('taken'), 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['new', 'taken']);
  });

  it('keeps nothing of a file without a name when the work ends', async () => {
    await files.write(await files.create(path('1.part')), bytes('half'));
    expect(readdirSync(folder)).toEqual(['1.part']);
    await files.end();
    expect(readdirSync(folder)).toEqual([]);
    await expect(files.list(folder)).rejects.toThrow('over');
  });

  it.each([
    ['a pipe that nobody writes to', () => execFileSync('mkfifo', [path('x')])],
    ['a folder', () => execFileSync('mkdir', [path('x')])],
    ['a device', () => execFileSync('ln', ['-s', '/dev/zero', path('x')])],
    ['a terminal', () => execFileSync('ln', ['-s', '/dev/ptmx', path('x')])],
  ])('is refused as %s, at once', async (_, make) => {
    make();
    await expect(files.openToRead(path('x'))).rejects.toMatchObject({ code: 'file-refused' });
    await expect(files.create(path('x'))).rejects.toMatchObject({ code: 'file-exists' });
  });

  it('is a whole path', () => {
    expect(requirePath('/a')).toBe('/a');
    for (const wrong of ['', 'a', './a', '/a\0b'])
      expect(() => requirePath(wrong)).toThrow(expect.objectContaining({ code: 'path-invalid' }));
  });
});

/** Makes what is asked from now on not be answered. @returns a place to ask for; null where it cannot be made. */
type Silence = () => Promise<{ readonly place: string; remove(): void } | null>;

const silences: readonly (readonly [string, Silence])[] = [
  [
    'a process that is stopped',
    async () => {
      await files.list(folder);
      process.kill(files.pid!, 'SIGSTOP');
      return { place: folder, remove: () => undefined };
    },
  ],
  [
    'a share that is gone',
    async () => {
      const hung = await hungFolder('a share that is gone');
      return hung && { place: hung.path, remove: () => hung.remove() };
    },
  ],
];

describe.each(silences)('with %s', (_, silence) => {
  it('says so after a while, once and for all, and leaves nothing running', async () => {
    files = namedFiles(abort.signal, 3_000);
    const silent = await silence();
    if (!silent) return;
    const asked = [
      files.openToRead(join(silent.place, 'a')),
      files.create(join(silent.place, 'a')),
      files.list(silent.place),
      files.size(join(silent.place, 'a')),
      files.remove(join(silent.place, 'a')),
    ];
    const answers = await Promise.allSettled(asked);
    for (const answer of answers) expect(answer).toMatchObject({ reason: { code: 'file-silent' } });
    await expect(files.list(folder)).rejects.toMatchObject({ code: 'file-silent' });
    const pid = files.pid!;
    await files.end();
    silent.remove();
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('lets go at once of what is ended, and holds up no file call of ours', async () => {
    const silent = await silence();
    if (!silent) return;
    // More than the threads that Node has for files.
    const asked = Array.from({ length: 8 }, () => files.openToRead(join(silent.place, 'a')));
    const settled = Promise.allSettled(asked);
    await writeFile(path('ours'), 'still written');
    abort.abort(new Error('locked'));
    for (const answer of await settled) expect(answer).toMatchObject({ reason: new Error('locked') });
    await expect(files.list(folder)).rejects.toThrow('locked');
    await files.end();
    silent.remove();
  });
});
