// Machines that lack what is usual: a new Node, a home, a terminal, address space, hard links. Loom runs, or says why not.
import { expect, test } from '@playwright/test';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectControl } from '../../server/http/control/control-client.ts';
import { environment, loomWeb } from '../support/command-line.ts';
import { MAIN, type Ready } from '../support/daemon.ts';

const folder = mkdtempSync(join(tmpdir(), 'loom-machines-'));
chmodSync(folder, 0o755);
const running = new Set<ChildProcess>();
test.afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

let places = 0;
function place(): string {
  places += 1;
  return join(folder, String(places));
}

const serve = ['serve', '--json', '--no-open', '--no-discovery', '--port', '0', '--peer-host', '127.0.0.1'];

/** Starts a program that becomes a Loom, up to its ready line. @returns null when it ended before. */
async function started(
  program: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; ready: Ready } | null> {
  const child = spawn(program, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  // On a terminal a warning may come before it.
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) return { child, ready: JSON.parse(line) as Ready };
  }
  return null;
}

async function states(dataDir: string): Promise<string> {
  const control = await connectControl(join(dataDir, 'default'));
  const { state } = await control.request('status.get', {});
  control.close();
  return state;
}

test('a Node that is too old is told which is needed', () => {
  // Nothing but the import that comes after the look at the version, so that nothing newer is read before.
  const program = readFileSync(MAIN, 'utf8');
  expect(program).not.toMatch(/\bimport\s*["'{*]|\bimport\s+\w|\bawait\b|\?\?|\?\./);
  const older =
    'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.20.8"}})';
  const programs = [
    [process.execPath, '--import', older],
    ...(process.env.LOOM_OLD_NODE ? [[process.env.LOOM_OLD_NODE]] : []),
  ];
  for (const [node = '', ...before] of programs) {
    for (const args of [['status'], ['serve', '--no-open'], ['--json']]) {
      const { status, stderr } = spawnSync(node, [...before, MAIN, ...args], { encoding: 'utf8' });
      expect(status).toBe(1);
      expect(stderr).toMatch(/^[^\n]*Loom needs Node 20\.19 or newer[^\n]*\n$/);
      expect(stderr.startsWith('{"error":')).toBe(args[0] === '--json');
    }
  }
});

test('no profile comes to lie in the current folder', async () => {
  for (const [env, args] of [
    [{ HOME: '' }, []],
    [{ XDG_DATA_HOME: 'rel' }, []],
    [{ LOOM_DATA_DIR: '~/x' }, []],
    [{ LOOM_DATA_DIR: 'rel' }, []],
    [{}, ['--data-dir=~/x']],
  ] as const) {
    const [home, cwd] = [place(), place()];
    for (const each of [home, cwd]) mkdirSync(each);
    // Where HOME is empty the system's list of users has one, in which nothing is to be left: a command that only looks.
    const all = { ...environment(), HOME: home, ...env };
    const command = 'HOME' in env ? ['status'] : [...serve, '--profile', 'p'];
    const child = spawn(process.execPath, [MAIN, ...command, ...args], {
      cwd,
      env: all,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    running.add(child);
    await Promise.race([once(child, 'exit'), once(child.stdout, 'data')]);
    expect(readdirSync(cwd)).toEqual([]);
  }
});

test('a user without an entry and without HOME', () => {
  test.skip(process.getuid?.() !== 0, 'becoming another user needs root');
  const dataDir = place();
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o777);
  const run = (env: readonly string[], ...args: string[]) =>
    spawnSync(
      'setpriv',
      [
        '--reuid',
        '54321',
        '--regid',
        '54321',
        '--clear-groups',
        'env',
        '-u',
        'HOME',
        ...env,
        process.execPath,
        MAIN,
        ...args,
      ],
      { encoding: 'utf8', cwd: '/' },
    );
  expect(run([], '--help').status).toBe(0);
  expect(run([`LOOM_DATA_DIR=${dataDir}/d`], 'status').status).toBe(4);
  const bare = run([], 'status');
  expect(bare).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^loom-web: you have no home.*LOOM_DATA_DIR.*\n$/),
  });
});

test('without a terminal it outlives SIGHUP, as under nohup, and with one it ends', { tag: '@slow' }, async () => {
  const dataDir = place();
  const loom = await started(process.execPath, [MAIN, ...serve, '--data-dir', dataDir]);
  loom?.child.kill('SIGHUP');
  // Longer than an end takes at most.
  await sleep(3500);
  expect(await states(dataDir)).toBe('new');

  test.skip(spawnSync('script', ['--version']).status !== 0, 'a terminal comes from script(1)');
  const other = place();
  const words = [process.execPath, MAIN, ...serve, '--data-dir', other].join(' ');
  const inTerminal = await started('script', ['-qec', words, '/dev/null']);
  process.kill(inTerminal?.ready.pid ?? 0, 'SIGHUP');
  await once(inTerminal!.child, 'exit');
  expect((await loomWeb(['status', '--data-dir', other])).code).toBe(4);
});

test('with limited address space it runs, or says what stands in the way', { tag: '@slow' }, async () => {
  test.skip(process.platform !== 'linux', 'no other system limits it');
  const limited = (kilobytes: number, dataDir: string) =>
    ['-c', `ulimit -v ${kilobytes}; exec "$@"`, 'sh', process.execPath, MAIN, ...serve, '--data-dir', dataDir] as const;
  const dataDir = place();
  const loom = await started('sh', limited(4_000_000, dataDir));
  expect(loom).not.toBeNull();
  const control = await connectControl(join(dataDir, 'default'));
  // A passphrase is made into a key in a thread of its own, which needs the most.
  await control.request('identity.create', { name: 'Ada', passphrase: 'correct horse' });
  await control.request('vault.lock', {});
  await control.request('vault.unlock', { passphrase: 'correct horse' });
  // Its own process ends with the one that started it, even when that one is killed.
  loom!.child.kill('SIGKILL');
  await control.closed;

  const little = spawnSync('sh', limited(2_000_000, place()), { encoding: 'utf8', env: environment() });
  expect(little).toMatchObject({ status: 1, stderr: expect.stringContaining('Too little address space') });
});

test('with stdin, stdout and stderr closed it runs, and with nobody to read them too', async () => {
  for (const redirections of ['<&- >&- 2>&-', '</dev/null 2>&1 | true']) {
    const dataDir = place();
    const words = [process.execPath, MAIN, ...serve, '--data-dir', dataDir].join(' ');
    running.add(spawn('sh', ['-c', `${words} ${redirections}`], { env: environment(), stdio: 'ignore' }));
    await expect.poll(() => states(dataDir).catch(() => null)).toBe('new');
    expect((await loomWeb(['stop', '--data-dir', dataDir])).code).toBe(0);
  }
});
