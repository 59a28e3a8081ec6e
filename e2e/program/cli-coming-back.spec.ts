// Coming back by the command line alone: phrase, backup, and the database of the original Loom.
import { expect, test } from '@playwright/test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity, ImportPreview } from '../../server/contract/model.ts';
import { OriginalDatabase, person, seed, uuid } from '../../server/testing/disk/original-loom.ts';
import { objects, shell } from '../support/command-line.ts';
import { Daemon } from '../support/daemon.ts';

const BOB = person(2);

let folder: string;
let daemons: Daemon[];
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-back-'));
  daemons = [];
});
test.afterEach(async () => {
  for (const daemon of daemons) await daemon.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function loom(name: string): Promise<Daemon> {
  const daemon = new Daemon(name);
  daemons.push(daemon);
  await daemon.start();
  return daemon;
}

const identityOf = (daemon: Daemon): Promise<Identity | null> =>
  daemon.ask((control) => control.request('identity.get', {}));

test('a phrase and a backup bring back who somebody was', async () => {
  const [ann, byPhrase, byBackup] = await Promise.all([loom('ann'), loom('phrase'), loom('backup')]);
  await ann.ask((control) => control.request('identity.create', { name: 'Ann', passphrase: 'hers' }));
  const { publicKey } = (await identityOf(ann))!;

  const [shown] = objects<{ words: string[] }>(await shell(ann)('phrase --json', 'hers\n'));
  const words = shown!.words.join(' ');
  expect((await shell(byPhrase)('restore --phrase', '')).code).toBe(2);
  const misspelt = await shell(byPhrase)('restore --phrase --name Ann', `${words.replace(/\w+$/, 'lomo')}\n\n`);
  expect(misspelt).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('It is number 24.') });
  const restored = await shell(byPhrase)('restore --phrase --name Ann', `${words}\nnew\n`);
  expect(restored).toEqual({ code: 0, stdout: '', stderr: 'Restored.\n' });
  expect(await identityOf(byPhrase)).toMatchObject({ publicKey, name: 'Ann', passphraseSet: true });

  const file = join(folder, 'ann.backup');
  expect((await shell(ann)(`backup create ${file}`, 'sealed\nhers\n')).code).toBe(0);
  const verified = await shell(ann)(`backup verify ${file}`, 'sealed\n');
  expect(verified).toMatchObject({ code: 0, stderr: expect.stringContaining('Verifying: ') });
  const wrong = await shell(byBackup)(`restore ${file} --json`, 'not it\n\n');
  expect(JSON.parse(wrong.stderr)).toMatchObject({ error: { code: 'backup-passphrase' } });
  expect(objects(await shell(byBackup)(`restore ${file} --json`, 'sealed\n\n'))).toMatchObject([
    { publicKey, name: 'Ann', passphraseSet: false },
  ]);
  expect((await shell(byBackup)(`restore ${file}`, 'sealed\n\n')).code).toBe(1);
});

test('the original Loom is looked at, imported, and left as it was', async () => {
  const file = join(folder, 'loom_anna.db');
  const original = new OriginalDatabase(file)
    .identity(seed(1))
    .contact(BOB, 'Bob')
    .contact(BOB, 'Bob again')
    .sent(uuid(1), BOB.ik, 'hello', 1_700_000_001)
    .received(uuid(2), BOB.ik, 'hello yourself', 1_700_000_002)
    .close();
  const before = readFileSync(file);
  const ann = await loom('ann');
  const command = shell(ann);

  const dry = await command(`import-loom ${file} --dry-run`);
  expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining('Importing: ') });
  expect(dry.stdout).toMatch(
    /^Token {6}LOOM-.+\nContacts {3}1\n {2}Bob: 2 messages\nMessages {3}2\nLeft out:\n {2}1 .+\n$/,
  );
  const [preview] = objects<ImportPreview>(await command(`import-loom ${file} --dry-run --json`));
  expect(preview).toMatchObject({ messages: 2, skipped: [{ reason: 'contact-twice', count: 1 }] });
  expect(await identityOf(ann)).toBeNull();

  for (const [line, code] of [
    ['import-loom', 2],
    [`import-loom ${file} --dry-run --name Ann`, 2],
    [`import-loom ${join(folder, 'none.db')}`, 1],
  ] as const) {
    expect(await command(line), line).toMatchObject({ code, stdout: '' });
  }
  expect(await command(`import-loom ${file}`, 'hers\n')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringMatching(/Imported\. .+“anna”\.\n$/),
  });
  expect(await identityOf(ann)).toMatchObject({
    publicKey: Buffer.from(original.us.ik).toString('hex'),
    passphraseSet: true,
  });
  expect((await command('token')).stdout.trim()).toBe(preview!.token);
  expect(objects(await command('messages Bob --json'))).toMatchObject([
    { direction: 'out', body: 'hello' },
    { direction: 'in', body: 'hello yourself' },
  ]);
  const again = await command(`import-loom ${file} --name Ann --json`);
  expect(JSON.parse(again.stderr)).toMatchObject({ error: { code: 'identity-exists' } });
  expect(readFileSync(file).equals(before)).toBe(true);
});
