// Everything in daily use from the command line, against running Looms: by what it prints, in words and in JSON, and by the
// code it ends with.
import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Contact, ContactRequest, Identity, Message, SearchHit } from '../../server/contract/model.ts';
import { commands } from '../../server/cli/run.ts';
import { environment, loomWeb, objects, place, shell, type Ended } from '../support/command-line.ts';
import { Daemon, MAIN } from '../support/daemon.ts';

const cleanups: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function loom(name: string, passphrase = ''): Promise<Daemon> {
  const daemon = new Daemon(name);
  cleanups.push(() => daemon.remove());
  await daemon.start();
  await daemon.ask((control) => control.request('identity.create', { name, passphrase }));
  return daemon;
}

/** One command with words that hold spaces. */
function run(daemon: Daemon, words: readonly string[], input = ''): Promise<Ended> {
  return loomWeb([...words, ...place(daemon)], input);
}

const tokenOf = async (daemon: Daemon): Promise<string> => (await shell(daemon)('token')).stdout.trim();
const addressOf = ({ ready }: Daemon): string => `127.0.0.1:${ready.peerPort}`;

/** Bob has added Ada, and asks to talk until she accepts. */
async function asking(): Promise<{ ada: Daemon; bob: Daemon }> {
  const [ada, bob] = await Promise.all([loom('Ada'), loom('Bob')]);
  await shell(bob)(`add ${await tokenOf(ada)} --name Ada --address ${addressOf(ada)}`);
  const requests = async (): Promise<number> => objects(await shell(ada)('requests --json')).length;
  await expect.poll(requests, { timeout: 30_000 }).toBe(1);
  return { ada, bob };
}

test('requests are seen, accepted under a name, ignored and blocked', async () => {
  test.slow();
  const { ada, bob } = await asking();
  const adas = shell(ada);
  const [request] = objects<ContactRequest>(await adas('requests list --json'));
  expect(request).toMatchObject({ name: 'Bob' });
  expect((await adas('requests')).stdout).toMatch(
    /^key [0-9a-f]{16} {2}\(\d{4}-\d\d-\d\d \d\d:\d\d from .+\) {2}Bob\n$/,
  );
  expect(await adas('requests accept Carl')).toMatchObject({ code: 1, stderr: 'Nobody called “Carl” is asking.\n' });
  expect(await adas('requests accept')).toMatchObject({ code: 2 });
  expect(await adas('requests shun Bob')).toMatchObject({ code: 2 });
  const accepted = await run(ada, ['requests', 'accept', request!.publicKey.slice(0, 8), '--name', 'Bob B.', '--json']);
  expect(objects<Contact>(accepted)).toMatchObject([{ name: 'Bob B.', blocked: false }]);
  expect((await adas('requests')).stdout).toBe('');

  // Bob asks others, who want nothing of him.
  const eve = await loom('Eve');
  await shell(bob)(`add ${await tokenOf(eve)} --name Eve --address ${addressOf(eve)}`);
  await expect.poll(async () => (await shell(eve)('requests')).stdout, { timeout: 30_000 }).toContain('Bob');
  expect(await shell(eve)('requests ignore Bob')).toMatchObject({ code: 0, stderr: 'Ignored. Bob can’t tell.\n' });
  expect((await shell(eve)('requests')).stdout).toBe('');

  const tom = await loom('Tom');
  await shell(bob)(`add ${await tokenOf(tom)} --name Tom --address ${addressOf(tom)}`);
  await expect.poll(async () => (await shell(tom)('requests')).stdout, { timeout: 30_000 }).toContain('Bob');
  expect(await shell(tom)('requests block bob')).toMatchObject({ code: 0, stdout: '' });
  expect(objects<Contact>(await shell(tom)('contacts --json'))).toMatchObject([{ name: 'Bob', blocked: true }]);
});

test('a contact is shown, renamed, verified by the number, blocked, given an address and removed', async () => {
  const [ada, bob] = await Promise.all([loom('Ada'), loom('Bob')]);
  const [adas, bobs] = [shell(ada), shell(bob)];
  await adas(`add ${await tokenOf(bob)} --name Bob`);
  await bobs(`add ${await tokenOf(ada)} --name Ada`);
  const [shown] = objects<Contact & { safety: string }>(await bobs('contact show Ada --json'));
  expect(shown!.safety).toMatch(/^\d{60}$/);
  const words = (await adas('contact show Bob')).stdout;
  expect(words).toContain(`Safety     ${shown!.safety.match(/.{5}/g)!.join(' ')}\n`);
  expect(words).toContain('Addresses  none known\n');

  expect(await run(ada, ['contact', 'verify', 'Bob', '0'.repeat(60)])).toMatchObject({ code: 1 });
  const verified = await run(ada, ['contact', 'verify', 'Bob', shown!.safety.match(/.{5}/g)!.join(' '), '--json']);
  expect(objects<Contact>(verified)).toMatchObject([{ verified: true }]);
  expect(await adas('contact unverify Bob')).toMatchObject({ code: 0, stderr: 'Bob is no longer verified.\n' });

  expect(await run(ada, ['contact', 'rename', 'Bob', 'My Bob'])).toMatchObject({ code: 0 });
  expect(await adas('contact rename My Bob')).toMatchObject({ code: 1 });
  const my = (...more: string[]): Promise<Ended> => run(ada, ['contact', more[0]!, 'My Bob', ...more.slice(1)]);
  expect(objects<Contact>(await my('address', '127.0.0.1:9', '--json'))[0]!.addresses).toContain('127.0.0.1:9');
  expect(await my('address', 'nowhere')).toMatchObject({ code: 1 });
  expect(await my('block')).toMatchObject({ code: 0, stderr: 'My Bob is blocked, and can’t tell.\n' });
  expect(objects<Contact>(await my('unblock', '--json'))).toMatchObject([{ blocked: false }]);
  expect(await my('show', 'more')).toMatchObject({ code: 2 });
  expect(await my('rename')).toMatchObject({ code: 2, stderr: 'loom-web: contact rename: NAME is missing\n' });

  const unsure = await my('remove');
  expect(unsure).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect(objects(await adas('contacts --json'))).toHaveLength(1);
  expect(await my('remove', '--yes')).toMatchObject({ code: 0, stderr: 'My Bob is removed.\n' });
  expect((await adas('contacts')).stdout).toBe('');
});

test('messages are read, deleted one by one, and cleared', async () => {
  const { ada, bob } = await asking();
  const [adas, bobs] = [shell(ada), shell(bob)];
  await adas('requests accept Bob');
  await bobs('send Ada one');
  await bobs('send Ada two');
  const unread = async (): Promise<number> => objects<{ unread: number }>(await adas('contacts --json'))[0]!.unread;
  await expect.poll(unread, { timeout: 30_000 }).toBe(2);
  expect((await adas('messages Bob')).stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}Bob: one\n/);
  expect(await unread()).toBe(2);
  expect(await adas('read Bob')).toMatchObject({ code: 0, stdout: '', stderr: 'Everything from Bob is read.\n' });
  expect(objects<Contact>(await adas('read Bob --json'))).toMatchObject([{ unread: 0 }]);

  expect((await adas('search TW')).stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}Bob: two\n$/);
  expect((await bobs('search one --in Ada')).stdout).toMatch(/ {2}you to Ada: one\n$/);
  expect(objects<SearchHit>(await adas('search from:bob --limit 1 --json'))).toMatchObject([{ direction: 'in' }]);
  expect(await adas('search three')).toMatchObject({ code: 0, stdout: '', stderr: 'Nothing found.\n' });

  const [first] = objects<Message>(await adas('messages Bob --json'));
  expect((await adas('messages Bob --ids')).stdout).toContain(`${first!.id}  `);
  expect(await adas(`delete Bob ${'0'.repeat(32)}`)).toMatchObject({ code: 1, stderr: 'There is no such message.\n' });
  expect(await adas('delete Bob first')).toMatchObject({ code: 2 });
  expect(await adas(`delete Bob ${first!.id} --mine`)).toMatchObject({ code: 1 });
  expect(await adas(`delete Bob ${first!.id}`)).toMatchObject({ code: 0, stdout: '' });
  expect(objects<Message>(await adas('messages Bob --json')).map(({ body }) => body)).toEqual(['two']);

  expect(await adas('clear Bob')).toMatchObject({ code: 2 });
  expect(objects<Contact>(await adas('clear Bob --yes --json'))).toMatchObject([{ name: 'Bob', lastMessage: null }]);
  expect((await adas('messages Bob')).stdout).toBe('');
  expect(objects(await bobs('messages Ada --json'))).toHaveLength(2);
});

test('one’s own name, and who sees that one is here', async () => {
  const ada = await loom('Ada');
  const adas = shell(ada);
  expect((await adas('profile')).stdout).toMatch(/^Name {8}Ada\nKey {9}[0-9a-f]{64}\nPassphrase {2}none: /);
  expect(objects<Identity>(await run(ada, ['profile', 'name', 'Ada L.', '--json']))).toMatchObject([
    { name: 'Ada L.' },
  ]);
  expect(await run(ada, ['profile', 'name', ' '])).toMatchObject({ code: 1 });
  expect(await adas('profile name')).toMatchObject({ code: 2 });
  expect(await adas('profile picture x')).toMatchObject({ code: 2 });

  expect(objects(await adas('visibility off --json'))).toEqual([{ mode: 'off', until: null }]);
  expect((await adas('visibility')).stdout).toBe('Nobody can see that you are here, and Loom looks for nobody.\n');
  const [everyone] = objects<{ mode: string; until: number }>(await adas('visibility everyone --json'));
  expect(everyone!.mode).toBe('everyone');
  expect(everyone!.until).toBeGreaterThan(Date.now());
  expect((await adas('visibility contacts')).stdout).toContain('Your contacts can see that you are here.');
  expect(await adas('visibility friends')).toMatchObject({ code: 2 });
});

test('a passphrase is set, changed and removed, from stdin or a descriptor; without one there is nothing to lock', async () => {
  test.slow();
  const daemon = await loom('Ada');
  const ada = shell(daemon);
  expect(await ada('lock')).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(/^No passphrase is set, so there is nothing to lock\..*main\.js passphrase set/),
  });
  expect(await ada('passphrase change', 'x\ny\n')).toMatchObject({ code: 1 });
  expect(await ada('passphrase set', '\n')).toMatchObject({ code: 1, stderr: 'The new passphrase is empty.\n' });
  expect(await ada('passphrase set', 'first\n')).toMatchObject({ code: 0, stderr: 'The passphrase is set.\n' });
  expect(await ada('passphrase set', 'again\n')).toMatchObject({ code: 1 });
  expect(await ada('passphrase change', 'wrong\nsecond\n')).toMatchObject({ code: 1 });

  const words = ['passphrase', 'change', '--passphrase-fd', '3', '--json', ...place(daemon)];
  const child = spawn(process.execPath, [MAIN, ...words], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  (child.stdio[3] as NodeJS.WritableStream).end('first\nsecond\n');
  expect((await once(child, 'exit'))[0]).toBe(0);

  expect((await ada('lock')).code).toBe(0);
  for (const line of ['profile', 'requests', 'visibility', 'contact show Bob', 'passphrase remove', 'read Bob'])
    expect(await ada(line), line).toMatchObject({ code: 3 });
  expect((await ada('unlock', 'first\n')).code).toBe(1);
  expect((await ada('unlock', 'second\n')).code).toBe(0);
  expect(await ada('passphrase remove', 'second\n')).toMatchObject({ code: 0, stderr: 'The passphrase is removed.\n' });
  expect(objects<Identity>(await ada('profile --json'))).toMatchObject([{ passphraseSet: false }]);
});

test('every command has its help, by --help and by help, and says what is missing', async () => {
  test.slow();
  const all = await loomWeb(['help']);
  expect(all).toMatchObject({ code: 0, stderr: '' });
  for (const { name } of commands) expect(all.stdout).toContain(`  ${name}`);
  for (const name of [
    'requests',
    'contact',
    'visibility',
    'passphrase',
    'read',
    'delete',
    'clear',
    'profile',
    'open',
  ]) {
    const [asked, helped] = await Promise.all([loomWeb([name, '--help']), loomWeb(['help', name])]);
    expect(asked, name).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toContain(`loom-web ${name}`);
    expect(helped.stdout).toBe(asked.stdout);
  }
  expect(await loomWeb(['send'])).toMatchObject({
    code: 2,
    stderr: 'loom-web: send: CONTACT is missing. Usage: loom-web send CONTACT [TEXT | -] [--reply-to ID]\n',
  });
  expect((await loomWeb(['send', '--json'])).stderr).toContain('"code":"misuse"');
});
