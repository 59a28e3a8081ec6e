// Another user of the same computer: sees that Loom runs, and nothing of what it holds, from its first moment on.
import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Daemon, MAIN, type Place } from '../support/daemon.ts';
import { writings } from './input-fields.ts';

/** Two whom the kernel knows by number; no account is needed for its checks, and none is left behind. */
const OWNER = 61_001;
const ONLOOKER = 61_002;

const as = (user: number): string[] => ['setpriv', '--reuid', `${user}`, '--regid', `${user}`, '--clear-groups'];

test.skip(process.getuid?.() !== 0, 'only root can be two other people');

test('another user of this computer gets nothing, in any way', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loom-program-'));
  try {
    // Where both may read it, wherever this project is.
    cpSync(dirname(dirname(MAIN)), join(folder, 'dist'), { recursive: true });
    const sqlite = 'node_modules/node-sqlite3-wasm';
    cpSync(fileURLToPath(new URL(`../../${sqlite}`, import.meta.url)), join(folder, sqlite), { recursive: true });
    cpSync(fileURLToPath(new URL('./observer.js', import.meta.url)), join(folder, 'onlooker.mjs'));
    chmodSync(folder, 0o755);
    await lookedAt(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function lookedAt(folder: string): Promise<void> {
  const program = join(folder, 'dist/server/main.js');
  const place: Place = { command: as(OWNER), program, options: ['--no-discovery', '--peer-host', '127.0.0.1'] };
  const daemon = new Daemon('default', [], place);
  chownSync(daemon.dataDir, OWNER, OWNER);
  const [first = '', ...rest] = as(ONLOOKER);
  const command = [...rest, process.execPath, join(folder, 'onlooker.mjs'), `${OWNER}`, daemon.dataDir];
  const onlooker = spawn(first, command, { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' });
  const lines = createInterface({ input: onlooker.stdout })[Symbol.asyncIterator]();
  try {
    expect((await lines.next()).value).toBe('looking');
    const { url } = await daemon.start();
    const passphrase = 'a passphrase that nobody guesses';
    const { token, words, other } = await daemon.ask(async (control) => {
      await control.request('identity.create', { name: 'Ann of this computer', passphrase });
      const own = await control.request('identity.token', {});
      const phrase = await control.request('phrase.show', { passphrase });
      const { code } = await control.request('session.code', {});
      return { token: own.token, words: phrase.words, other: code };
    });
    const sockets = readdirSync(daemon.folder)
      .map((name) => join(daemon.folder, name))
      .filter((path) => statSync(path).isSocket());
    expect(sockets.length).toBeGreaterThan(0);
    onlooker.stdin.write(`${JSON.stringify({ port: Number(new URL(url).port), sockets })}\n`);
    const line = await lines.next();
    const seen = JSON.parse(line.done === true ? '' : line.value) as {
      refused: Record<string, number>;
      given: string[];
    };

    // It saw that there is a Loom, or it has not really looked.
    expect(seen.given.some((text) => text.startsWith('cmdline') && text.includes('main.js'))).toBe(true);
    expect(seen.given.some((text) => text.startsWith('page') && text.includes('<!doctype html>'))).toBe(true);
    for (const name of ['environ', 'mem', 'maps', 'fd', 'folder', 'file', 'control socket'])
      expect(seen.refused[name], name).toBeGreaterThan(0);
    const all = seen.given.join('\n');
    const codes = [new URL(url).hash.slice('#code='.length), other];
    for (const secret of [...codes, passphrase, token, words.join(' '), 'Ann of this computer'])
      for (const written of writings(secret)) expect(all).not.toContain(written);
  } finally {
    onlooker.kill();
    await daemon.remove();
  }
}
