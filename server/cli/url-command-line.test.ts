import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { profilePlace } from '../options.ts';
import type { Surroundings } from '../options.ts';
import { urlCommandLine } from './url-command-line.ts';

const linux: Surroundings = { env: {}, platform: 'linux', home: '/home/ada' };

function line(given: { profile?: string; dataDir?: string }, around = linux): string {
  return urlCommandLine(profilePlace({ profile: given.profile, dataDir: given.dataDir }, around), around);
}

describe('the command that leads back to a profile', () => {
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

  it('survives a shell, whatever the folder is called', () => {
    const dataDir = '/srv/Ada\'s $(touch x) `y` "z" ; é';
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line({ dataDir })}`], { encoding: 'utf8' });
    expect(words.split('\n')).toEqual(['loom-web', 'url', '--data-dir', dataDir, '']);
  });

  it('quotes for Windows as Windows does', () => {
    const place = { profile: 'default', dataDir: 'D:\\My Files', folder: 'D:\\My Files\\default' };
    expect(urlCommandLine(place, { env: {}, platform: 'win32', home: 'C:\\Users\\Ada' })).toBe(
      'loom-web url --data-dir "D:\\My Files"',
    );
  });
});
