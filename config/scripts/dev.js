// `npm run dev`: the daemon, built anew and started again whenever its sources change, and the page from Vite's own
// server, which replaces what changed without a reload. The page speaks to the daemon through Vite, so that it has one
// origin, as in the real thing; only the security headers of the page itself are Vite's, which needs inline styles.
// What follows `--` goes to loom-web.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, createServer } from 'vite';

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, new URL('../', import.meta.url)));

/** @type {import('node:child_process').ChildProcess | null} */
let daemon = null;
/** Kept over restarts: Vite's proxy leads there. */
let port = 0;
/** @type {import('vite').ViteDevServer | null} */
let page = null;

async function restart() {
  await stopDaemon();
  const args = ['serve', '--json', '--no-open', '--port', String(port), ...process.argv.slice(2)];
  const child = spawn(process.execPath, [path('../dist/server/main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  daemon = child;
  child.once('exit', () => {
    if (daemon === child) daemon = null;
  });
  createInterface({ input: child.stdout }).once('line', (line) => void ready(new URL(JSON.parse(line).url)));
}

/** @param {URL} address of the daemon, with a code */
async function ready(address) {
  port = Number(address.port);
  page ??= await startPage();
  console.log(`\n  ${String(page.resolvedUrls?.local[0])}${address.hash}\n`);
}

async function startPage() {
  const target = `http://127.0.0.1:${port}`;
  const server = await createServer({
    configFile: path('vite.config.ts'),
    // The daemon answers to this name; Host and Origin go through unchanged, and match.
    server: { host: '127.0.0.1', proxy: { '/api': { target }, '/ws': { target, ws: true } } },
  });
  return server.listen();
}

/** @returns {Promise<void>} */
function stopDaemon() {
  const running = daemon;
  if (running === null) return Promise.resolve();
  return new Promise((resolve) => {
    running.once('exit', () => resolve());
    running.kill('SIGTERM');
  });
}

const watcher = await build({ configFile: path('vite.server.config.ts'), build: { watch: {} }, logLevel: 'warn' });
if (!('on' in watcher)) throw new Error('the bundler does not watch');
watcher.on('event', (event) => {
  if (event.code === 'END') void restart();
  if (event.code === 'ERROR') console.error(event.error);
});

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => {
    void Promise.all([stopDaemon(), watcher.close(), page?.close()]).then(() => process.exit(0));
  });
}
