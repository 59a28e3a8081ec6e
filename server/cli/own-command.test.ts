import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { profilePlace } from '../options.ts';
import type { Surroundings } from '../options.ts';
import { inOwnWords, ownCommand, programWords } from './own-command.ts';
import type { Start } from './own-command.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'loom-own-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(...path: readonly string[]): string {
  const name = join(folder, ...path);
  mkdirSync(dirname(name), { recursive: true });
  writeFileSync(name, '#!/bin/sh\n');
  chmodSync(name, 0o755);
  return name;
}

/** A program here, with this on the PATH. */
function start(script: string, ...path: readonly string[]): Start {
  return { platform: 'linux', path: path.join(delimiter), script, node: '/opt/node/bin/node' };
}

describe('what runs this program again', () => {
  it.each([
    ['by its name', '{"_npx":{"packages":["loom-web"]}}', 'npx loom-web'],
    ['by a version', '{"_npx":{"packages":["loom-web@0.1.0"]}}', 'npx loom-web@0.1.0'],
  ])('is npx, where npx fetched it %s', (_, manifest, words) => {
    const script = file('.npm', '_npx', '1a2b', 'node_modules', 'loom-web', 'dist', 'server', 'main.js');
    writeFileSync(join(folder, '.npm', '_npx', '1a2b', 'package.json'), manifest);
    // Its own folder stands on the PATH while it runs, and nowhere afterwards.
    const bin = join(folder, '.npm', '_npx', '1a2b', 'node_modules', '.bin');
    mkdirSync(bin);
    symlinkSync(script, join(bin, 'loom-web'));
    expect(programWords(start(script, bin)).join(' ')).toBe(words);
  });

  it.each([
    ['a file', '{"_npx":{"packages":["/home/ada/loom-web-0.1.0.tgz"]}}'],
    ['words that a shell would obey', '{"_npx":{"packages":["loom-web@$(touch x)"]}}'],
    ['nothing', '{}'],
    ['no JSON', 'x'],
  ])('is Node and the file, where npx was given %s', (_, manifest) => {
    const script = file('.npm', '_npx', '1a2b', 'node_modules', 'loom-web', 'dist', 'server', 'main.js');
    writeFileSync(join(folder, '.npm', '_npx', '1a2b', 'package.json'), manifest);
    expect(programWords(start(script))).toEqual(['/opt/node/bin/node', script]);
  });

  it('is its name, where that leads to it', () => {
    const script = file('lib', 'node_modules', 'loom-web', 'dist', 'server', 'main.js');
    mkdirSync(join(folder, 'bin'));
    symlinkSync(script, join(folder, 'bin', 'loom-web'));
    expect(programWords(start(script, join(folder, 'none'), join(folder, 'bin')))).toEqual(['loom-web']);
  });

  it('is Node and its file in a clone, also where another Loom is installed', () => {
    const script = file('clone', 'dist', 'server', 'main.js');
    file('bin', 'loom-web');
    expect(programWords(start(script, join(folder, 'bin')))).toEqual(['/opt/node/bin/node', script]);
    const node = file('bin', 'node');
    expect(programWords({ ...start(script, join(folder, 'bin')), node })).toEqual(['node', script]);
  });
});

const linux: Surroundings = { env: {}, platform: 'linux', home: '/home/ada' };

function line(given: { profile?: string; dataDir?: string }, around = linux): string {
  const script = file('lib', 'node_modules', 'loom-web', 'main.js');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  rmSync(join(folder, 'bin', 'loom-web'), { force: true });
  symlinkSync(script, join(folder, 'bin', 'loom-web'));
  const place = profilePlace({ profile: given.profile, dataDir: given.dataDir }, around);
  return ownCommand(['url'], place, around, start(script, join(folder, 'bin')));
}

describe('a command that leads to a profile', () => {
  it('is short where everything is as usual', () => {
    expect(line({})).toBe('loom-web url');
    expect(line({ profile: 'default', dataDir: '/home/ada/.local/share/loom-web' })).toBe('loom-web url');
  });

  it('names the profile and the folder that are not', () => {
    expect(line({ profile: 'work' })).toBe('loom-web url --profile work');
    expect(line({ profile: 'work', dataDir: '/srv/loom' })).toBe('loom-web url --profile work --data-dir /srv/loom');
  });

  it('names what came from variables, which another terminal may not have', () => {
    const around = { ...linux, env: { LOOM_PROFILE: 'ship', LOOM_DATA_DIR: '/srv/loom' } };
    expect(line({}, around)).toBe('loom-web url --profile ship --data-dir /srv/loom');
  });

  it('survives a shell, whatever the folder and the program are called', () => {
    const odd = 'Ada\'s $(touch x) `y` "z" ; é';
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line({ dataDir: `/srv/${odd}` })}`], {
      encoding: 'utf8',
    });
    expect(words.split('\n')).toEqual(['loom-web', 'url', '--data-dir', `/srv/${odd}`, '']);
    const script = file(odd, 'main.js');
    const own = ownCommand(
      ['url'],
      profilePlace({ profile: undefined, dataDir: undefined }, linux),
      linux,
      start(script),
    );
    const typed = execFileSync('sh', ['-c', `printf '%s\\n' ${own}`], { encoding: 'utf8' });
    expect(typed.split('\n')).toEqual(['/opt/node/bin/node', script, 'url', '']);
  });

  it('quotes for Windows as Windows does', () => {
    const place = { profile: 'default', dataDir: 'D:\\My Files', folder: 'D:\\My Files\\default' };
    const around: Surroundings = { env: {}, platform: 'win32', home: 'C:\\Users\\Ada' };
    expect(ownCommand(['url'], place, around, start('C:\\Loom\\main.js'))).toBe(
      '/opt/node/bin/node C:\\Loom\\main.js url --data-dir "D:\\My Files"',
    );
  });
});

describe('a sentence that says what to run', () => {
  const place = { profile: 'work', dataDir: '/srv/my loom', folder: '/srv/my loom/work' };

  it('says it as it runs here, and leaves everything else', () => {
    const script = file('clone', 'main.js');
    const told = inOwnWords(
      'Locked. “loom-web unlock” opens it, “Ann” and loom-web do not.',
      place,
      linux,
      start(script),
    );
    expect(told).toBe(
      `Locked. “/opt/node/bin/node ${script} unlock --profile work --data-dir '/srv/my loom'” opens it, “Ann” and loom-web do not.`,
    );
  });
});
