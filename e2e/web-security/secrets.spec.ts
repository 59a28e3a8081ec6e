// Everything that a Loom and its tab hold secret, collected, and then looked for in every file that anybody wrote: the
// data folder, the browser's own profile, temporary files, what was printed.
import { chromium } from '@playwright/test';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePrimitives } from '../../server/crypto/choose.ts';
import { concat, utf8 } from '../../server/crypto/bytes.ts';
import { openStore } from '../../server/storage/profile-store.ts';
import { openVault } from '../../server/storage/profile-files/vault.ts';
import { Daemon } from '../support/daemon.ts';
import { expect, Person, test } from '../support/fixtures.ts';
import { writings } from './input-fields.ts';

const PASSPHRASE = 'only Ann and nobody else knows this';
const CANARY = 'between Ann and Bob and nobody else';
const primitives = choosePrimitives(undefined);

type Secrets = Record<string, string | Uint8Array>;

test('no file that a whole day of Loom writes holds a secret', async ({ person, launchOptions }) => {
  const started = Date.now();
  const bob = await person('Bob');
  const bobsToken = await bob.begin();
  const profile = mkdtempSync(join(tmpdir(), 'loom-browser-'));
  const daemon = new Daemon('ann');
  try {
    await daemon.start();
    const found: Secrets = { passphrase: PASSPHRASE, text: CANARY };
    let context = await chromium.launchPersistentContext(profile, launchOptions);
    let ann = new Person('Ann', daemon, context, context.pages()[0] ?? (await context.newPage()));
    await ann.onboard(PASSPHRASE);
    await ann.add(bobsToken, 'Bob', bob.address);
    await ann.openConversation('Bob');
    await bob.know(await ann.token(), 'Ann', ann.address);
    await ann.send(CANARY);
    await expect(bob.entry('Ann')).toContainText(CANARY);
    Object.assign(found, await tabSecrets(ann));
    // Locked, opened again, and on after a reload; then the browser ends, and comes back another day.
    await daemon.ask((control) => control.request('vault.lock', {}));
    await ann.page.getByRole('textbox', { name: 'Passphrase' }).fill(PASSPHRASE);
    await ann.page.getByRole('button', { name: 'Unlock' }).click();
    await expect(ann.message(CANARY)).toBeVisible();
    await ann.page.reload();
    await expect(ann.entry('Bob')).toBeVisible();
    Object.assign(found, prefixed('later ', await tabSecrets(ann)));
    await context.close();
    context = await chromium.launchPersistentContext(profile, launchOptions);
    ann = new Person('Ann', daemon, context, context.pages()[0] ?? (await context.newPage()));
    await ann.open();
    await expect(ann.entry('Bob')).toBeVisible();
    Object.assign(found, prefixed('another day ', await tabSecrets(ann)));
    await daemon.stop();
    await context.close();

    Object.assign(found, await storedSecrets(daemon));
    expect(Object.keys(found).length).toBeGreaterThanOrEqual(12);
    const written = [...filesUnder(daemon.folder), ...filesUnder(profile), ...newTemporaryFiles(started)];
    expect(written.length).toBeGreaterThan(20);
    const leaks = [
      ...written.flatMap((path) => leaksIn(path, readFileSync(path, 'latin1'), found)),
      ...leaksIn('what was printed', daemon.printed.join(''), found),
    ];
    // What lets a tab in outlives its reload in sessionStorage, which browsers write down, and for an hour an end of Loom
    // that nobody asked for, in the data folder. With a passphrase it is then good for unlocking alone, as
    // kept-sessions.test.ts shows: whoever reads it needs a Loom that runs, and, while it is unlocked, to be this very user.
    const isTabs = (leak: string): boolean => /session key in .*(Session Storage|tabs\.json$)/.test(leak);
    expect(leaks.filter((leak) => !isTabs(leak))).toEqual([]);
  } finally {
    await daemon.remove();
    rmSync(profile, { recursive: true, force: true });
  }
});

/** What the page holds to be let in. */
async function tabSecrets({ page }: Person): Promise<Secrets> {
  const stored = await page.evaluate(() => Object.values(sessionStorage).join('\n'));
  const { key } = JSON.parse(stored) as { key: string };
  return { 'session key': Buffer.from(key, 'hex') };
}

/** What stands, sealed, in the data folder. */
async function storedSecrets({ folder }: Daemon): Promise<Secrets> {
  const options = { folder, primitives };
  const { masterKey } = await openVault(options, PASSPHRASE);
  const store = await openStore(options, PASSPHRASE);
  try {
    const identity = store.identity.load();
    if (!identity) throw new Error('the profile has no identity');
    const derived = (label: string): Uint8Array =>
      primitives.blake2b512(concat(utf8(label), identity.masterSeed)).subarray(0, 32);
    const [contact] = store.contacts.list();
    const states = contact ? store.sessions.load(contact.id, contact.device) : [];
    expect(states.length).toBeGreaterThan(0);
    return {
      'master key': masterKey,
      'master seed': identity.masterSeed,
      'presence key': identity.presenceKey,
      "Bob's presence key": contact?.presenceKey ?? new Uint8Array(),
      'identity key': derived('LOOM-ED25519-DERIVATION'),
      'static key': derived('LOOM-X25519-DERIVATION'),
      ...Object.fromEntries(states.map(({ state }, at) => [`session ${at}`, state.subarray(16)])),
    };
  } finally {
    store.close();
  }
}

function prefixed(prefix: string, secrets: Secrets): Secrets {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [prefix + name, secret]));
}

function leaksIn(place: string, content: string, secrets: Secrets): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    writings(secret).some((text) => content.includes(text)) ? [`${name} in ${place}`] : [],
  );
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && statSync(path).isFile());
}

function newTemporaryFiles(since: number): string[] {
  return readdirSync(tmpdir())
    .map((name) => join(tmpdir(), name))
    .filter((path) => {
      const { mtimeMs, size } = statSync(path);
      return statSync(path).isFile() && mtimeMs >= since && size < 10_000_000;
    });
}
