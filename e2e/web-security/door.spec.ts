// The local door as a browser and a raw client meet it. Every row of the table has its own tests beside the guard; here
// the real program answers. Attacks from a browser are in the folder beside.
import { request } from 'node:http';
import { expect, test } from '../support/fixtures.ts';

function ask(
  port: number,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (piece: Buffer) => (body += piece.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, body: '' });
    });
    asked.on('error', reject);
    asked.end();
  });
}

const upgrade = (host: string, origin: string): Record<string, string> => ({
  host,
  origin,
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
});

test('a wrong Host or Origin is refused before anything else', async ({ person }) => {
  const ann = await person('Ann');
  const port = Number(new URL(ann.daemon.origin).port);
  const own = `127.0.0.1:${port}`;
  expect((await ask(port, '/', { host: own })).status).toBe(200);
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.nip.io', '0.0.0.0', 'localhost.']) {
    expect(await ask(port, '/', { host }), host).toEqual({ status: 421, body: '' });
    expect((await ask(port, '/ws', upgrade(host, `http://${host}`))).status, host).toBe(421);
  }
  for (const origin of [
    'http://evil.example',
    `https://${own}`,
    `http://localhost:${port}`,
    'null',
    `http://127.0.0.1:${port + 1}`,
  ]) {
    expect((await ask(port, '/api/session', { host: own, origin }, 'POST')).status, origin).toBe(403);
    expect((await ask(port, '/ws', upgrade(own, origin))).status, origin).toBe(403);
  }
  expect((await ask(port, '/ws', upgrade(own, `http://${own}`))).status).toBe(101);
});

test('the page keeps nothing that another page or a later visit could find', async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  const kept = await ann.page.evaluate(async () => ({
    cookies: document.cookie,
    local: localStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
  expect(kept).toEqual({ cookies: '', local: 0, databases: 0, caches: 0, workers: 0 });
});
