import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newSealedPlace, SealedFile, withRun } from '../../storage/files/sealed-file.ts';
import { primitives } from '../../testing/disk/temp-store.ts';
import { SAME_NAMES } from './file-names.ts';
import { saveAs } from './saving.ts';

const bytes = Buffer.from('what is saved');

let folder: string;
let file: SealedFile;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loom-saving-'));
  const random = (length: number): Uint8Array => primitives.random(length);
  const place = withRun(newSealedPlace(random), 0, random);
  file = await SealedFile.open({ primitives, path: join(folder, 'sealed'), place, size: bytes.length }, 'write');
  await file.write(0, bytes);
});
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true });
});

const save = (path: string): Promise<string> => saveAs(file, bytes.length, 'a.txt', path);

test('the last number that a name may have is taken, and no more', async () => {
  writeFileSync(join(folder, 'a.txt'), '');
  for (let n = 2; n < SAME_NAMES; n += 1) writeFileSync(join(folder, `a (${n}).txt`), '');
  const last = join(folder, `a (${SAME_NAMES}).txt`);
  expect(await save(folder)).toBe(last);
  expect(readFileSync(last).equals(bytes)).toBe(true);
  await expect(save(folder)).rejects.toMatchObject({ code: 'file-exists' });
});

test('nothing is written over a file, nor through a link', async () => {
  writeFileSync(join(folder, 'there'), 'theirs');
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
  for (const name of ['there', 'link'])
    await expect(save(join(folder, name))).rejects.toMatchObject({ code: 'file-exists' });
  await expect(save(join(folder, 'none', 'a.txt'))).rejects.toMatchObject({ code: 'path-invalid' });
  expect(readdirSync(folder).sort()).toEqual(['link', 'sealed', 'there']);
});
