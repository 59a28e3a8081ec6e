import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProfilePlace, Surroundings } from '../../options.ts';
import type { Start } from '../own-command.ts';
import { launcherFiles } from './launcher-files.ts';
import { Launcher } from './launcher.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'loom-launcher-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const around = (platform: NodeJS.Platform = 'linux', env = {}): Surroundings => ({ platform, env, home });

function place(profile = 'default'): ProfilePlace {
  const dataDir = join(home, '.local', 'share', 'loom-web');
  const folder = join(dataDir, profile);
  mkdirSync(folder, { recursive: true });
  return { profile, dataDir, folder };
}

const odd = 'a "b" $c `d` e\\f %g é';
const start: Start = { platform: 'linux', path: '', script: `/opt/${odd}/main.js`, node: '/opt/node/bin/node' };
const launcher = (of = place(), where = around()): Launcher => new Launcher(of, where, () => '<svg/>', start);

/** As a desktop reads Exec: the string's backslashes first, then the quotes, then the field codes. */
function execWords(line: string): string[] {
  const value = line.replaceAll('\\\\', '\\');
  const words = value.match(/"(?:\\.|[^"\\])*"|[^\s"]+/g) ?? [];
  return words.map((word) =>
    word
      .replace(/^"(.*)"$/, '$1')
      .replace(/\\(["`$\\])/g, '$1')
      .replaceAll('%%', '%'),
  );
}

describe('the launcher on Linux', () => {
  const file = (name = 'loom-web'): string => join(home, '.local', 'share', 'applications', `${name}.desktop`);

  it('is put there, found and taken away, and runs open of its profile', () => {
    const own = launcher();
    expect(own.state).toBe('none');
    expect([own.install(), own.state]).toEqual([true, 'installed']);
    const text = readFileSync(file(), 'utf8');
    const exec = /^Exec=(.*)$/m.exec(text)?.[1] ?? '';
    expect(execWords(exec)).toEqual(['/opt/node/bin/node', `/opt/${odd}/main.js`, 'open']);
    expect(text).toContain('\nTryExec=/opt/node/bin/node\n');
    const icon = /^Icon=(.*)$/m.exec(text)?.[1] ?? '';
    expect(readFileSync(icon, 'utf8')).toBe('<svg/>');
    expect([own.remove(), own.state, existsSync(file())]).toEqual([true, 'none', false]);
  });

  it('is one for each profile', () => {
    const [one, other] = [launcher(), launcher(place('work'))];
    one.install();
    other.install();
    const text = readFileSync(file('loom-web-work'), 'utf8');
    expect(text).toContain('Name=Loom (work)\n');
    expect(execWords(/^Exec=(.*)$/m.exec(text)?.[1] ?? '').slice(-3)).toEqual(['open', '--profile', 'work']);
    other.remove();
    expect([one.state, other.state]).toEqual(['installed', 'none']);
  });

  it('leaves a file of another program alone', () => {
    mkdirSync(dirname(file()), { recursive: true });
    writeFileSync(file(), '[Desktop Entry]\nName=Weaving\n');
    const own = launcher();
    expect([own.install(), own.remove(), own.state]).toEqual([false, false, 'foreign']);
    expect(readFileSync(file(), 'utf8')).toContain('Weaving');
  });

  it('lies where the person keeps such data', () => {
    const data = join(home, 'data');
    expect(launcher(place(), around('linux', { XDG_DATA_HOME: data })).path).toBe(
      join(data, 'applications', 'loom-web.desktop'),
    );
    expect(launcher(place(), { ...around(), home: null }).state).toBe('impossible');
  });

  it('is not offered again to who wants none', () => {
    const own = launcher();
    expect(own.declined).toBe(false);
    own.decline();
    expect([own.declined, launcher().declined]).toEqual([true, true]);
  });
});

describe('the launcher on macOS', () => {
  it('is a bundle with a script that a shell runs as it is meant', () => {
    const own = launcher(place(), around('darwin'));
    own.install();
    const bundle = join(home, 'Applications', 'Loom.app');
    const script = join(bundle, 'Contents', 'MacOS', 'loom');
    expect(statSync(script).mode & 0o777).toBe(0o755);
    const echo = readFileSync(script, 'utf8').replace('exec ', 'printf "%s\\n" ');
    const words = execFileSync('sh', ['-c', echo], { encoding: 'utf8' }).trimEnd().split('\n');
    expect(words.slice(0, 3)).toEqual(['/opt/node/bin/node', `/opt/${odd}/main.js`, 'open']);
    const plist = readFileSync(join(bundle, 'Contents', 'Info.plist'), 'utf8');
    expect(plist).toContain('<key>CFBundleExecutable</key><string>loom</string>');
    expect(own.remove()).toBe(true);
    expect(existsSync(bundle)).toBe(false);
  });
});

describe('the launcher on Windows', () => {
  it('is a batch file in the Start menu, with every word in quotes', () => {
    const files = launcherFiles({
      words: ['C:\\Program Files\\nodejs\\node.exe', 'C:\\100% Loom\\main.js', 'open'],
      place: place(),
      around: around('win32', { APPDATA: 'C:\\Users\\Ada\\AppData\\Roaming' }),
      icon: () => '',
    });
    expect(files?.main.path).toBe(
      'C:\\Users\\Ada\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Loom.cmd',
    );
    expect(files?.main.text.split('\r\n')).toEqual([
      '@echo off',
      'rem loom-web launcher',
      'chcp 65001 >nul',
      'start "" /b "C:\\Program Files\\nodejs\\node.exe" "C:\\100%% Loom\\main.js" "open"',
      '',
    ]);
    expect(launcherFiles({ words: [], place: place(), around: around('win32'), icon: () => '' })).toBeNull();
  });
});
