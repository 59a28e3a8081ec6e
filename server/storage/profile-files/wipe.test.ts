import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tempFolder, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';
import { destroyKeys, removeFiles } from './wipe.ts';

let temp: TempStore;
const path = (name: string): string => join(temp.folder, name);

beforeEach(() => {
  temp = tempStore();
});
afterEach(() => temp.remove());

test('keys are overwritten where they stand, then removed, those on the way to their name as well', async () => {
  await temp.create();
  writeFileSync(path('keys.json.new'), 'half a key');
  const names = readdirSync(temp.folder).filter((name) => name.startsWith('keys'));
  expect(names).toHaveLength(3);
  // Another name of the same bytes on disk shows what became of them.
  for (const name of names) linkSync(path(name), path(`seen-${name}`));
  destroyKeys(temp.folder);
  for (const name of names) {
    expect(existsSync(path(name))).toBe(false);
    const left = readFileSync(path(`seen-${name}`));
    expect(left.length).toBeGreaterThan(5);
    expect(left.every((byte) => byte === 0)).toBe(true);
  }
  expect(() => destroyKeys(temp.folder)).not.toThrow();
});

test('a key file that cannot be removed is told', () => {
  mkdirSync(path('keys.json'));
  expect(() => destroyKeys(temp.folder)).toThrow(expect.objectContaining({ code: 'write-failed' }));
});

test('everything in the folder goes but what is kept, and nothing beyond it', () => {
  const elsewhere = tempFolder();
  writeFileSync(join(elsewhere, 'mine'), 'mine');
  writeFileSync(path('file'), '');
  mkdirSync(path('folder/deep'), { recursive: true });
  symlinkSync(elsewhere, path('link'));
  writeFileSync(path('kept'), '');
  removeFiles(temp.folder, (name) => name === 'kept');
  expect(readdirSync(temp.folder)).toEqual(['kept']);
  expect(readdirSync(elsewhere)).toEqual(['mine']);
  rmSync(elsewhere, { recursive: true });
});
