import fc from 'fast-check';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../timing/clock.ts';
import {
  openDoor,
  openPage,
  request,
  sendRaw,
  smallDispatcher,
  TestPage,
  upgrade,
} from '../testing/network/http-edge.ts';
import type { OpenDoor, RawResponse } from '../testing/network/http-edge.ts';
import { answerBrokenRequest, buildHttp, createListener } from './app.ts';
import { IMMUTABLE, securityHeaders } from './headers.ts';
import { BODY_BYTES, HEADER_BYTES, HEADERS_MS, REQUEST_MS } from './limits.ts';
import { startHttp } from './listen.ts';

let door: OpenDoor;
beforeAll(async () => (door = await openDoor()));
afterAll(() => door.close());

const own = (): string[] => [`Host: ${door.host}`, `Origin: ${door.origin}`];
const json = 'Content-Type: application/json';

function post(body: string, headers: readonly string[] = [json], at = door): Promise<RawResponse> {
  const from = [`Host: ${at.host}`, `Origin: ${at.origin}`];
  return request(at.port, 'POST', '/api/session', [...from, ...headers], body);
}

const canListenOn6 = await new Promise<boolean>((resolve) => {
  const probe = createServer().on('error', () => resolve(false));
  probe.listen(0, '::1', () => probe.close(() => resolve(true)));
});

describe('W1 loopback and nothing else', () => {
  const options = (): Parameters<typeof startHttp>[0] => ({
    ...smallDispatcher(systemClock),
    clock: systemClock,
    staticFolder: import.meta.dirname,
    onBug: () => undefined,
    port: 0,
  });

  it.skipIf(process.platform !== 'linux')('does not answer on other addresses of this machine', async () => {
    expect((await request(door.port, 'GET', '/', own())).status).toBe(200);
    await expect(sendRaw(door.port, '', '127.0.0.2')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.skipIf(!canListenOn6)('answers on ::1 in the same way, upgrades and errors included', async () => {
    const host = `Host: [::1]:${door.port}`;
    const origin = `Origin: http://[::1]:${door.port}`;
    const send = (first: string, ...lines: string[]): Promise<RawResponse> =>
      sendRaw(door.port, [first, ...lines, 'Connection: close', '', ''].join('\r\n'), '::1');
    expect((await send('GET / HTTP/1.1', host)).status).toBe(200);
    expect((await send('GET / HTTP/1.1', 'Host: evil.com')).status).toBe(421);
    const broken = await send('no request at all');
    expect(broken).toMatchObject({ status: 400, headers: { 'x-frame-options': 'DENY' } });
    const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
    const upgrading = ['Upgrade: websocket', 'Connection: Upgrade', ...key];
    const ask = (path: string): Promise<RawResponse> =>
      sendRaw(door.port, [`GET ${path} HTTP/1.1`, host, origin, ...upgrading, '', ''].join('\r\n'), '::1');
    expect((await ask('/ws')).status).toBe(101);
    expect((await ask('/')).status).toBe(404);
  });

  it('takes the port wanted, or fails; without one the last, or another', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(startHttp({ ...options(), port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const other = await startHttp({ ...options(), port: null, preferredPort: port });
    expect(other.port).not.toBe(port);
    await other.stop();
    await new Promise((resolve) => taken.close(resolve));
    const same = await startHttp({ ...options(), port: null, preferredPort: port });
    expect(same.port).toBe(port);
    await same.stop();
    const wanted = await startHttp({ ...options(), port, preferredPort: other.port });
    expect(wanted.port).toBe(port);
    await wanted.stop();
  });

  it.skipIf(!canListenOn6)('does without ::1 when the port is taken there', async () => {
    const probe = await startHttp(options());
    const { port } = probe;
    await probe.stop();
    const taken = createServer().listen(port, '::1');
    await once(taken, 'listening');
    const http = await startHttp({ ...options(), port });
    expect((await request(port, 'GET', '/none', [`Host: 127.0.0.1:${port}`])).status).toBe(404);
    await http.stop();
    taken.close();
  });

  it('stops with every kind of connection open', async () => {
    const stopping = await openDoor();
    const page = await openPage(stopping);
    const unproven = new TestPage(stopping.port, stopping.origin);
    await unproven.next();
    // One that will not take part in the closing handshake, one that says nothing, one in the middle of a request.
    const stubborn = await openPage(stopping);
    stubborn.socket.pause();
    const silent = connect(stopping.port, '127.0.0.1').on('error', () => undefined);
    const midway = connect(stopping.port, '127.0.0.1').on('error', () => undefined);
    midway.write(`POST /api/session HTTP/1.1\r\nHost: ${stopping.host}\r\n`);
    await Promise.all([once(silent, 'connect'), once(midway, 'connect')]);
    await stopping.close();
    expect(await page.closed).toBe(1001);
    expect(await unproven.closed).toBe(1001);
    await expect(sendRaw(stopping.port, '')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    stubborn.socket.terminate();
  });
});

describe('W6 the exchange of a code', () => {
  it('gives a session that proves itself', async () => {
    const { status, body, headers } = await post(JSON.stringify({ code: door.access.mintCode('opened') }));
    expect(status).toBe(200);
    expect(headers['set-cookie']).toBeUndefined();
    const session = JSON.parse(body) as { sid: string; key: string };
    expect(session).toEqual({
      sid: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      key: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const page = new TestPage(door.port, door.origin);
    await page.prove(session, door.origin);
    expect(await page.next()).toHaveProperty('mac');
    page.socket.terminate();
  });

  it('has one winner of 100 that bring the same code', async () => {
    const racing = await openDoor();
    const body = JSON.stringify({ code: racing.access.mintCode('opened') });
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(body, [json], racing)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBe(1);
    expect(statuses.every((status) => [200, 401].includes(status))).toBe(true);
    await racing.close();
  });

  it('lets the right code in, however many wrong ones came', async () => {
    const code = door.access.mintCode('printed');
    for (let i = 0; i < 20; i++) expect((await post(JSON.stringify({ code: 'A'.repeat(22) }))).status).toBe(401);
    expect((await post(JSON.stringify({ code, launch: true }))).status).toBe(401);
    expect((await post(JSON.stringify({ code }))).status).toBe(200);
  });
});

describe('the way in', () => {
  it('is told to our own page, without a session, and to no other', async () => {
    const answer = await request(door.port, 'GET', '/api/way-in', [...own(), 'Sec-Fetch-Site: same-origin']);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ command: 'loom-web url' });
    for (const site of ['Sec-Fetch-Site: same-site', 'Sec-Fetch-Site: cross-site', 'Origin: null']) {
      const refused = await request(door.port, 'GET', '/api/way-in', [`Host: ${door.host}`, site]);
      expect(refused).toMatchObject({ status: 403, body: '' });
    }
  });
});

describe('W10 requests are small, quick and of one shape', () => {
  const code = 'A'.repeat(22);

  it('refuses every body but the one', async () => {
    const bodies = [
      '',
      'x',
      'null',
      '[]',
      '"x"',
      '{}',
      `{"code":1}`,
      `{"code":null}`,
      `{"code":["${code}"]}`,
      `{"code":"${code}A"}`,
      `{"code":"${code.slice(1)}"}`,
      `{"code":"${code.slice(1)}="}`,
      `{"code":"${code}\\n"}`,
      `{"code":"${code}","more":1}`,
      `{"code":"${code}","__proto__":{}}`,
      `{"code":"${code}","constructor":{"prototype":{}}}`,
    ];
    for (const body of bodies) {
      const { status, body: answer } = await post(body);
      expect({ body, status, answer }).toEqual({ body, status: 400, answer: '' });
    }
  });

  it('refuses any other JSON', async () => {
    const any = fc.jsonValue().map((value) => JSON.stringify(value));
    const near = fc
      .record({ code: fc.jsonValue(), more: fc.jsonValue() }, { requiredKeys: [] })
      .map((value) => JSON.stringify(value));
    await fc.assert(
      fc.asyncProperty(fc.oneof(any, near), async (body) => {
        expect((await post(body)).status).toBe(400);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses every other kind of body', async () => {
    const kinds = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/json',
      'x',
    ];
    for (const kind of kinds) {
      const { status } = await post(JSON.stringify({ code }), [`Content-Type: ${kind}`]);
      expect({ kind, status }).toEqual({ kind, status: 415 });
    }
    expect((await post(JSON.stringify({ code }), [])).status).toBe(415);
  });

  it('refuses a query, on every route', async () => {
    for (const target of ['/?code=1', '/open?x', '/assets/app-1a2b3c4d.js?x=1', '/index.html?a=b']) {
      const { status } = await request(door.port, 'GET', target, own());
      expect({ target, status }).toEqual({ target, status: 400 });
    }
    const { status } = await request(door.port, 'POST', '/api/session?x=1', [...own(), json], JSON.stringify({ code }));
    expect(status).toBe(400);
  });

  it('reads 64 KiB of body and no more', async () => {
    const padded = (length: number): string => JSON.stringify({ code: '!' }).padEnd(length);
    expect((await post(padded(BODY_BYTES))).status).toBe(400);
    const declared = await sendRaw(
      door.port,
      ['POST /api/session HTTP/1.1', ...own(), json, `Content-Length: ${BODY_BYTES + 1}`, '', ''].join('\r\n'),
    );
    expect(declared.status).toBe(413);
    const chunk = padded(BODY_BYTES + 1);
    const chunked = ['POST /api/session HTTP/1.1', ...own(), json, 'Transfer-Encoding: chunked', '', ''].join('\r\n');
    const streamed = await sendRaw(door.port, `${chunked}${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`);
    expect(streamed.status).toBe(413);
  });

  it('reads the cookies that neighbours left, up to a bound, and then says what to do', async () => {
    const cookie = `Cookie: ${['a', 'b', 'c'].map((name) => `${name}=${'v'.repeat(3000)}`).join('; ')}`;
    expect((await request(door.port, 'GET', '/', [...own(), cookie])).status).toBe(200);
    expect((await upgrade(door.port, '/ws', [...own(), cookie])).status).toBe(101);
    expect((await request(door.port, 'GET', '/', [...own(), `X: ${'x'.repeat(HEADER_BYTES - 500)}`])).status).toBe(200);
    const refused = await request(door.port, 'GET', '/', [...own(), `X: ${'x'.repeat(HEADER_BYTES)}`]);
    expect(refused.status).toBe(431);
    expect(refused.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(refused.body).toContain('cookies');
    expectHeaders(refused);
  });

  it('gives headers 10 s and a request 30 s', async () => {
    const server = createListener(() => undefined);
    expect([server.headersTimeout, server.requestTimeout]).toEqual([HEADERS_MS, REQUEST_MS]);
    expect([HEADERS_MS, REQUEST_MS]).toEqual([10_000, 30_000]);
    // The same with less patience: one that says nothing, one that is slow.
    server.headersTimeout = 1;
    server.on('clientError', answerBrokenRequest);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const answers = await Promise.all([sendRaw(port, ''), sendRaw(port, 'GET / HTTP/1.1\r\nHost: ')]);
    expect(answers.map(({ status }) => status)).toEqual([408, 408]);
    for (const answer of answers) expectHeaders(answer);
    server.close();
  });

  it('believes no proxy', async () => {
    const headers = [...own(), 'X-Forwarded-Host: evil.com', 'X-Forwarded-Proto: https', 'Forwarded: host=evil.com'];
    expect((await request(door.port, 'GET', '/', headers)).status).toBe(200);
    const { status } = await request(door.port, 'GET', '/', ['Host: evil.com', `X-Forwarded-Host: ${door.host}`]);
    expect(status).toBe(421);
  });
});

function expectHeaders({ headers }: RawResponse, cache: string = securityHeaders['Cache-Control']): void {
  const wanted = Object.entries({ ...securityHeaders, 'Cache-Control': cache });
  for (const [name, value] of wanted) expect([name, headers[name.toLowerCase()]]).toEqual([name, value]);
  expect(
    Object.keys(headers).filter((name) => /^access-control|^set-cookie$|^server$|^x-powered-by$/.test(name)),
  ).toEqual([]);
}

describe('W11 headers on every response', () => {
  it('are the ones of the design', () => {
    expect(securityHeaders).toMatchObject({
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'none'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Origin-Agent-Cluster': '?1',
      'Cache-Control': 'no-store',
    });
    const features = securityHeaders['Permissions-Policy'].split(', ');
    const open = ['camera=(self)', 'microphone=(self)', 'clipboard-write=(self)', 'fullscreen=(self)'];
    expect(features.slice(0, 4)).toEqual(open);
    expect(features.slice(4).every((feature) => /^[a-z-]+=\(\)$/.test(feature))).toBe(true);
    expect(features).toEqual(
      expect.arrayContaining(['geolocation=()', 'usb=()', 'display-capture=()', 'clipboard-read=()']),
    );
  });

  const targets = [
    '/',
    '/index.html',
    '/open',
    '/open.js',
    '/assets/app-1a2b3c4d.js',
    '/api/session',
    '/api/way-in',
    '/ws',
    '/none',
    '/%zz',
  ];
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];

  it('stand on all routes × methods, allowed or refused', async () => {
    for (const target of targets) {
      for (const method of methods) {
        for (const headers of [own(), [`Host: ${door.host}`, 'Origin: null'], ['Host: evil.com']]) {
          const answer = await request(door.port, method, target, headers);
          expect({ method, target, broken: answer.status === 0 || answer.status >= 500 }).toMatchObject({
            broken: false,
          });
          const asset = target.startsWith('/assets/') && answer.status === 200;
          expectHeaders(answer, asset ? IMMUTABLE : undefined);
          if (answer.status >= 400) expect(answer.body).toBe('');
        }
      }
    }
  });

  it('stand on upgrades, taken, refused or broken', async () => {
    for (const target of targets) expectHeaders(await upgrade(door.port, target, own()));
    expectHeaders(await upgrade(door.port, '/ws', [`Host: ${door.host}`]));
    const broken = await request(door.port, 'GET', '/ws', [...own(), 'Upgrade: websocket', 'Connection: Upgrade']);
    expect(broken.status).toBe(400);
    expectHeaders(broken);
    const protocols = await upgrade(door.port, '/ws', [...own(), 'Sec-WebSocket-Protocol: a,,b']);
    expect(protocols.status).toBe(400);
    expectHeaders(protocols);
  });

  it('stand on what never became a request', async () => {
    const broken: [string, number][] = [
      ['nonsense\r\n\r\n', 400],
      ['GET / HTTP/9.9\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: ${door.host}\r\nno colon\r\n\r\n`, 400],
      [`POST / HTTP/1.1\r\nHost: ${door.host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
      [`POST / HTTP/1.1\r\nHost: ${door.host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
      [`GET / HTTP/1.1\r\nX: ${'x'.repeat(2 * HEADER_BYTES)}\r\n\r\n`, 431],
      [`CONNECT evil.com:443 HTTP/1.1\r\nHost: ${door.host}\r\n\r\n`, 405],
      [`GET / HTTP/1.1\r\nHost: ${door.host}\r\nExpect: x\r\n\r\n`, 417],
    ];
    for (const [bytes, status] of broken) {
      const answer = await sendRaw(door.port, bytes);
      expect({ bytes: bytes.slice(0, 80), status: answer.status }).toEqual({ bytes: bytes.slice(0, 80), status });
      expect(answer.body.includes('cookies')).toBe(status === 431);
      if (status !== 431) expect(answer.body).toBe('');
      expectHeaders(answer);
    }
  });

  it('stand on answers to bodies', async () => {
    const answers = [
      await post('{}'),
      await post('x', ['Content-Type: text/plain']),
      await post(JSON.stringify({ code: 'A'.repeat(22) })),
      await post(JSON.stringify({ code: door.access.mintCode('opened') })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 415, 401, 200]);
    for (const answer of answers) expectHeaders(answer);
  });

  it('stand on our own failures, which say nothing and are told to us', async () => {
    const bugs: unknown[] = [];
    const { access, dispatcher, application } = smallDispatcher(systemClock);
    const options = { access, dispatcher, application, clock: systemClock, staticFolder: import.meta.dirname };
    const app = await buildHttp({ ...options, onBug: (error) => bugs.push(error) });
    app.get('/bug', () => Promise.reject(new Error('with a secret in its text')));
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const answer = await request(port, 'GET', '/bug', [`Host: 127.0.0.1:${port}`]);
    expect(answer).toMatchObject({ status: 500, body: '' });
    expectHeaders(answer);
    expect(bugs).toEqual([new Error('with a secret in its text')]);
    await app.close();
  });
});

describe('W13 the files of the app', () => {
  it('are never cached at /, and for ever once their name is a hash', async () => {
    const page = await request(door.port, 'GET', '/', own());
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>Loom</title>\n' });
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' });
    const script = await request(door.port, 'GET', '/assets/app-1a2b3c4d.js', own());
    expect(script).toMatchObject({ status: 200, body: 'export {};\n' });
    expect(script.headers['cache-control']).toBe('private, max-age=31536000, immutable');
    expect(script.headers['content-type']).toMatch(/^(text|application)\/javascript/);
    for (const { headers } of [page, script])
      expect([headers.etag, headers['last-modified']]).toEqual([undefined, undefined]);
  });

  it('have heads', async () => {
    const head = await request(door.port, 'HEAD', '/', own());
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '35' } });
  });

  it('are those, and nothing around them', async () => {
    const targets = ['/assets', '/assets/', '/assets/none.js', '/assets/../index.html', '/../app.ts', '/..%2fapp.ts'];
    for (const target of [
      ...targets,
      '/%2e%2e/app.ts',
      '/assets/..%5c..%5capp.ts',
      '//index.html',
      '/index.html/',
      '/\0',
    ]) {
      const { status } = await request(door.port, 'GET', target, own());
      expect({ target, found: status === 200 }).toEqual({ target, found: false });
    }
  });

  it('are no service worker: who asks for one has it removed, and what it may have seen is void', async () => {
    const code = door.access.mintCode('printed');
    const ask = (headers: readonly string[]): Promise<RawResponse> =>
      request(door.port, 'GET', '/sw.js', [...headers, 'Service-Worker: script']);
    expect((await ask(['Host: evil.com'])).status).toBe(421);
    expect((await ask([...own(), 'Sec-Fetch-Site: cross-site'])).headers).not.toHaveProperty('clear-site-data');
    const kept = door.access.mintCode('printed');
    expect(door.access.redeem(code)).not.toBeNull();
    const answer = await ask([...own(), 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Dest: serviceworker']);
    expect(answer).toMatchObject({ status: 404, body: '', headers: { 'clear-site-data': '"cache", "storage"' } });
    expectHeaders(answer);
    expect(door.access.redeem(kept)).toBeNull();
  });

  it('begin with a page that only leads on, for our own redirect file', async () => {
    const landing = await request(door.port, 'GET', '/open', own());
    expect(landing.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(landing.body).toContain('<script src="/open.js" integrity=');
    const script = await request(door.port, 'GET', '/open.js', own());
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.body).toMatch(/location\.replace\('\/' \+ .+ hash/);
  });
});
