// `loom-web open` as a launcher runs it, with programs in the place of the desktop's: it starts Loom, hands a browser the
// private file, and says what to do where no page came.
import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { environment, loomWeb, objects, type Ended } from '../support/command-line.ts';
import { MAIN } from '../support/daemon.ts';

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-opening-'));
});
test.afterEach(async () => {
  await loomWeb(['stop', ...place()]);
  rmSync(folder, { recursive: true, force: true });
});

const place = (): readonly string[] => ['--data-dir', join(folder, 'data'), '--profile', 'ann'];

/** A desktop whose `xdg-open` does this. */
function desktop(script: string): Readonly<Record<string, string>> {
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'xdg-open'), 0o755);
  return { DISPLAY: ':99', PATH: [folder, process.env.PATH].join(delimiter), LOOM_PORT: '0' };
}

/** A browser as far as its first request: reads the file it was given, and brings the code home. */
function browser(): string {
  const script = join(folder, 'browser.mjs');
  writeFileSync(
    script,
    `import { readFileSync, writeFileSync } from 'node:fs';
const [, origin, code] = /url=(http:\\/\\/[^/]+)\\/\\w+#launch=([\\w-]{22})/.exec(readFileSync(process.argv[2], 'utf8'));
const reply = await fetch(origin + '/api/session', {
  method: 'POST',
  headers: { 'content-type': 'application/json', origin },
  body: JSON.stringify({ code, launch: true }),
});
writeFileSync(${JSON.stringify(join(folder, 'came'))}, String(reply.status));`,
  );
  return `'${process.execPath}' '${script}' "$1"`;
}

const open = (env: Readonly<Record<string, string>>, ...more: string[]): Promise<Ended> =>
  loomWeb(['open', ...place(), ...more], '', env);

test('starts Loom in the background, and brings the browser in; a second time through the same Loom', async () => {
  const env = desktop(browser());
  const first = await open(env);
  expect(first).toMatchObject({ code: 0, stdout: 'Loom is open in your browser.\n' });
  expect(first.stderr).toContain('Loom runs in the background now');
  // Written once the browser has its answer, which may be after ours.
  const came = join(folder, 'came');
  await expect.poll(() => existsSync(came) && readFileSync(came, 'utf8')).toBe('200');
  const [status] = objects<{ pid: number }>(await loomWeb(['status', '--json', ...place()]));
  const again = await open(env, '--json');
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(objects(again)).toEqual([{ opened: true }]);
  const [later] = objects<{ pid: number }>(await loomWeb(['status', '--json', ...place()]));
  expect(later!.pid).toBe(status!.pid);
  // What led the browser there is gone.
  expect(readdirSync(join(folder, 'data', 'ann')).filter((name) => name.endsWith('.html'))).toEqual([]);
});

test('says what to do when no page came within some seconds, and where there is no browser', async () => {
  await open(desktop(browser()));
  const silent = desktop('exit 0');
  // It waits a minute for a browser that is still starting: nobody waits for that here.
  const waiting = spawn(process.execPath, [MAIN, 'open', ...place()], { env: environment(silent), stdio: 'pipe' });
  let said = '';
  for (const stream of [waiting.stdout, waiting.stderr])
    stream.on('data', (piece: Buffer) => (said += piece.toString()));
  await expect.poll(() => said, { timeout: 20_000 }).toContain('No page has opened yet.');
  expect(said).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{22}$/m);
  waiting.kill();
  const none = await open(desktop('exit 3'));
  expect(none.code).toBe(0);
  expect(none.stderr).toContain('No browser could be opened.');
});

test('where nobody would see a browser, prints the address', async () => {
  const ended = await open({ LOOM_PORT: '0' });
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{22}\n$/);
  expect(existsSync(join(folder, 'came'))).toBe(false);
});
