import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profilePlace, serveOptions, UsageError, wholeNumber } from './options.ts';
import type { Surroundings } from './options.ts';

function around(env: Record<string, string>, platform: NodeJS.Platform = 'linux'): Surroundings {
  return { env, platform, home: '/home/ada' };
}

const nothing = { profile: undefined, dataDir: undefined };
const noPorts = { port: undefined, peerPort: undefined, peerHost: undefined };

describe('profilePlace', () => {
  it('has a default for each platform', () => {
    const folders = (['linux', 'darwin', 'win32'] as const).map(
      (platform) => profilePlace(nothing, around({}, platform)).folder,
    );
    expect(folders).toEqual([
      '/home/ada/.local/share/loom-web/default',
      '/home/ada/Library/Application Support/Loom/default',
      '/home/ada/AppData/Local/Loom/default',
    ]);
    expect(profilePlace(nothing, around({ XDG_DATA_HOME: '/x' })).dataDir).toBe('/x/loom-web');
    expect(profilePlace(nothing, around({ LOCALAPPDATA: '/l' }, 'win32')).dataDir).toBe('/l/Loom');
  });

  it('takes the environment before the default, and options before the environment', () => {
    const env = around({ LOOM_PROFILE: 'work', LOOM_DATA_DIR: '/env' });
    expect(profilePlace(nothing, env)).toEqual({ profile: 'work', dataDir: '/env', folder: '/env/work' });
    expect(profilePlace({ profile: 'p', dataDir: '/opt/' }, env)).toEqual({
      profile: 'p',
      dataDir: '/opt',
      folder: '/opt/p',
    });
    expect(profilePlace(nothing, around({ LOOM_PROFILE: '', LOOM_DATA_DIR: '' })).profile).toBe('default');
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', 'a b', 'ä', 'a\n', 'x'.repeat(33), 'a.b'])(
    'refuses the name %j',
    (profile) => {
      expect(() => profilePlace({ profile, dataDir: undefined }, around({}))).toThrow(UsageError);
    },
  );

  it.each(['a', 'A-z_09', 'x'.repeat(32), '-'])('takes the name %j', (profile) => {
    expect(profilePlace({ profile, dataDir: '/d' }, around({})).folder).toBe(`/d/${profile}`);
  });

  it('is in no folder that only the current one gives a meaning', () => {
    const home = (env: Record<string, string>, at = '/home/ada') =>
      profilePlace(nothing, { ...around(env), home: at }).dataDir;
    expect(home({ XDG_DATA_HOME: 'rel' })).toBe('/home/ada/.local/share/loom-web');
    expect(profilePlace(nothing, around({ LOCALAPPDATA: 'rel' }, 'win32')).dataDir).toBe(
      '/home/ada/AppData/Local/Loom',
    );
    expect(home({ LOOM_DATA_DIR: '~/x' })).toBe('/home/ada/x');
    expect(home({ LOOM_DATA_DIR: '~' })).toBe('/home/ada');
    expect(profilePlace({ profile: 'p', dataDir: '~/x' }, around({})).folder).toBe('/home/ada/x/p');
    expect(() => home({ LOOM_DATA_DIR: 'rel' })).toThrow(UsageError);
    expect(() => home({ LOOM_DATA_DIR: '~bob/x' })).toThrow('~bob/x');
    expect(() => profilePlace({ profile: 'p', dataDir: '~bob' }, around({}))).toThrow(UsageError);
    expect(profilePlace({ profile: 'p', dataDir: './~bob' }, around({})).dataDir).toBe(resolve('~bob'));
  });

  it('needs a home folder only where nothing else says a place', () => {
    const homeless = { ...around({ LOOM_DATA_DIR: '/d' }), home: null };
    expect(profilePlace(nothing, homeless).dataDir).toBe('/d');
    expect(profilePlace(nothing, { ...around({ XDG_DATA_HOME: '/x' }), home: null }).dataDir).toBe('/x/loom-web');
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      expect(() => profilePlace(nothing, { ...around({}, platform), home: null })).toThrow(
        '--data-dir or LOOM_DATA_DIR',
      );
    expect(() => profilePlace({ profile: 'p', dataDir: '~/x' }, homeless)).toThrow(UsageError);
  });

  it('refuses a bad name from the environment, and an empty folder', () => {
    expect(() => profilePlace(nothing, around({ LOOM_PROFILE: '../x' }))).toThrow(UsageError);
    expect(() => profilePlace({ profile: undefined, dataDir: '' }, around({}))).toThrow(UsageError);
  });
});

describe('serveOptions', () => {
  it('leaves the ports open by default', () => {
    expect(serveOptions(noPorts, around({}))).toMatchObject({ port: null, peerPort: 0, peerHost: null });
  });

  it('takes options before the environment', () => {
    const env = around({ LOOM_PORT: '8001', LOOM_PEER_PORT: '2' });
    expect(serveOptions(noPorts, env)).toMatchObject({ port: 8001, peerPort: 2 });
    expect(serveOptions({ ...noPorts, port: '0', peerPort: '65535' }, env)).toMatchObject({
      port: 0,
      peerPort: 65_535,
    });
  });

  it.each(['', '-1', '65536', '1.5', '0x10', ' 1', '1e3', 'http'])('refuses the port %j', (port) => {
    expect(() => serveOptions({ ...noPorts, port }, around({}))).toThrow(UsageError);
    expect(() => serveOptions({ ...noPorts, peerPort: port }, around({}))).toThrow(UsageError);
  });

  it('refuses a bad port from the environment', () => {
    expect(() => serveOptions(noPorts, around({ LOOM_PORT: 'x' }))).toThrow('LOOM_PORT needs a number from 0 to 65535');
  });

  it('refuses a port of the page that no browser opens, and takes it for peers', () => {
    for (const port of ['6000', '6667', '10080', '1']) {
      const refused = `--port ${port} is a port that browsers refuse to open; choose another`;
      expect(() => serveOptions({ ...noPorts, port }, around({}))).toThrow(refused);
      expect(() => serveOptions(noPorts, around({ LOOM_PORT: port }))).toThrow(UsageError);
      expect(serveOptions({ ...noPorts, peerPort: port }, around({})).peerPort).toBe(Number(port));
    }
  });

  it('uses every adapter by default, and else those that are named', () => {
    const env = around({ LOOM_ADAPTERS: 'wlan0, eth*', LOOM_NOT_ADAPTERS: 'docker*' });
    const adapters = (given: object, at = around({})) => serveOptions({ ...noPorts, ...given }, at).adapters;
    expect(adapters({})).toEqual({ only: null, except: [] });
    expect(adapters({}, env)).toEqual({ only: ['wlan0', 'eth*'], except: ['docker*'] });
    expect(adapters({ adapters: 'Wi-Fi,vEthernet (WSL)' }, env)).toMatchObject({ only: ['Wi-Fi', 'vEthernet (WSL)'] });
    expect(adapters({ notAdapters: '*' }, env)).toEqual({ only: ['wlan0', 'eth*'], except: ['*'] });
  });

  it('takes the discovery that is asked for', () => {
    const discovery = (given: object, at = around({})) => serveOptions({ ...noPorts, ...given }, at).discovery;
    expect(discovery({})).toBe('builtin');
    expect(discovery({}, around({ LOOM_DISCOVERY: 'system' }))).toBe('system');
    expect(discovery({ discovery: 'builtin' }, around({ LOOM_DISCOVERY: 'system' }))).toBe('builtin');
    for (const bad of ['', 'System', 'avahi', 'off']) {
      expect(() => discovery({ discovery: bad })).toThrow(new UsageError('--discovery is builtin or system'));
    }
    expect(() => discovery({}, around({ LOOM_DISCOVERY: 'off' }))).toThrow(
      new UsageError('LOOM_DISCOVERY is builtin or system'),
    );
  });

  it.each(['', ' ', ',', 'eth0,', 'eth0,,lo', 'e*h0', '**', 'eth\n0'])('refuses the adapters %j', (names) => {
    const sentence = (option: string): string =>
      `${option} needs names of adapters with commas between them, like wlan0,docker*`;
    const refusal = (given: object) => () => serveOptions({ ...noPorts, ...given }, around({}));
    expect(refusal({ adapters: names })).toThrow(new UsageError(sentence('--adapters')));
    expect(refusal({ notAdapters: names })).toThrow(new UsageError(sentence('--not-adapters')));
  });

  it('refuses bad adapters from the environment', () => {
    expect(() => serveOptions(noPorts, around({ LOOM_ADAPTERS: ',' }))).toThrow('LOOM_ADAPTERS needs names');
  });

  it('takes IP addresses to listen on, and no names', () => {
    for (const peerHost of ['127.0.0.1', '::', 'fe80::1%eth0']) {
      expect(serveOptions({ ...noPorts, peerHost }, around({})).peerHost).toBe(peerHost);
    }
    for (const peerHost of ['', 'localhost', '127.1', '1.2.3.4:5']) {
      expect(() => serveOptions({ ...noPorts, peerHost }, around({}))).toThrow(UsageError);
    }
  });
});

describe('wholeNumber', () => {
  it('takes what lies between, bounds included', () => {
    expect([wholeNumber('n', '1', 1, 9), wholeNumber('n', '9', 1, 9)]).toEqual([1, 9]);
    expect(() => wholeNumber('n', '0', 1, 9)).toThrow('n needs a number from 1 to 9');
    expect(() => wholeNumber('n', '10', 1, 9)).toThrow(UsageError);
  });
});
