// The command line against running Looms: every command by what it prints and the code it ends with.
import { expect, test } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { landingUrl } from '../../server/http/opening/page-address.ts';
import { openInBrowser } from '../../server/cli/browser/open-browser.ts';
import type { Message } from '../../server/contract/model.ts';
import { environment, loomWeb, objects, place, shell, type Environment } from '../support/command-line.ts';
import { Daemon, MAIN, type Ready } from '../support/daemon.ts';
import { openTab } from '../web-security/crowd.ts';

const cleanups: (() => Promise<unknown> | undefined)[] = [];
test.afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A running Loom with an identity. */
async function loom(name: string, passphrase = ''): Promise<Daemon> {
  const daemon = new Daemon(name);
  cleanups.push(() => daemon.remove());
  await daemon.start();
  await daemon.ask((control) => control.request('identity.create', { name, passphrase }));
  return daemon;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loom-cli-'));
  cleanups.push(() => {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  });
  return folder;
}

/** A command that runs on, killed when the test is over. */
function start(args: readonly string[], env: Environment = {}): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] });
  cleanups.push(() => {
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    return ended;
  });
  return child;
}

/** The lines of a process, one at a time. */
function linesOf(child: ChildProcess): AsyncIterator<string, undefined> {
  if (!child.stdout) throw new Error('stdout is not piped');
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

async function next(lines: AsyncIterator<string, undefined>): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error('the process printed no further line');
  return value;
}

const serve = ['serve', '--json', '--no-open', '--no-discovery', '--port', '0', '--peer-host', '127.0.0.1'];

test('the ready line is the first thing on stdout, and a second start shows the way to the first', async () => {
  const folder = temporaryFolder();
  const first = start([...serve, '--data-dir', join(folder, 'data'), '--profile', 'p_1']);
  const ready = JSON.parse(await next(linesOf(first))) as Ready;
  expect(ready).toEqual({
    event: 'ready',
    profile: 'p_1',
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{22}$/),
    peerPort: expect.any(Number),
    pid: first.pid,
  });
  expect(ready.peerPort).toBeGreaterThan(0);

  const second = await loomWeb([...serve, '--data-dir', join(folder, 'data'), '--profile', 'p_1']);
  expect(second.code).toBe(0);
  const [again] = objects<Ready>(second);
  expect(again).toMatchObject({ event: 'ready', profile: 'p_1', pid: first.pid });
  expect(new URL(again!.url).origin).toBe(new URL(ready.url).origin);
  expect(again!.url).not.toBe(ready.url);

  const spoken = await loomWeb(['--no-open', '--data-dir', join(folder, 'data'), '--profile', 'p_1']);
  expect(spoken.code).toBe(0);
  expect(spoken.stdout).toMatch(/already running.*http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{22}/s);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends it with 0 and leaves nothing that looks alive`, async () => {
    const folder = temporaryFolder();
    const process = start([...serve, '--data-dir', join(folder, 'data')]);
    await next(linesOf(process));
    const ended = once(process, 'exit');
    process.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(existsSync(join(folder, 'data', 'default', 'control.sock'))).toBe(false);
    expect((await loomWeb(['status', '--data-dir', join(folder, 'data')])).code).toBe(4);
  });
}

test('contacts, messages and what happens, from one command line to another', async () => {
  const [ada, bob] = [await loom('ada'), await loom('bob')];
  const [adas, bobs] = [shell(ada), shell(bob)];

  const token = await bobs('token');
  expect(token.stdout.trim()).toMatch(/^\S+$/);
  expect(objects(await bobs('token --json'))).toEqual([{ token: token.stdout.trim(), peerPort: bob.ready.peerPort }]);
  const adasToken = (await adas('token')).stdout.trim();

  const added = await adas(`add ${token.stdout.trim()} --name Bob --address 127.0.0.1:${bob.ready.peerPort} --json`);
  expect(objects(added)).toEqual([expect.objectContaining({ name: 'Bob', publicKey: expect.any(String) })]);
  expect((await adas(`add ${token.stdout.trim()} --name Bob`)).code).toBe(1);
  expect((await bobs(`add ${adasToken} --name Ada`)).code).toBe(0);

  const watcher = start(['watch', ...place(bob)]);
  const seen = linesOf(watcher);
  expect(JSON.parse(await next(seen))).toMatchObject({ event: 'watching' });

  const sent = await adas('send Bob hello --json');
  const [message] = objects<Message>(sent);
  expect(message).toMatchObject({ direction: 'out', body: 'hello', id: expect.any(String), at: expect.any(Number) });
  const received = await until(seen, ({ event }) => event === 'message.received');
  expect(received).toMatchObject({ direction: 'in', body: 'hello', id: message!.id, state: 'received' });

  expect((await adas('send bob -', 'two\nlines\n')).code).toBe(0);
  expect(await until(seen, ({ event }) => event === 'message.received')).toMatchObject({ body: 'two\nlines' });
  for (let number = 1; number <= 3; number += 1) await adas(`send Bob ${number}`);
  await until(seen, ({ body }) => body === '3');

  const all = objects<Message>(await bobs('messages ada --json'));
  expect(all.map(({ body }) => body)).toEqual(['hello', 'two\nlines', '1', '2', '3']);
  expect(objects<Message>(await bobs('messages Ada --limit 2 --json')).map(({ body }) => body)).toEqual(['2', '3']);
  const before = await bobs(`messages Ada --limit 2 --before ${all[3]!.id} --json`);
  expect(objects<Message>(before).map(({ body }) => body)).toEqual(['two\nlines', '1']);
  expect((await bobs('messages Ada')).stdout).toContain('Ada: hello');

  const [contact] = objects<{ id: string; publicKey: string }>(await adas('contacts --json'));
  for (const word of [contact!.id, contact!.publicKey.slice(0, 8)]) {
    expect((await adas(`messages ${word}`)).code).toBe(0);
  }
  expect(await adas('send Carol hi')).toMatchObject({ code: 1, stderr: expect.stringContaining('Carol') });
  expect((await adas('peers --json')).code).toBe(0);
  expect(objects(await adas('status --json'))).toEqual([expect.objectContaining({ state: 'ready', profile: 'ada' })]);

  const ended = once(watcher, 'exit');
  expect((await bobs('stop')).code).toBe(0);
  expect(await ended).toEqual([4, null]);
});

/** Reads on until an object fits. */
async function until(
  lines: AsyncIterator<string, undefined>,
  fits: (event: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  for (;;) {
    const event = JSON.parse(await next(lines)) as Record<string, unknown>;
    if (fits(event)) return event;
  }
}

test('a message as large as they get goes through stdin, and one larger is refused', async () => {
  const [ada, bob] = [await loom('ada'), await loom('bob')];
  const token = (await shell(bob)('token')).stdout.trim();
  await shell(ada)(`add ${token} --name Bob`);
  const text = 'ä'.repeat(128 * 1024);
  const sent = await shell(ada)('send Bob - --json', text);
  expect(objects<Message>(sent)[0]?.body).toBe(text);
  expect((await shell(ada)('send Bob -', `${text}ä`)).code).toBe(1);
  expect((await shell(ada)('send Bob -', '')).code).toBe(1);
  expect(objects(await shell(ada)('messages Bob --json'))).toHaveLength(1);
});

test('more messages than one page holds come in order', async () => {
  const [ada, bob] = [await loom('ada'), await loom('bob')];
  const token = (await shell(bob)('token')).stdout.trim();
  await shell(ada)(`add ${token} --name Bob`);
  await ada.ask(async (control) => {
    const [contact] = await control.request('contact.list', {});
    for (let number = 0; number < 230; number += 1) {
      await control.request('message.send', { conversation: contact!.conversation, body: String(number) });
    }
  });
  const newest = objects<Message>(await shell(ada)('messages Bob --limit 215 --json')).map(({ body }) => Number(body));
  expect(newest).toEqual(Array.from({ length: 215 }, (_, index) => index + 15));
});

test('unlocking takes the passphrase from stdin or a descriptor', async () => {
  const daemon = await loom('ada', 'correct horse');
  const ada = shell(daemon);
  expect((await ada('lock')).code).toBe(0);
  expect(objects(await ada('status --json'))).toEqual([expect.objectContaining({ state: 'locked' })]);
  for (const line of ['contacts', 'token', 'send Bob hi', 'messages Bob', 'watch Bob']) {
    expect(await ada(line), line).toMatchObject({ code: 3, stdout: '' });
  }
  expect((await ada('unlock', 'wrong\n')).code).toBe(1);
  expect((await ada('unlock', '')).code).toBe(1);
  expect((await ada('unlock --passphrase-fd 99')).code).toBe(1);
  expect((await ada('unlock --passphrase-fd x')).code).toBe(2);
  expect((await ada('unlock', 'correct horse\n')).code).toBe(0);
  expect((await ada('contacts')).code).toBe(0);

  expect((await ada('lock')).code).toBe(0);
  const byStdin = start(['unlock', ...place(daemon)]);
  // Left open: one line is enough.
  byStdin.stdin?.on('error', () => undefined).write('correct horse\nmore');
  expect(await once(byStdin, 'exit')).toEqual([0, null]);

  expect((await ada('lock')).code).toBe(0);
  const byDescriptor = spawn(process.execPath, [MAIN, 'unlock', '--passphrase-fd', '3', ...place(daemon)], {
    env: environment(),
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const pipe = byDescriptor.stdio[3] as NodeJS.WritableStream;
  // What is left unread when it ends comes back as an error.
  pipe.on('error', () => undefined);
  pipe.write('correct horse\nmore');
  expect(await once(byDescriptor, 'exit')).toEqual([0, null]);
  expect((await ada('contacts')).code).toBe(0);
});

test('stop comes back when the process is gone', async () => {
  const folder = temporaryFolder();
  const data = ['--data-dir', join(folder, 'data')];
  const process = start([...serve, ...data]);
  await next(linesOf(process));
  const exit = once(process, 'exit');
  expect((await loomWeb(['stop', ...data])).code).toBe(0);
  expect(isGone(process.pid!)).toBe(true);
  expect(await exit).toEqual([0, null]);
  expect((await loomWeb(['stop', ...data])).code).toBe(4);
});

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  // Ended, and waiting for this process to look.
  return process.platform === 'linux' && readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
}

test('wrong use ends with 2, in one line', async () => {
  const folder = temporaryFolder();
  for (const line of [
    '--host 0.0.0.0',
    'serve --host 0.0.0.0',
    'serve --port 70000',
    'serve --peer-host localhost',
    'serve --profile ../x',
    'status --profile a.b',
    'bogus',
    'send',
    'add TOKEN',
    'messages Bob --limit 0',
    'messages Bob --before 1',
  ]) {
    const ended = await loomWeb([...line.split(' '), '--data-dir', join(folder, 'data')]);
    expect(ended, line).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^loom-web: .+\n$/) });
  }
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

test('where nothing runs every command ends with 4, and makes nothing', async () => {
  const folder = temporaryFolder();
  for (const line of [
    'url',
    'status',
    'token',
    'contacts',
    'peers',
    'add T --name N',
    'send B hi',
    'watch',
    'messages B',
    'unlock',
    'lock',
    'stop',
  ]) {
    const ended = await loomWeb([...line.split(' '), '--data-dir', join(folder, 'data')]);
    expect(ended, line).toMatchObject({ code: 4, stdout: '' });
  }
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

test('with --json what went wrong is one JSON object on stderr, with the same exit code', async () => {
  const folder = temporaryFolder();
  const ada = await loom('ada');
  const running = place(ada);
  const absent = ['--data-dir', join(folder, 'data')];
  for (const [args, code, error] of [
    [['bogus', ...absent], 2, 'misuse'],
    [['send', ...absent], 2, 'misuse'],
    [['status', ...absent], 4, 'not-running'],
    [['send', 'Carol', 'hi', ...running], 1, 'failed'],
    [['add', 'LOOM-NO', '--name', 'Bob', ...running], 1, 'token-length'],
    [['messages', 'Bob', '--limit', '0', ...running], 2, 'misuse'],
  ] as const) {
    const plain = await loomWeb(args);
    const ended = await loomWeb([...args, '--json']);
    expect({ code: ended.code, stdout: ended.stdout }, args.join(' ')).toEqual({ code, stdout: '' });
    expect(plain.code).toBe(code);
    expect(JSON.parse(ended.stderr)).toEqual({ error: { code: error, message: expect.any(String) } });
    expect(ended.stderr.split('\n')).toHaveLength(2);
  }
});

test('a data folder that is not ours alone ends with 5', async () => {
  const folder = temporaryFolder();
  const [open, link] = [join(folder, 'open'), join(folder, 'link')];
  mkdirSync(open);
  chmodSync(open, 0o755);
  mkdirSync(join(folder, 'private'), { mode: 0o700 });
  symlinkSync(join(folder, 'private'), link);
  for (const dataDir of [open, link]) {
    for (const command of [serve, ['status']]) {
      expect((await loomWeb([...command, '--data-dir', dataDir])).code, dataDir).toBe(5);
    }
  }
});

test('a port that is in use ends with 1 and says so', async () => {
  const folder = temporaryFolder();
  const daemon = await loom('ada');
  const { port } = new URL(daemon.ready.url);
  const args = ['serve', '--json', '--no-open', '--no-discovery', '--data-dir', join(folder, 'data')];
  const ended = await loomWeb([...args, '--port', port]);
  expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`Port ${port} is in use`) });
  const peer = await loomWeb([...args, '--peer-host', '127.0.0.1', '--peer-port', String(daemon.ready.peerPort)]);
  expect(peer).toMatchObject({ code: 1, stderr: expect.stringContaining(`${daemon.ready.peerPort} is in use`) });
});

test('a profile that cannot be read ends with 1, says so, and stays as it is', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  mkdirSync(join(data, 'default'), { recursive: true, mode: 0o700 });
  writeFileSync(join(data, 'default', 'keys.json'), '{"broken', { mode: 0o600 });
  const ended = await loomWeb([...serve, '--data-dir', data]);
  expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('keys.json') });
  expect(readFileSync(join(data, 'default', 'keys.json'), 'utf8')).toBe('{"broken');
});

test('options beat the environment', async () => {
  const folder = temporaryFolder();
  const env = { LOOM_PROFILE: 'from-env', LOOM_DATA_DIR: join(folder, 'env') };
  const process = start([...serve, '--profile', 'from-option'], env);
  const ready = JSON.parse(await next(linesOf(process))) as Ready;
  expect(ready.profile).toBe('from-option');
  expect(statSync(join(folder, 'env', 'from-option')).mode & 0o777).toBe(0o700);
  expect((await loomWeb(['status', '--profile', 'from-option'], '', env)).code).toBe(0);
  expect((await loomWeb(['status'], '', env)).code).toBe(4);
});

test('the file that opens the browser leads into Loom', async ({ page }) => {
  const daemon = new Daemon('ada');
  cleanups.push(() => daemon.remove());
  const { port } = new URL((await daemon.start()).url);
  const tab = await openTab(daemon);
  // One for a browser that we open, as no printed one is.
  const { result } = (await tab.ask('session.code')) as { result: { code: string } };
  tab.socket.terminate();
  // Where browsers are opened at all is decided elsewhere; here what they are given has to work.
  const folder = temporaryFolder();
  const seen = fakeOpener(folder);
  const path = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${path ?? ''}`;
  openInBrowser(join(folder, 'open.html'), landingUrl(Number(port), result.code), () =>
    cleanups.push(() => Promise.reject(new Error('no browser was found'))),
  );
  process.env.PATH = path;
  await expect.poll(() => existsSync(seen)).toBe(true);

  await page.goto(`file://${readFileSync(seen, 'utf8')}`);
  await expect(page.getByRole('button', { name: 'Create my identity' })).toBeVisible();
  expect(page.url()).not.toContain('code');
});

test('no argument of any process holds a code', async () => {
  const folder = temporaryFolder();
  fakeOpener(folder);
  const args = ['serve', '--json', '--no-discovery', '--port', '0', '--data-dir', join(folder, 'data')];
  const env = { DISPLAY: ':99', PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` };
  const running = start(args, env);
  const ready = next(linesOf(running));
  const commandLines: string[] = [];
  const looking = setInterval(() => commandLines.push(...allCommandLines()), 5);
  await ready;
  // And while the browser would be opening.
  await new Promise((resolve) => setTimeout(resolve, 500));
  clearInterval(looking);
  expect(commandLines.join('\n')).toContain(folder);
  expect(commandLines.filter((line) => CODE.test(line))).toEqual([]);
  const { url } = JSON.parse(await ready) as Ready;
  expect(url).toMatch(CODE);

  const ended = once(running, 'exit');
  running.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(readdirSync(join(folder, 'data', 'default')).filter((name) => name.endsWith('.html'))).toEqual([]);
});

/** An xdg-open that writes down what it was given. @returns the file it writes. */
function fakeOpener(folder: string): string {
  const seen = join(folder, 'seen');
  const script = `#!/bin/sh\nprintf %s "$1" > '${seen}.part'\nmv '${seen}.part' '${seen}'\n`;
  writeFileSync(join(folder, 'xdg-open'), script, { mode: 0o755 });
  return seen;
}

/** As it would stand in an address. */
const CODE = /#(?:code|launch)=[\w-]{22}/;

function allCommandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
}

test('without a display it prints the address, and how to reach it from elsewhere', async () => {
  const folder = temporaryFolder();
  const running = start(['--port', '0', '--no-discovery', '--data-dir', join(folder, 'data')]);
  const lines = linesOf(running);
  const text: string[] = [];
  while (!text.at(-1)?.includes('ssh -L')) text.push(await next(lines));
  const port = /http:\/\/127\.0\.0\.1:(\d+)\/#code=[\w-]{22}/.exec(text.join('\n'))?.[1];
  expect(port).toBeDefined();
  expect(text.at(-1)).toContain(`ssh -L ${port}:127.0.0.1:${port} `);
});

test('watch ends by itself, and well, when its reader has gone', async () => {
  const daemon = await loom('ada');
  const watcher = start(['watch', ...place(daemon)]);
  const ended = once(watcher, 'exit');
  await next(linesOf(watcher));
  watcher.stdout?.destroy();
  // Something to tell: only then does it notice.
  await daemon.ask((control) => control.request('identity.rename', { name: 'Ada' }));
  expect(await ended).toEqual([0, null]);
});

test('help and version need nothing', async () => {
  expect(await loomWeb(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(await loomWeb(['send', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('CONTACT') });
});
