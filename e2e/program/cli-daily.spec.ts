// Everything in daily use from the command line, against running Looms: by what it prints, in words and in JSON, and by the
// code it ends with.
import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Contact,
  ContactRequest,
  Identity,
  Message,
  MessageInfo,
  SearchHit,
} from '../../server/contract/model.ts';
import { commands } from '../../server/cli/run.ts';
import { png } from '../../server/testing/pictures.ts';
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

/** A message as `--json` has it. */
type Line = Message & {
  readonly replyTo: { readonly author: string; readonly id: string } | null;
  readonly edited: number;
  readonly deleted: boolean;
  readonly expiresAt: number | null;
};

const linesOf = async (daemon: Daemon, name: string): Promise<Line[]> =>
  objects<Line>(await shell(daemon)(`messages ${name} --json`));

/** Waits until what `name` sees says so. */
async function sees(daemon: Daemon, name: string, wanted: Record<string, unknown>): Promise<void> {
  await expect
    .poll(async () => (await linesOf(daemon, name)).at(-1), { timeout: 30_000 })
    .toEqual(expect.objectContaining(wanted));
}

test('a message is answered, edited, reacted to, passed on and taken back, and each act is watched', async () => {
  test.slow();
  const { ada, bob } = await asking();
  const [adas, bobs] = [shell(ada), shell(bob)];
  await adas('requests accept Bob');
  const watch = spawn(process.execPath, [MAIN, 'watch', 'Bob', '--json', ...place(ada)], { env: environment() });
  cleanups.push(async () => {
    if (watch.exitCode === null && watch.kill()) await once(watch, 'exit');
  });
  let watched = '';
  watch.stdout.on('data', (piece: Buffer) => (watched += piece.toString()));
  const tells = (wanted: Record<string, unknown>): Promise<void> =>
    expect
      .poll(() => objects({ code: 0, stderr: '', stdout: watched.slice(0, watched.lastIndexOf('\n') + 1) }), {
        timeout: 30_000,
      })
      .toContainEqual(expect.objectContaining(wanted));
  await tells({ event: 'watching' });

  const [asked] = objects<Line>(await run(bob, ['send', 'Ada', 'Tea at five?', '--json']));
  expect(asked).toMatchObject({ replyTo: null, reactions: [], edited: 0, deleted: false, expiresAt: null });
  await tells({ event: 'message.received', body: 'Tea at five?', replyTo: null });
  const [theirs] = await linesOf(ada, 'Bob');
  const answer = await run(ada, ['send', 'Bob', 'Yes', '--reply-to', theirs!.id, '--json']);
  expect(objects<Line>(answer)).toMatchObject([{ replyTo: { author: theirs!.author, id: theirs!.id } }]);
  await sees(bob, 'Ada', { body: 'Yes', replyTo: { author: 'me', id: asked!.id } });
  expect(await run(ada, ['send', 'Bob', 'x', '--reply-to', '0'.repeat(32)])).toMatchObject({ code: 1 });

  const [{ id: yes }] = objects<Line>(answer) as [Line];
  expect(await run(bob, ['edit', 'Ada', yes, 'mine?'])).toMatchObject({ code: 1 });
  expect(await run(ada, ['edit', 'Bob', yes, 'Yes, gladly'])).toMatchObject({
    code: 0,
    stderr: 'Edited. What it said before stays readable to both of you.\n',
  });
  await sees(bob, 'Ada', { body: 'Yes, gladly', edited: 1 });
  expect(await run(bob, ['react', 'Ada', yes, 'gladly'])).toMatchObject({ code: 1 });
  expect(await run(bob, ['react', 'Ada', yes, '🫖'])).toMatchObject({ code: 0 });
  await tells({ event: 'message.changed', act: 'reacted', by: theirs!.author, id: yes });
  await sees(ada, 'Bob', { reactions: [{ emoji: '🫖', by: [theirs!.author], own: false }] });
  expect((await adas('messages Bob')).stdout).toContain('you (edited, 🫖 1): Yes, gladly');
  expect(objects<Line>(await run(bob, ['react', 'Ada', yes, '--json']))).toMatchObject([{ reactions: [] }]);
  await bobs('read Ada');
  await sees(ada, 'Bob', { state: 'read' });
  const [info] = objects<MessageInfo>(await adas(`info Bob ${yes} --json`));
  expect(info).toMatchObject({ versions: [{ body: 'Yes' }, { body: 'Yes, gladly' }], reactions: [], deletedAt: null });
  expect([typeof info!.deliveredAt, typeof info!.readAt]).toEqual(['number', 'number']);
  expect((await adas(`info Bob ${yes}`)).stdout).toMatch(
    /^Written {10}.*\nStored here {6}.*\n(Sent {13}.* {2}to \S+:\d+\n)+On their device {2}.*\nRead {13}.*\nEarlier {10}.* {2}Yes\n$/,
  );

  const passed = objects<Line>(await run(ada, ['forward', 'Bob', theirs!.id, 'Bob', '--json']));
  expect(passed).toMatchObject([{ body: 'Tea at five?', forwarded: true, replyTo: null }]);
  await sees(bob, 'Ada', { body: 'Tea at five?', forwarded: true });
  expect(await run(ada, ['delete', 'Bob', passed[0]!.id, '--everyone'])).toMatchObject({
    code: 0,
    stderr: 'Deleted here, and there once Loom reaches them.\n',
  });
  await sees(bob, 'Ada', { kind: 'deleted', body: '', deleted: true });
  await tells({ event: 'message.changed', act: 'deleted', by: 'me' });
});

test('a timer is set, told and taken back, and its messages say that they go', { tag: '@slow' }, async () => {
  test.slow();
  const { ada, bob } = await asking();
  const [adas, bobs] = [shell(ada), shell(bob)];
  await adas('requests accept Bob');
  expect(await adas('timer Bob')).toMatchObject({ code: 0, stderr: 'Messages with Bob stay.\n' });
  for (const wrong of ['1y', '30s', '5w']) expect(await adas(`timer Bob ${wrong}`)).toMatchObject({ code: 2 });
  expect(await adas('timer Bob 1d')).toMatchObject({
    code: 0,
    stderr: 'New messages with Bob disappear 1 day after they are read.\n',
  });
  await sees(bob, 'Ada', { kind: 'change', change: { timer: 86_400 } });
  expect((await bobs('messages Ada')).stdout).toContain('Ada: (set messages to disappear 1 day after they are read)');
  await bobs('send Ada brief');
  await sees(ada, 'Bob', { body: 'brief', expiresAt: null, disappears: { after: 86_400, at: null } });
  await adas('read Bob');
  await sees(ada, 'Bob', { expiresAt: expect.any(Number) });
  expect(objects<{ timer: number }>(await bobs('timer Ada off --json'))).toMatchObject([{ timer: 0 }]);
});

test('notes are kept, edited, reacted to, passed on, deleted and cleared by the name “notes”', async () => {
  test.slow();
  const { ada, bob } = await asking();
  const adas = shell(ada);
  await adas('requests accept Bob');
  const kept = (await run(ada, ['notes', 'buy milk'])).stdout.trim();
  expect((await adas('notes --ids')).stdout).toMatch(new RegExp(`^${kept}  .* {2}buy milk\n$`));
  expect(await run(ada, ['edit', 'notes', kept, 'buy oat milk'])).toMatchObject({ code: 0 });
  expect(await run(ada, ['react', 'notes', kept, '🥛'])).toMatchObject({ code: 0 });
  expect((await adas('notes')).stdout).toMatch(/ \(edited, 🥛 1\) {2}buy oat milk\n$/);
  const answer = await run(ada, ['send', 'notes', 'done', '--reply-to', kept, '--json']);
  expect(objects<Line>(answer)).toMatchObject([{ replyTo: { author: 'me', id: kept } }]);
  expect(objects<Line>(await adas('notes --json'))).toEqual(await linesOf(ada, 'notes'));
  expect(await run(ada, ['forward', 'notes', kept, 'Bob'])).toMatchObject({ code: 0 });
  await sees(bob, 'Ada', { body: 'buy oat milk', forwarded: true });
  for (const [command, told] of [
    ['read notes', 'Everything in your notes is read.'],
    ['pin notes', 'Your notes are pinned.'],
    ['mute notes', 'Your notes are muted.'],
    ['archive notes off', 'Your notes are back in the list.'],
  ] as const) {
    expect(await adas(command)).toMatchObject({ code: 0, stderr: `${told}\n` });
  }
  expect(objects(await adas('pin notes off --json'))).toMatchObject([{ kind: 'notes', marks: { pinnedAt: null } }]);
  expect(objects<Line>(await adas('search oat --in notes --json'))).toMatchObject([{ id: kept }]);
  expect(await adas('files notes')).toMatchObject({ code: 0, stdout: '' });
  expect(await adas(`delete notes ${kept} --theirs`)).toMatchObject({ code: 1 });
  expect(await adas(`delete notes ${kept}`)).toMatchObject({ code: 0, stderr: 'Deleted.\n' });
  expect((await linesOf(ada, 'notes')).map(({ body }) => body)).toEqual(['done']);
  expect(await adas('timer notes 1h')).toMatchObject({
    stderr: 'New notes disappear 1 hour after they are written.\n',
  });
  expect(objects(await adas('clear notes --yes --json'))).toMatchObject([{ kind: 'notes', lastMessage: null }]);
});

test('a picture and a line about oneself are set, seen by a contact, and taken back', async () => {
  const { ada, bob } = await asking();
  await shell(ada)('requests accept Bob');
  const picture = join(ada.home, 'face.png');
  expect(await run(ada, ['profile', 'set', '--picture', picture])).toMatchObject({ code: 1 });
  writeFileSync(picture, 'words');
  expect(await run(ada, ['profile', 'set', '--picture', picture])).toMatchObject({
    code: 1,
    stderr: 'The picture has to be a JPEG, PNG or WebP file, at most 1024 pixels wide and high.\n',
  });
  writeFileSync(picture, png(256, 256, { length: 24 * 1024 }));
  const said = ['--name', 'Ada King', '--about', 'At the mill', '--picture', picture];
  expect(objects<Identity>(await run(ada, ['profile', 'set', ...said, '--json']))).toMatchObject([
    { name: 'Ada King', about: 'At the mill', picture: expect.stringMatching(/^[0-9a-f]{32}$/) },
  ]);
  await expect
    .poll(async () => (await shell(bob)('contact show Ada')).stdout)
    .toMatch(/\nOwn name {3}Ada King\nAbout {6}At the mill\nPicture {4}their own\n/);
  expect((await run(ada, ['profile', 'set', '--about', '', '--no-picture'])).stdout).toMatch(
    /About {7}nothing\nPicture {5}none\n/,
  );
  await expect
    .poll(async () => objects<Contact>(await shell(bob)('contact show Ada --json')))
    .toMatchObject([{ ownName: 'Ada King', about: '', picture: null }]);
});

test('one’s own name, and who sees that one is here', async () => {
  const ada = await loom('Ada');
  const adas = shell(ada);
  expect((await adas('profile')).stdout).toMatch(
    /^Name {8}Ada\nAbout {7}nothing\nPicture {5}none\nKey {9}[0-9a-f]{64}\nPassphrase {2}none: /,
  );
  expect(objects<Identity>(await run(ada, ['profile', 'name', 'Ada L.', '--json']))).toMatchObject([
    { name: 'Ada L.' },
  ]);
  expect(await run(ada, ['profile', 'name', ' '])).toMatchObject({ code: 1 });
  expect(await adas('profile name')).toMatchObject({ code: 2 });
  expect(await adas('profile picture x')).toMatchObject({ code: 2 });
  expect(await adas('profile set')).toMatchObject({ code: 2 });
  expect(await adas('profile --name Ada')).toMatchObject({ code: 2 });
  expect(await adas('profile set --picture x --no-picture')).toMatchObject({ code: 2 });

  expect(objects(await adas('visibility off --json'))).toEqual([{ mode: 'off', until: null }]);
  expect((await adas('visibility')).stdout).toBe('Nobody can see that you are here, and Loom looks for nobody.\n');
  const [everyone] = objects<{ mode: string; until: number }>(await adas('visibility everyone --json'));
  expect(everyone!.mode).toBe('everyone');
  expect(everyone!.until).toBeGreaterThan(Date.now());
  expect((await adas('visibility contacts')).stdout).toContain('Your contacts can see that you are here.');
  expect(await adas('visibility friends')).toMatchObject({ code: 2 });
});

test(
  'a passphrase is set, changed and removed, from stdin or a descriptor; without one there is nothing to lock',
  { tag: '@slow' },
  async () => {
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
    expect(await ada('passphrase remove', 'second\n')).toMatchObject({
      code: 0,
      stderr: 'The passphrase is removed.\n',
    });
    expect(objects<Identity>(await ada('profile --json'))).toMatchObject([{ passphraseSet: false }]);
  },
);

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
