import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { BACKUP_FOLDER } from '../contract/limits.ts';
import { hungFolder } from '../testing/disk/hung-folder.ts';
import { findPlaces, systemHaunts } from './places.ts';

let home: string;
let mount: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'loom-home-'));
  mount = mkdtempSync(join(tmpdir(), 'loom-media-'));
});

afterEach(() => {
  for (const folder of [home, mount]) rmSync(folder, { recursive: true, force: true });
});

function put(...names: string[]): void {
  for (const name of names) writeFileSync(join(home, BACKUP_FOLDER, name), '');
}

it('offers the own folder before it is there, and what is plugged in', async () => {
  mkdirSync(join(mount, 'STICK'));
  expect(await findPlaces({ home, mounts: [mount, join(mount, 'nowhere')] })).toEqual({
    folders: [
      { path: join(home, BACKUP_FOLDER), kind: 'home' },
      { path: join(mount, 'STICK'), kind: 'removable' },
    ],
    backups: [],
    separator: sep,
  });
});

it('finds backups by their names, the newest first, eight of them', async () => {
  mkdirSync(join(home, BACKUP_FOLDER));
  put('Ann 2026-11-30.loom', 'loom-default-00ff-2026-12-01T10-00.backup', 'Ann.loom', '.Ann.loom', 'letter.txt');
  const shown = async (): Promise<string[]> =>
    (await findPlaces({ home, mounts: [] })).backups.map((file) => file.slice(join(home, BACKUP_FOLDER).length + 1));
  expect(await shown()).toEqual(['loom-default-00ff-2026-12-01T10-00.backup', 'Ann 2026-11-30.loom', 'Ann.loom']);
  put(...Array.from({ length: 9 }, (_, day) => `Ann 2027-01-0${day + 1}.loom`));
  expect(await shown()).toHaveLength(8);
  expect((await shown())[0]).toBe('Ann 2027-01-09.loom');
});

it('finds one that was brought here, where such things land', async () => {
  const brought = [
    'Ann.loom',
    join('Downloads', 'Bob.loom'),
    join('Desktop', 'Carl.loom'),
    join('Documents', 'Dora.loom'),
  ];
  for (const name of ['Downloads', 'Desktop', 'Documents', 'Music']) mkdirSync(join(home, name));
  for (const name of [...brought, join('Music', 'Eve.loom')]) writeFileSync(join(home, name), '');
  const { backups, folders } = await findPlaces({ home, mounts: [] });
  expect(backups).toEqual(brought.map((name) => join(home, name)));
  // A place to look in, none to put backups.
  expect(folders).toHaveLength(1);
});

it('leaves out a place that does not answer', async () => {
  const hung = await hungFolder('a stick that hangs');
  if (!hung) return;
  onTestFinished(() => hung.remove());
  mkdirSync(join(home, BACKUP_FOLDER));
  put('Ann.loom');
  const { backups } = await findPlaces({ home, mounts: [hung.path] }, 4_000);
  expect(backups).toEqual([join(home, BACKUP_FOLDER, 'Ann.loom')]);
});

it('is content with a user who has no home', async () => {
  expect(await findPlaces({ home: null, mounts: [] })).toMatchObject({ folders: [], backups: [] });
  expect(systemHaunts()).toMatchObject({ mounts: expect.any(Array) as unknown });
});
