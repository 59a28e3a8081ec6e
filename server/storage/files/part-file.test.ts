import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newPartPlace, PartFile, PartLost, removePart } from './part-file.ts';

const system = vi.hoisted(() => ({ linkFails: '' }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>();
  const link: typeof real.link = (from, to) =>
    system.linkFails === ''
      ? real.link(from, to)
      : Promise.reject(Object.assign(new Error(system.linkFails), { code: system.linkFails, syscall: 'link' }));
  return { ...real, link };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-'));
});
afterEach(() => {
  system.linkFails = '';
  rmSync(folder, { recursive: true, force: true });
});

async function written(
  text: string,
): Promise<{ file: PartFile; path: string; place: ReturnType<typeof newPartPlace> }> {
  const place = newPartPlace(folder);
  const file = await PartFile.open(place, 'begin');
  await file.write(0, Buffer.from(text));
  await file.sync();
  return { file, place, path: join(folder, place.part) };
}

describe.each(['', 'EPERM', 'EISDIR', 'ENOTSUP'])(
  'a part that gets its name, where a second one gives “%s”',
  (code) => {
    it('has the first that is free, and no other is written over', async () => {
      system.linkFails = code;
      writeFileSync(join(folder, 'a'), 'mine');
      const { file, place } = await written('theirs');
      expect(await file.nameAs(['a', 'b', 'c'])).toBe(join(folder, 'b'));
      await removePart(place);
      await file.close();
      expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('mine');
      expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('theirs');
      expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
      expect(lstatSync(join(folder, 'b')).mode & 0o777).toBe(0o600);
    });

    it('is refused when all are taken', async () => {
      system.linkFails = code;
      writeFileSync(join(folder, 'a'), 'mine');
      const { file } = await written('theirs');
      await expect(file.nameAs(['a'])).rejects.toMatchObject({ code: 'EEXIST' });
      await file.close();
    });

    it('is lost when another is in its place, which stays what it is, under no name of ours', async () => {
      system.linkFails = code;
      const { file, path } = await written('theirs');
      renameSync(path, join(folder, 'moved'));
      symlinkSync('/etc/hostname', path);
      await expect(file.sync()).rejects.toThrow(PartLost);
      await expect(file.nameAs(['b'])).rejects.toThrow(PartLost);
      await file.close();
      expect(readdirSync(folder)).not.toContain('b');
      expect(readFileSync(join(folder, 'moved'), 'utf8')).toBe('theirs');
    });
  },
);

it('is found again under a name that it got before', async () => {
  const { file } = await written('theirs');
  expect(await file.nameAs(['b', 'c'])).toBe(join(folder, 'b'));
  expect(await file.nameAs(['b', 'c'])).toBe(join(folder, 'b'));
  await file.close();
});

it('goes on only where it is, never through a link', async () => {
  const { file, place, path } = await written('theirs');
  await file.close();
  const again = await PartFile.open(place, 'go-on');
  expect(await again.read(1, 3)).toEqual(new Uint8Array(Buffer.from('hei')));
  expect(await again.read(1, 30)).toBe(null);
  await again.close();
  rmSync(path);
  await expect(PartFile.open(place, 'go-on')).rejects.toThrow(PartLost);
  symlinkSync(join(folder, 'elsewhere'), path);
  await expect(PartFile.open(place, 'go-on')).rejects.toMatchObject({ code: 'ELOOP' });
  await expect(PartFile.open(place, 'begin')).rejects.toMatchObject({ code: 'ELOOP' });
});
