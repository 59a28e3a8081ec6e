import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toHex } from '../../crypto/bytes.ts';
import { primitives, quickArgon2, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';
import { keyFileNames, readKeyFiles, writeSteps, type KeyFile } from './key-file.ts';
import { inspectProfile } from '../profile-store.ts';
import { createVault, forgetEarlierKeys, openVault, rotateVault, type VaultOptions } from './vault.ts';

const OLD = 'the old one';
const NEW = 'the new one';

let temp: TempStore;
let options: VaultOptions;

beforeEach(() => {
  temp = tempStore();
  options = { folder: temp.folder, primitives, argon2: quickArgon2 };
});
afterEach(() => temp.remove());

const paths = (): [string, string] => [join(temp.folder, 'keys.json'), join(temp.folder, 'keys.previous.json')];
const database = new Uint8Array(16).fill(4);

async function change(current: string, next: string): Promise<void> {
  (await rotateVault(options, current, next)).adopt();
}

/** What the key files say after a change, which is taken back. */
async function filesAfterChange(current: string, next: string): Promise<KeyFile> {
  const [newest, previous] = paths();
  const before = [readFileSync(newest), readFileSync(previous)] as const;
  await change(current, next);
  const { file } = readKeyFiles(temp.folder)!;
  writeFileSync(newest, before[0]);
  writeFileSync(previous, before[1]);
  return file;
}

async function opens(passphrase: string): Promise<boolean> {
  try {
    await openVault(options, passphrase);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'wrong-passphrase' });
    return false;
  }
}

describe('the passphrase', () => {
  test('is set, changed and removed, each time with another master key; those before open from within', async () => {
    const known = [toHex((await createVault(options, database, '')).masterKey)];
    const steps = [
      ['', OLD],
      [OLD, NEW],
      [NEW, ''],
    ] as const;
    for (const [current, next] of steps) {
      await change(current, next);
      expect(await opens(current)).toBe(false);
      const vault = await openVault(options, next);
      expect(vault.earlier.map(toHex)).toEqual(known);
      known.unshift(toHex(vault.masterKey));
      expect([vault.passphraseSet, vault.database]).toEqual([next !== '', database]);
    }
    expect(new Set(known).size).toBe(4);
  });

  test('is not needed to forget earlier keys, and those forgotten meanwhile do not come back', async () => {
    await createVault(options, database, OLD);
    await change(OLD, NEW);
    const underWay = await rotateVault(options, NEW, OLD);
    const [first] = readKeyFiles(temp.folder)!.file.earlier;
    forgetEarlierKeys(options, [first!.id]);
    const { masterKey, earlier } = await openVault(options, NEW);
    expect(earlier).toEqual([]);
    underWay.adopt();
    expect((await openVault(options, OLD)).earlier.map(toHex)).toEqual([toHex(masterKey)]);
  });

  test('leaves no file of before, under any name, nor its bytes on the disk', async () => {
    await createVault(options, database, '');
    for (const [index, path] of paths().entries()) linkSync(path, join(temp.folder, `seen-${index}`));
    await change('', OLD);
    for (const index of [0, 1]) {
      const left = readFileSync(join(temp.folder, `seen-${index}`));
      expect([left.length > 200, left.every((byte) => byte === 0)]).toEqual([true, true]);
    }
    expect(keyFileNames.filter((name) => existsSync(join(temp.folder, name)))).toEqual([
      'keys.json',
      'keys.previous.json',
    ]);
  });

  test('is not changed by whoever does not know it', async () => {
    await createVault(options, database, OLD);
    const before = paths().map((path) => readFileSync(path, 'utf8'));
    for (const wrong of [NEW, '']) {
      await expect(rotateVault(options, wrong, NEW)).rejects.toMatchObject({ code: 'wrong-passphrase' });
    }
    expect(paths().map((path) => readFileSync(path, 'utf8'))).toEqual(before);
  });

  test('leaves no file that opens without it, once it is set', async () => {
    const { masterKey } = await createVault(options, database, '');
    expect(readFileSync(paths()[0], 'utf8')).toContain(toHex(masterKey));
    await change('', NEW);
    for (const path of paths()) expect(readFileSync(path, 'utf8')).not.toContain(toHex(masterKey));
  });

  test('changed twice at once ends with one that opens', async () => {
    const store = await temp.create();
    const [first, second] = await Promise.allSettled([
      store.changePassphrase('', OLD),
      store.changePassphrase('', NEW),
    ]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
    expect([await opens(OLD), store.passphraseSet]).toEqual([true, true]);
  });
});

describe('a crash at any step of writing', () => {
  const changes = [
    ['set', '', NEW],
    ['changed', OLD, NEW],
    ['removed', OLD, ''],
  ] as const;

  for (const [name, current, next] of changes) {
    test(`leaves a profile that the old or the new one opens: ${name}`, async () => {
      const { masterKey } = await createVault(options, database, current);
      const file = await filesAfterChange(current, next);
      const count = writeSteps(temp.folder, file).length;
      const before = paths().map((path) => readFileSync(path));
      for (let done = 0; done <= count; done += 1) {
        for (const [index, path] of paths().entries()) writeFileSync(path, before[index]!);
        for (const step of writeSteps(temp.folder, file).slice(0, done)) step();
        // Setting the old keys.json aside, the sixth step, is the one that counts: from then on its twin is read.
        const vault = await openVault(options, done < 6 ? current : next);
        const known = [vault.masterKey, ...vault.earlier].map(toHex);
        expect(known.indexOf(toHex(masterKey))).toBe(done < 6 ? 0 : 1);
        // Opening has mended what the crash left: both say the same again, and nothing else is there.
        expect(readFileSync(paths()[0])).toEqual(readFileSync(paths()[1]));
        expect(readdirSync(temp.folder).filter((left) => left.startsWith('keys'))).toHaveLength(2);
      }
      expect(await opens(current)).toBe(false);
    });
  }

  test('or of making leaves nothing, or a profile that opens', async () => {
    await createVault(options, database, '');
    const { file } = readKeyFiles(temp.folder)!;
    for (let done = 0; done <= writeSteps(temp.folder, file).length; done += 1) {
      for (const path of paths()) rmSync(path, { force: true });
      for (const step of writeSteps(temp.folder, file).slice(0, done)) step();
      expect(inspectProfile(temp.folder)).toBe(done < 3 ? 'new' : 'open');
    }
  });

  test('a half-written file under the other name is no obstacle', async () => {
    await createVault(options, database, '');
    writeFileSync(`${paths()[0]}.new`, '{ "format": "loom ke', { mode: 0o644 });
    await change('', NEW);
    expect(await opens(NEW)).toBe(true);
  });
});

test('a key file of an earlier Loom opens, and is as sure as it was', async () => {
  const { masterKey } = await createVault(options, database, OLD);
  for (const path of paths()) {
    const now = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const kept = Object.entries(now).filter(([name]) => name !== 'check' && name !== 'earlier');
    const first = { ...Object.fromEntries(kept), version: 1 };
    const check = createHash('sha256').update(JSON.stringify(first)).digest('hex');
    writeFileSync(path, JSON.stringify({ ...first, check }));
  }
  expect(await opens(NEW)).toBe(false);
  const vault = await openVault(options, OLD);
  expect([toHex(vault.masterKey), vault.earlier]).toEqual([toHex(masterKey), []]);
  await change(OLD, NEW);
  expect((await openVault(options, NEW)).earlier.map(toHex)).toEqual([toHex(masterKey)]);
});

describe('damage', () => {
  test('to keys.json at any byte is mended from the generation before', async () => {
    const { masterKey } = await createVault(options, database, '');
    const [newest, previous] = paths();
    const whole = readFileSync(newest);
    const damages: Uint8Array[] = [new Uint8Array(0), new Uint8Array(whole.length)];
    for (let length = 1; length < whole.length - 1; length += 37) damages.push(whole.subarray(0, length));
    for (let at = 0; at < whole.length - 1; at += 29) {
      const flipped = Uint8Array.from(whole);
      flipped[at]! ^= 1;
      damages.push(flipped);
    }
    for (const damage of damages) {
      writeFileSync(newest, damage);
      expect(toHex((await openVault(options, '')).masterKey)).toBe(toHex(masterKey));
      expect(readFileSync(newest)).toEqual(whole);
    }
    for (const damage of [null, new Uint8Array(0)]) {
      if (damage) writeFileSync(previous, damage);
      else rmSync(previous);
      await openVault(options, '');
      expect(readFileSync(previous)).toEqual(whole);
    }
  });

  test('is not mended by whoever cannot open', async () => {
    await createVault(options, database, OLD);
    writeFileSync(paths()[0], '');
    expect(await opens(NEW)).toBe(false);
    expect(readFileSync(paths()[0], 'utf8')).toBe('');
    expect(await opens(OLD)).toBe(true);
    expect(readFileSync(paths()[0], 'utf8')).not.toBe('');
  });

  test('to both generations is said', async () => {
    await createVault(options, database, '');
    for (const path of paths()) writeFileSync(path, '{}');
    expect(() => inspectProfile(temp.folder)).toThrow(expect.objectContaining({ code: 'keys-damaged' }));
    await expect(openVault(options, '')).rejects.toMatchObject({ code: 'keys-damaged' });
  });

  test('to what the sealed key depends on does not open it', async () => {
    await createVault(options, database, OLD);
    const { file } = readKeyFiles(temp.folder)!;
    if (file.protection.kind !== 'passphrase') throw new Error('a passphrase was set');
    const forged: KeyFile[] = [
      { ...file, generation: file.generation + 1 },
      { ...file, database: new Uint8Array(16) },
      { ...file, protection: { ...file.protection, argon2: { ...quickArgon2, passes: 2 } } },
      { ...file, protection: { ...file.protection, salt: new Uint8Array(16) } },
      { ...file, protection: { ...file.protection, nonce: new Uint8Array(24) } },
      { ...file, protection: { ...file.protection, sealed: new Uint8Array(48) } },
    ];
    for (const forgery of forged) {
      for (const step of writeSteps(temp.folder, forgery)) step();
      expect(await opens(OLD)).toBe(false);
    }
    for (const step of writeSteps(temp.folder, file)) step();
    expect(await opens(OLD)).toBe(true);
  });

  test('that asks for a machine full of memory is damage', async () => {
    await createVault(options, database, OLD);
    const { file } = readKeyFiles(temp.folder)!;
    if (file.protection.kind !== 'passphrase') throw new Error('a passphrase was set');
    const argon2 = { memoryKiB: 2 ** 31, passes: 1, lanes: 1 };
    for (const step of writeSteps(temp.folder, { ...file, protection: { ...file.protection, argon2 } })) step();
    await expect(openVault(options, OLD)).rejects.toMatchObject({ code: 'keys-damaged' });
  });
});
