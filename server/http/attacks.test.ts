// Every route of the local door against everything that is hostile, as raw bytes to a real port: refused with the status
// that the table in the design gives, with an empty body, and before anything behind the guard ran. That is counted: a
// hook right behind the guard, one right before each handler, and the WebSockets that came to be.
import type { FastifyInstance } from 'fastify';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../timing/clock.ts';
import { request, sendRaw, smallApp, smallDispatcher, upgrade, upgradeHeaders } from '../testing/network/http-edge.ts';
import type { RawResponse } from '../testing/network/http-edge.ts';
import { buildHttp } from './app.ts';
import { headerLines } from './headers.ts';
import { BODY_BYTES, HEADER_BYTES } from './limits.ts';

const parts = smallDispatcher(systemClock);
const folder = smallApp();
const passed = { guard: 0, handlers: 0, sockets: 0 };
let app: FastifyInstance;
let port: number;
let host: string;

beforeAll(async () => {
  app = await buildHttp({
    ...parts,
    clock: systemClock,
    staticFolder: folder,
    onBug: (error) => parts.bugs.push(error),
  });
  app.addHook('preParsing', (_request, _reply, payload, done) => {
    passed.guard += 1;
    done(null, payload);
  });
  app.addHook('preHandler', (_request, _reply, done) => {
    passed.handlers += 1;
    done();
  });
  app.websocketServer.on('connection', () => (passed.sockets += 1));
  await app.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = app.server.address() as AddressInfo);
  host = `127.0.0.1:${port}`;
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const routes = [
  '/',
  '/index.html',
  '/open',
  '/open.js',
  '/assets/app-1a2b3c4d.js',
  '/api/session',
  '/ws',
  '/none',
  '/%zz',
];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];

const strangers = [
  'evil.example',
  'evil.example:7467',
  '127.0.0.1.nip.io',
  '127.0.0.1.evil.example',
  'localhost.',
  'localhost.evil.example',
  'loom.localhost',
  'LocalHost',
  '0.0.0.0',
  '0',
  '127.1',
  '127.0.0.2',
  '0127.0.0.1',
  '2130706433',
  '0x7f.1',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::]',
  '::1',
  '[::1%lo]',
  '127.0.0.1:99999',
  '127.0.0.1:7467@evil.example',
  'evil.example#127.0.0.1',
  '127.0.0.1, evil.example',
  '',
];

/** Header lines that make a request hostile, and the status with which it is refused. */
interface Attack {
  readonly name: string;
  readonly headers: readonly string[];
  readonly status: number;
  /** Only a request, only an upgrade; else both. */
  readonly only?: 'request' | 'upgrade';
  readonly methods?: readonly string[];
}

function attacks(): Attack[] {
  const own = `Host: ${host}`;
  const origin = `Origin: http://${host}`;
  const origins = [
    'http://evil.example',
    'null',
    `https://${host}`,
    `ws://${host}`,
    `http://${host}/`,
    `http://127.0.0.1:${port + 1}`,
    `http://localhost:${port}`,
    `http://[::1]:${port}`,
    'http://127.0.0.1',
    `http://${host}.evil.example`,
    `http://evil.example http://${host}`,
    'file://',
    'chrome-extension://abcdefghijklmnop',
    '',
  ];
  const fetches: [name: string, site: string, mode: string, destination: string][] = [
    ['a link on a page elsewhere', 'cross-site', 'navigate', 'document'],
    ['a link on another port', 'same-site', 'navigate', 'document'],
    ['a frame elsewhere', 'cross-site', 'navigate', 'iframe'],
    ['an embed', 'same-site', 'navigate', 'embed'],
    ['an object', 'cross-site', 'navigate', 'object'],
    ['a script', 'cross-site', 'no-cors', 'script'],
    ['a script on another port', 'same-site', 'no-cors', 'script'],
    ['a style', 'cross-site', 'no-cors', 'style'],
    ['an image', 'cross-site', 'no-cors', 'image'],
    ['a video', 'cross-site', 'no-cors', 'video'],
    ['fetch', 'cross-site', 'cors', 'empty'],
    ['fetch on another port', 'same-site', 'cors', 'empty'],
    ['a beacon', 'cross-site', 'no-cors', 'empty'],
    ['an event source', 'same-site', 'cors', 'empty'],
    ['a worker', 'same-site', 'same-origin', 'worker'],
    ['a socket', 'same-site', 'websocket', 'websocket'],
    ['a subresource of a typed address', 'none', 'no-cors', 'image'],
    ['a frame of a typed address', 'none', 'navigate', 'iframe'],
    ['no browser', 'nonsense', 'navigate', 'document'],
  ];
  const both = (name: string, headers: readonly string[], status: number): Attack => ({ name, headers, status });
  return [
    ...strangers.map((name) => both(`Host ${name}`, [`Host: ${name}`, `Origin: http://${name}`], 421)),
    both('no Host', [origin], 421),
    both('two Hosts', [own, 'Host: evil.example', origin], 421),
    both('two Hosts, the other way', ['Host: evil.example', own, origin], 421),
    both('the same Host twice', [own, own, origin], 421),
    both('Host rebound, the rest right', ['Host: evil.example', origin, 'Sec-Fetch-Site: same-origin'], 421),
    both('a proxy’s word', ['Host: evil.example', `X-Forwarded-Host: ${host}`, `Forwarded: host=${host}`, origin], 421),
    ...origins.map((name) => both(`Origin ${name}`, [own, `Origin: ${name}`], 403)),
    both('two Origins', [own, origin, 'Origin: http://evil.example'], 403),
    both('the same Origin twice', [own, origin, origin], 403),
    both('Origin right, page elsewhere', [own, origin, 'Sec-Fetch-Site: cross-site'], 403),
    both('Sec-Fetch-Site twice', [own, origin, 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'], 403),
    { ...both('no Origin', [own], 403), methods: methods.filter((method) => method !== 'GET') },
    { ...both('no Origin', [own], 403), only: 'upgrade' },
    ...fetches.map(([name, site, mode, destination]): Attack => {
      const headers = [`Sec-Fetch-Site: ${site}`, `Sec-Fetch-Mode: ${mode}`, `Sec-Fetch-Dest: ${destination}`];
      return { ...both(name, [own, origin, ...headers], 403), methods: ['GET', 'POST'] };
    }),
    { ...both('a preflight', [own, origin, 'Access-Control-Request-Method: POST'], 405), methods: ['OPTIONS'] },
    {
      ...both(
        'a preflight from elsewhere',
        [own, 'Origin: http://evil.example', 'Access-Control-Request-Method: GET'],
        405,
      ),
      methods: ['OPTIONS'],
    },
    { ...both('an expectation', [own, origin, 'Expect: 100-continue'], 417), only: 'request' },
  ];
}

/** The one exception of the design: a link from elsewhere leads to the landing page, which holds nothing. */
const isLanding = (name: string, method: string, route: string): boolean =>
  name.startsWith('a link on ') && method === 'GET' && (route === '/open' || route === '/');

function expectHeaders({ headers }: RawResponse): void {
  for (const line of headerLines) {
    const [name, value] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)];
    expect([name, headers[name.toLowerCase()]]).toEqual([name, value]);
  }
}

it('lets what is right through, so that the counters count', async () => {
  const own = [`Host: ${host}`, `Origin: http://${host}`];
  expect((await request(port, 'GET', '/', own)).status).toBe(200);
  expect(passed).toEqual({ guard: 1, handlers: 1, sockets: 0 });
  expect((await upgrade(port, '/ws', own)).status).toBe(101);
  expect(passed.sockets).toBe(1);
  Object.assign(passed, { guard: 0, handlers: 0, sockets: 0 });
});

it('refuses every hostile request and upgrade on every route, and nothing behind the guard runs', async () => {
  const code = parts.access.mintCode('printed');
  const body = JSON.stringify({ code });
  let sent = 0;
  for (const attack of attacks()) {
    const { name, status: expected, headers, only } = attack;
    const asked = routes.flatMap((route) =>
      only === 'upgrade'
        ? []
        : (attack.methods ?? methods).flatMap((method) =>
            isLanding(name, method, route) ? [] : [{ route, method, upgrading: false }],
          ),
    );
    const upgrades = only === 'request' || attack.methods?.includes('OPTIONS') ? [] : routes;
    const cases = [...asked, ...upgrades.map((route) => ({ route, method: 'GET', upgrading: true }))];
    // What of a method without a rule of its own is left, a handful of each attack stands for.
    const kept = cases.filter(
      ({ method, upgrading }, at) => upgrading || method === 'GET' || at % 4 === 0 || method === 'POST',
    );
    sent += kept.length;
    const wrong = await Promise.all(
      kept.map(async ({ route, method, upgrading }) => {
        const more = method === 'POST' ? [...headers, 'Content-Type: application/json'] : headers;
        const answer = upgrading
          ? await upgrade(port, route, headers)
          : await request(port, method, route, more, method === 'POST' ? body : '');
        expectHeaders(answer);
        return answer.status === expected && answer.body === ''
          ? []
          : [{ name, route, method, upgrading, got: answer.status }];
      }),
    );
    expect(wrong.flat()).toEqual([]);
  }
  expect(sent).toBeGreaterThan(1500);
  expect(passed).toEqual({ guard: 0, handlers: 0, sockets: 0 });
  expect(parts.access.redeem(code)).not.toBeNull();
  expect([parts.bugs, parts.application.executed]).toEqual([[], []]);
});

it('refuses an upgrade anywhere but at the one path, and to anything but WebSocket', async () => {
  const own = [`Host: ${host}`, `Origin: http://${host}`];
  for (const route of [
    ...routes.filter((one) => one !== '/ws'),
    '/ws/',
    '/ws?x',
    '/WS',
    '//ws',
    '/ws%2f',
    '/./ws',
    '/x/../ws',
  ]) {
    const { status, body } = await upgrade(port, route, own);
    expect({ route, status, body }).toEqual({ route, status: 404, body: '' });
  }
  const kinds: [string, readonly string[]][] = [
    ['h2c', ['Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAMAAABk']],
    ['no key', ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13']],
    ['a short key', [...upgradeHeaders.slice(0, 3), 'Sec-WebSocket-Key: AAAA']],
    ['an old version', ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 7', upgradeHeaders[3]!]],
    ['TLS', ['Upgrade: TLS/1.0', 'Connection: Upgrade']],
  ];
  for (const [kind, headers] of kinds) {
    const { status } = await sendRaw(port, ['GET /ws HTTP/1.1', ...own, ...headers, '', ''].join('\r\n'));
    expect({ kind, refused: status >= 400 && status < 500 }).toEqual({ kind, refused: true });
  }
  expect(passed.sockets).toBe(0);
});

// A second request hidden in the first, for a parser that sees other borders than ours. It asks with everything right,
// so that it would be answered: nothing may answer it.
it('sees one request, or none, in what is framed badly', async () => {
  const own = `Host: ${host}\r\nOrigin: http://${host}\r\n`;
  const hidden = `GET / HTTP/1.1\r\n${own}\r\n`;
  const post = (headers: string, body: string): string =>
    `POST /api/session HTTP/1.1\r\n${own}Content-Type: application/json\r\n${headers}\r\n${body}`;
  const chunked = 'Transfer-Encoding: chunked\r\n';
  const framings: [name: string, bytes: string, status: number][] = [
    ['no request', 'nonsense\r\n\r\n', 400],
    ['no version', `GET /\r\n\r\n`, 421],
    ['another version', `GET / HTTP/9.9\r\n${own}\r\n`, 400],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n', 400],
    ['an unknown method', `FROB / HTTP/1.1\r\n${own}\r\n`, 400],
    ['a method in lower case', `get / HTTP/1.1\r\n${own}\r\n`, 400],
    ['a space in the target', `GET /a b HTTP/1.1\r\n${own}\r\n`, 400],
    ['a zero in the target', `GET /\0 HTTP/1.1\r\n${own}\r\n`, 400],
    ['a header without a colon', `GET / HTTP/1.1\r\n${own}nothing\r\n\r\n`, 400],
    ['a space before the colon', `GET / HTTP/1.1\r\nHost : ${host}\r\n\r\n`, 400],
    ['a folded header', `GET / HTTP/1.1\r\n${own}X: a\r\n b\r\n\r\n`, 400],
    ['a folded Host', `GET / HTTP/1.1\r\nHost: ${host}\r\n .evil.example\r\n\r\n`, 400],
    ['a zero in a header', `GET / HTTP/1.1\r\n${own}X: a\0b\r\n\r\n`, 400],
    ['a return in a header', `GET / HTTP/1.1\r\n${own}X: a\rHost: evil\r\n\r\n`, 400],
    ['lines ended by a newline', `GET / HTTP/1.1\nHost: ${host}\n\n`, 400],
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 3\r\n', `{}${hidden}`), 400],
    ['a list of lengths', post('Content-Length: 2, 3\r\n', `{}${hidden}`), 400],
    ['a negative length', post('Content-Length: -1\r\n', hidden), 400],
    ['a length with a sign', post('Content-Length: +2\r\n', `{}${hidden}`), 400],
    ['a length in hex', post('Content-Length: 0x2\r\n', `{}${hidden}`), 400],
    ['a length past all numbers', post('Content-Length: 99999999999999999999\r\n', hidden), 400],
    ['length and chunks', post(`Content-Length: 2\r\n${chunked}`, `0\r\n\r\n${hidden}`), 400],
    ['chunks and length', post(`${chunked}Content-Length: 2\r\n`, `0\r\n\r\n${hidden}`), 400],
    ['chunks under another name', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${hidden}`), 400],
    ['chunks not last', post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${hidden}`), 400],
    ['chunks behind a tab', post('Transfer-Encoding:\tx chunked\r\n', `0\r\n\r\n${hidden}`), 400],
    ['a chunk of no number', post(chunked, `zz\r\n${hidden}`), 400],
    ['a chunk of a negative number', post(chunked, `-1\r\n${hidden}`), 400],
    ['a chunk longer than said', post(chunked, `1\r\n{}\r\n0\r\n\r\n${hidden}`), 400],
    ['a chunk past all numbers', post(chunked, `fffffffffffffffff\r\n${hidden}`), 400],
    ['a chunk with a long extension', post(chunked, `1;${'x'.repeat(20_000)}\r\n{\r\n0\r\n\r\n`), 413],
    ['a refused one in front', `GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n${hidden}`, 421],
    [
      'a refused body in front',
      `POST / HTTP/1.1\r\n${own}Content-Length: 0\r\nSec-Fetch-Site: same-site\r\n\r\n${hidden}`,
      403,
    ],
    ['a refused upgrade in front', `GET /none HTTP/1.1\r\n${own}${upgradeHeaders.join('\r\n')}\r\n\r\n${hidden}`, 404],
    ['a tunnel', `CONNECT 127.0.0.1:${port} HTTP/1.1\r\n${own}\r\n${hidden}`, 405],
    ['a proxy’s target', `GET http://evil.example/ HTTP/1.1\r\n${own}\r\n${hidden}`, 421],
    ['a target with a name', `GET http://${host}@evil.example/ HTTP/1.1\r\n${own}\r\n${hidden}`, 421],
    ['a target of another scheme', `GET https://${host}/ HTTP/1.1\r\n${own}\r\n${hidden}`, 421],
    ['headers too long', `GET / HTTP/1.1\r\n${own}X: ${'x'.repeat(2 * HEADER_BYTES)}\r\n\r\n${hidden}`, 431],
    ['a target too long', `GET /${'x'.repeat(2 * HEADER_BYTES)} HTTP/1.1\r\n${own}\r\n${hidden}`, 431],
    ['headers too many', `GET / HTTP/1.1\r\n${own}${'a:b\r\n'.repeat(HEADER_BYTES)}\r\n${hidden}`, 431],
    ['a body too long by its word', post(`Content-Length: ${BODY_BYTES + 1}\r\n`, hidden), 413],
    ['a body of another kind', post('Content-Length: 2\r\n', `{}`).replace('application/json', 'text/html'), 415],
  ];
  Object.assign(passed, { guard: 0, handlers: 0, sockets: 0 });
  for (const [name, bytes, status] of framings) {
    const answer = await sendRaw(port, Buffer.from(bytes, 'latin1'));
    // What a person can mend is said to them; nothing of what was sent stands in it.
    const body = status === 431 ? (expect.stringContaining('cookies') as string) : '';
    expect({ name, status: answer.status, body: answer.body }).toEqual({ name, status, body });
    expectHeaders(answer);
  }
  expect(passed.handlers).toBe(0);
});

it('hands a body that is cut off, or comes in crumbs, to nobody', async () => {
  const code = parts.access.mintCode('printed');
  const body = JSON.stringify({ code });
  const head = [
    'POST /api/session HTTP/1.1',
    `Host: ${host}`,
    `Origin: http://${host}`,
    'Content-Type: application/json',
  ];
  const cut = [...head, `Content-Length: ${body.length + 1}`, '', body].join('\r\n');
  const { connect } = await import('node:net');
  const sockets = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => undefined).write(cut);
  // Answered after the twenty were read: the order on one listener.
  expect((await request(port, 'GET', '/none', [`Host: ${host}`])).status).toBe(404);
  for (const socket of sockets) socket.destroy();
  expect(parts.access.redeem(code)).not.toBeNull();
});
