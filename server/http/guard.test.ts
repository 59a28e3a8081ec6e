import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoor, request, sendRaw, upgrade, upgradeHeaders } from '../testing/network/http-edge.ts';
import type { OpenDoor } from '../testing/network/http-edge.ts';

let door: OpenDoor;
beforeAll(async () => (door = await openDoor()));
afterAll(() => door.close());

describe('W2 exactly one Host, of this machine', () => {
  const good = ['127.0.0.1', '127.0.0.1:7467', '127.0.0.1:1', '[::1]', '[::1]:65535', 'localhost', 'localhost:9999'];
  const bad = [
    'evil.com',
    'evil.com:7467',
    '127.0.0.1.nip.io',
    '127.0.0.1.evil.com',
    'localhost.',
    'localhost.evil.com',
    'evil.localhost',
    'LOCALHOST',
    '0.0.0.0',
    '0',
    '127.1',
    '127.0.0.2',
    '127.0.0.01',
    '2130706433',
    '0x7f000001',
    '[::ffff:127.0.0.1]',
    '[::]',
    '::1',
    '[0:0:0:0:0:0:0:1]',
    '[::1',
    '127.0.0.1:',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '127.0.0.1:7467:1',
    '127.0.0.1:+80',
    'user@127.0.0.1',
    '127.0.0.1, evil.com',
    '127.0.0.1/',
    '127.0.0.1#',
    '\u00e9127.0.0.1',
    '',
  ];
  it.each(good)('takes %s', async (host) => {
    expect((await request(door.port, 'GET', '/', [`Host: ${host}`])).status).toBe(200);
    expect((await upgrade(door.port, '/ws', [`Host: ${host}`, `Origin: http://${host}`])).status).toBe(101);
  });

  it.each(bad)('refuses %j', async (host) => {
    const headers = [`Host: ${host}`, `Origin: http://${host}`];
    const answers = [
      await request(door.port, 'GET', '/', headers),
      await request(door.port, 'POST', '/api/session', headers, '{}'),
      await request(door.port, 'OPTIONS', '/', headers),
      await request(door.port, 'GET', '/no-such-page', headers),
      await request(door.port, 'GET', '/%zz', headers),
      await upgrade(door.port, '/ws', headers),
      await upgrade(door.port, '/elsewhere', headers),
    ];
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
      answers.map(() => ({ status: 421, body: '' })),
    );
  });

  it('refuses none, two, and two alike', async () => {
    const own = `Host: ${door.host}`;
    for (const headers of [[], [own, own], [own, 'Host: evil.com'], ['Host: evil.com', own], [own, 'hOST: x']]) {
      const { status, body } = await request(door.port, 'GET', '/', headers);
      expect({ headers, status, body }).toEqual({ headers, status: 421, body: '' });
    }
    expect((await sendRaw(door.port, 'GET / HTTP/1.0\r\n\r\n')).status).toBe(421);
  });

  it('sees a second Host behind very many headers', async () => {
    const filler = Array.from({ length: 1400 }, () => 'a:');
    expect((await request(door.port, 'GET', '/', [`Host: ${door.host}`, ...filler])).status).toBe(200);
    const { status } = await request(door.port, 'GET', '/', [`Host: ${door.host}`, ...filler, 'Host: evil.com']);
    expect(status).toBe(421);
  });

  it('holds a target in absolute form to the same host', async () => {
    const own = [`Host: ${door.host}`];
    const statusOf = async (target: string): Promise<number> => (await request(door.port, 'GET', target, own)).status;
    expect(await statusOf(`http://${door.host}/`)).toBe(200);
    expect(await statusOf('http://evil.com/')).toBe(421);
    expect(await statusOf(`http://${door.host}.evil.com/`)).toBe(421);
    expect(await statusOf(`http://${door.host}@evil.com/`)).toBe(421);
    expect(await statusOf(`https://${door.host}/`)).toBe(421);
    expect(await statusOf('http://127.0.0.1/')).toBe(421);
    expect((await upgrade(door.port, 'http://evil.com/ws', [...own, `Origin: ${door.origin}`])).status).toBe(421);
  });
});

describe('W3 the Origin is this page', () => {
  const foreign = (): string[] => [
    'http://evil.com',
    'null',
    `https://${door.host}`,
    `http://${door.host}/`,
    `HTTP://${door.host}`,
    `http://${door.host} http://evil.com`,
    'http://127.0.0.1:1',
    `http://localhost:${door.port}`,
    `http://127.0.0.1`,
    'file://',
    '',
  ];
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'];

  it('refuses every other origin, whatever the method', async () => {
    for (const method of methods) {
      for (const origin of foreign()) {
        const { status, body } = await request(door.port, method, '/', [`Host: ${door.host}`, `Origin: ${origin}`]);
        expect({ method, origin, status, body }).toEqual({ method, origin, status: 403, body: '' });
      }
    }
  });

  it('refuses every other origin on an upgrade, and none', async () => {
    for (const origin of foreign()) {
      const { status, body } = await upgrade(door.port, '/ws', [`Host: ${door.host}`, `Origin: ${origin}`]);
      expect({ origin, status, body }).toEqual({ origin, status: 403, body: '' });
    }
    expect((await upgrade(door.port, '/ws', [`Host: ${door.host}`])).status).toBe(403);
    const older = [`Host: ${door.host}`, `Sec-WebSocket-Origin: ${door.origin}`, 'Sec-WebSocket-Version: 8'];
    expect((await upgrade(door.port, '/ws', older)).status).toBe(403);
  });

  it('wants one on everything but GET', async () => {
    for (const method of methods) {
      const { status } = await request(door.port, method, '/', [`Host: ${door.host}`]);
      expect({ method, status }).toEqual({ method, status: method === 'GET' ? 200 : 403 });
    }
  });

  it('takes its own once, not twice', async () => {
    const own = [`Host: ${door.host}`, `Origin: ${door.origin}`];
    expect((await request(door.port, 'HEAD', '/', own)).status).toBe(200);
    expect((await request(door.port, 'GET', '/', own)).status).toBe(200);
    expect((await request(door.port, 'GET', '/', [...own, `Origin: ${door.origin}`])).status).toBe(403);
    expect((await request(door.port, 'GET', '/', [...own, 'Origin: null'])).status).toBe(403);
    expect((await upgrade(door.port, '/ws', [...own, 'Origin: null'])).status).toBe(403);
  });

  it('answers OPTIONS with 405, and says nothing to cross-origin questions', async () => {
    const ask = ['Access-Control-Request-Method: POST', 'Access-Control-Request-Private-Network: true'];
    for (const target of ['/', '*', '/api/session', '/ws', '/no-such-page', '/assets/app-1a2b3c4d.js']) {
      for (const origin of [door.origin, 'http://evil.com']) {
        const headers = [`Host: ${door.host}`, `Origin: ${origin}`, ...ask];
        const answer = await request(door.port, 'OPTIONS', target, headers);
        expect({ target, status: answer.status, body: answer.body }).toEqual({ target, status: 405, body: '' });
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
  });
});

describe('W4 Sec-Fetch-Site is our page, or an address a person typed', () => {
  const sites = ['same-origin', 'none', 'same-site', 'cross-site', 'Same-Origin', '', undefined];
  const modes = ['navigate', 'cors', 'no-cors', 'same-origin', 'websocket', 'nested-navigate', undefined];
  const destinations = ['document', 'iframe', 'frame', 'embed', 'object', 'empty', 'script', 'image', undefined];
  const allowed = (site?: string, mode?: string, destination?: string, method?: string): boolean =>
    site === undefined ||
    site === 'same-origin' ||
    (['none', 'same-site', 'cross-site'].includes(site) && isNavigation(mode, destination, method));
  const isNavigation = (mode?: string, destination?: string, method?: string): boolean =>
    mode === 'navigate' && destination === 'document' && method === 'GET';

  const fetchHeaders = (site?: string, mode?: string, destination?: string): string[] => [
    ...(site === undefined ? [] : [`Sec-Fetch-Site: ${site}`]),
    ...(mode === undefined ? [] : [`Sec-Fetch-Mode: ${mode}`]),
    ...(destination === undefined ? [] : [`Sec-Fetch-Dest: ${destination}`]),
  ];

  it.each(['GET', 'HEAD', 'POST'])('holds over the full cross product for %s', async (method) => {
    const own = [`Host: ${door.host}`, `Origin: ${door.origin}`];
    const target = method === 'POST' ? '/api/session' : '/';
    // A POST that got past the guard has no body: 400.
    const passed = method === 'POST' ? 400 : 200;
    for (const site of sites) {
      for (const mode of modes) {
        const cases = destinations.map(async (destination) => {
          const headers = [...own, ...fetchHeaders(site, mode, destination)];
          const { status, body } = await request(door.port, method, target, headers);
          // What we did not begin ourselves goes on to the landing page.
          const here = site === undefined || site === 'same-origin' ? passed : 302;
          const expected = allowed(site, mode, destination, method) ? here : 403;
          expect({ site, mode, destination, status }).toEqual({ site, mode, destination, status: expected });
          if (status === 403) expect(body).toBe('');
        });
        await Promise.all(cases);
      }
    }
  });

  it('holds for upgrades, where no navigation exists', async () => {
    const own = [`Host: ${door.host}`, `Origin: ${door.origin}`];
    for (const site of sites) {
      for (const mode of modes) {
        const headers = [...own, ...fetchHeaders(site, mode, mode === 'navigate' ? 'document' : 'websocket')];
        const { status } = await upgrade(door.port, '/ws', headers);
        const expected = site === undefined || site === 'same-origin' ? 101 : 403;
        expect({ site, mode, status }).toEqual({ site, mode, status: expected });
      }
    }
  });

  it('is said once', async () => {
    const twice = ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: same-origin'];
    expect((await request(door.port, 'GET', '/', [`Host: ${door.host}`, ...twice])).status).toBe(403);
    const typed = ['Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'];
    expect((await request(door.port, 'GET', '/', [`Host: ${door.host}`, ...typed])).status).toBe(302);
    for (const doubled of typed) {
      expect((await request(door.port, 'GET', '/', [`Host: ${door.host}`, ...typed, doubled])).status).toBe(403);
    }
  });

  it('lets a navigation from another page, or from our own redirect file, to the landing page alone', async () => {
    const answerTo = (method: string, target: string, site: string, mode = 'navigate', destination = 'document') => {
      const origin = method === 'GET' ? [] : [`Origin: ${door.origin}`];
      return request(door.port, method, target, [
        `Host: ${door.host}`,
        ...origin,
        ...fetchHeaders(site, mode, destination),
      ]);
    };
    for (const site of ['cross-site', 'same-site']) {
      expect((await answerTo('GET', '/open', site)).status).toBe(200);
      expect(await answerTo('GET', '/', site)).toMatchObject({ status: 302, headers: { location: '/open' }, body: '' });
      const others = ['/open?', '/open/', '/%6fpen', '/open.js', '/?', '//', '/index.html', '/assets/app-1a2b3c4d.js'];
      for (const target of others)
        expect([target, (await answerTo('GET', target, site)).status]).toEqual([target, 403]);
      expect((await answerTo('GET', '/open', site, 'navigate', 'iframe')).status).toBe(403);
      expect((await answerTo('GET', '/open', site, 'no-cors')).status).toBe(403);
      expect((await answerTo('HEAD', '/open', site)).status).toBe(403);
      const headers = [`Host: ${door.host}`, `Origin: ${door.origin}`, ...fetchHeaders(site, 'navigate', 'document')];
      expect((await upgrade(door.port, '/open', headers)).status).toBe(403);
    }
  });

  it('hands the app to its own navigations, and every other on to the landing page, which knows who led there', async () => {
    const navigation = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document', `Host: ${door.host}`];
    for (const target of ['/', '/index.html']) {
      const typed = await request(door.port, 'GET', target, ['Sec-Fetch-Site: none', ...navigation]);
      expect(typed).toMatchObject({ status: 302, headers: { location: '/open' } });
      const own = await request(door.port, 'GET', target, ['Sec-Fetch-Site: same-origin', ...navigation]);
      expect(own.status).toBe(200);
    }
    const from = async (site: string) =>
      /data-from="(\w+)"/.exec(
        (await request(door.port, 'GET', '/open', [`Sec-Fetch-Site: ${site}`, ...navigation])).body,
      )?.[1];
    expect(await Promise.all(['none', 'cross-site', 'same-site', 'same-origin'].map(from))).toEqual([
      'person',
      'elsewhere',
      'elsewhere',
      'elsewhere',
    ]);
  });

  it('loads one script on the landing page, and no other that was left under its name', async () => {
    const { body } = await request(door.port, 'GET', '/open', [`Host: ${door.host}`]);
    const [, path = '', integrity] = /<script src="([^"]+)" integrity="sha384-([^"]+)">/.exec(body) ?? [];
    const script = await request(door.port, 'GET', path, [`Host: ${door.host}`]);
    expect(createHash('sha384').update(script.body).digest('base64')).toBe(integrity);
  });
});

describe('W5 one hook before routing, upgrades included', () => {
  const own = (): string[] => [`Host: ${door.host}`, `Origin: ${door.origin}`];

  it('knows one path for upgrades', async () => {
    const targets = [
      '/',
      '/ws/',
      '/ws?a',
      '/WS',
      '//ws',
      '/api/session',
      '/assets/app-1a2b3c4d.js',
      '/open',
      '/none',
      '/%zz',
    ];
    for (const target of targets) {
      const { status, body } = await upgrade(door.port, target, own());
      expect({ target, status, body }).toEqual({ target, status: 404, body: '' });
    }
    expect((await upgrade(door.port, '/ws', own())).status).toBe(101);
  });

  it('upgrades to WebSocket alone, with GET alone', async () => {
    const send = (method: string, headers: readonly string[], body = ''): ReturnType<typeof sendRaw> =>
      sendRaw(door.port, [`${method} /ws HTTP/1.1`, ...own(), ...headers, '', body].join('\r\n'));
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status } = await send(method, [...upgradeHeaders, 'Content-Length: 2'], '{}');
      expect({ method, status }).toEqual({ method, status: 405 });
    }
    expect((await send('HEAD', upgradeHeaders)).status).not.toBe(101);
    const [, ...others] = upgradeHeaders;
    expect((await send('GET', ['Upgrade: h2c', ...others])).status).toBe(400);
    expect((await send('GET', ['Upgrade: websocket', 'Connection: Upgrade'])).status).toBe(400);
  });

  it('asks even where no route, method or target makes sense', async () => {
    const foreign = [`Host: ${door.host}`, 'Origin: http://evil.com'];
    for (const target of ['/', '/no-such-page', '/%zz', '/ws', '/api/session', '/assets/app-1a2b3c4d.js']) {
      for (const method of ['GET', 'POST', 'PUT', 'TRACE', 'M-SEARCH']) {
        const { status, body } = await request(door.port, method, target, foreign);
        expect({ method, target, status, body }).toEqual({ method, target, status: 403, body: '' });
      }
    }
  });

  it('invites no body by itself', async () => {
    const expecting = [...own(), 'Content-Type: application/json', 'Content-Length: 2', 'Expect: 100-continue'];
    const answer = await request(door.port, 'POST', '/api/session', expecting);
    expect(answer.status).toBe(417);
    expect((await request(door.port, 'GET', '/', [...own(), 'Expect: the-moon'])).status).toBe(417);
    expect((await request(door.port, 'GET', '/', ['Host: evil.com', 'Expect: 100-continue'])).status).toBe(421);
  });
});
