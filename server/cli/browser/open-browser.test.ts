import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { landingUrl } from '../../http/opening/page-address.ts';
import { openerFor, openInBrowser, whyNotOpen } from './open-browser.ts';
import type { Desktop } from './open-browser.ts';

function desktop(platform: NodeJS.Platform, env: Record<string, string>, container = false): Desktop {
  return { platform, env, container };
}

describe('whyNotOpen', () => {
  it.each([
    ['X11', desktop('linux', { DISPLAY: ':0' }), null],
    ['Wayland', desktop('linux', { WAYLAND_DISPLAY: 'wayland-0' }), null],
    ['macOS', desktop('darwin', {}), null],
    ['Windows', desktop('win32', {}), null],
    ['no display', desktop('linux', {}), 'no display'],
    ['an empty display', desktop('linux', { DISPLAY: '', WAYLAND_DISPLAY: '' }), 'no display'],
    ['another Unix without a display', desktop('freebsd', {}), 'no display'],
    ['SSH', desktop('linux', { SSH_CONNECTION: '::1 1 ::1 22' }), 'over SSH'],
    ['SSH with X11', desktop('linux', { SSH_TTY: '/dev/pts/1', DISPLAY: 'localhost:10' }), 'over SSH'],
    ['SSH to a Mac', desktop('darwin', { SSH_CONNECTION: '::1 1 ::1 22' }), 'over SSH'],
    ['a container', desktop('linux', { DISPLAY: ':0' }, true), 'in a container'],
  ])('decides for %s', (_, where, why) => {
    expect(whyNotOpen(where)).toBe(why);
  });
});

describe('openerFor', () => {
  it('names a program that takes the file as one argument', () => {
    const file = '/a b/&c.html';
    expect(openerFor('linux', file)).toEqual(['xdg-open', file]);
    expect(openerFor('darwin', file)).toEqual(['open', file]);
    expect(openerFor('win32', file).at(-1)).toBe(file);
  });
});

describe.skipIf(process.platform !== 'linux')('openInBrowser', () => {
  const url = landingUrl(7467, 'r86rJfqKFaEkTIRTEXY3Cg');
  let folder = '';
  let target = '';
  const path = process.env.PATH;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'loom-open-'));
    target = join(folder, 'open-in-browser.html');
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  /** An xdg-open that writes down what it was given. */
  function opener(): string {
    const seen = join(folder, 'seen');
    writeFileSync(
      join(folder, 'xdg-open'),
      `#!/bin/sh\nprintf '%s\\n' "$@" > '${seen}.part'\nmv '${seen}.part' '${seen}'\n`,
    );
    chmodSync(join(folder, 'xdg-open'), 0o755);
    process.env.PATH = `${folder}${delimiter}${path ?? ''}`;
    return seen;
  }

  it('hands over a private file that leads on to the address', async () => {
    const seen = opener();
    openInBrowser(target, url, () => expect.unreachable());
    await vi.waitFor(() => expect(existsSync(seen)).toBe(true), { timeout: 20_000 });
    const [file = '', ...others] = readFileSync(seen, 'utf8').trimEnd().split('\n');
    expect(others).toEqual([]);
    expect(file).not.toContain('code');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain(`content="0; url=${url}"`);
    rmSync(target);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['says that it found none', 'exit 3'],
    ['is killed', 'kill -9 $$'],
  ])('says so once when the program that opens browsers %s, and leaves no file', async (_, ending) => {
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n${ending}\n`);
    chmodSync(join(folder, 'xdg-open'), 0o755);
    process.env.PATH = `${folder}${delimiter}${path ?? ''}`;
    const failed = vi.fn();
    openInBrowser(target, url, failed);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(1), { timeout: 20_000 });
    expect(existsSync(target)).toBe(false);
  });

  it('says nothing when it ends well', async () => {
    const seen = opener();
    const failed = vi.fn();
    openInBrowser(target, url, failed);
    await vi.waitFor(() => expect(existsSync(seen)).toBe(true), { timeout: 20_000 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(failed).not.toHaveBeenCalled();
    rmSync(target);
  });

  it('says so when the file cannot be written', () => {
    const failed = vi.fn();
    openInBrowser(join(folder, 'none', 'open.html'), url, failed);
    expect(failed).toHaveBeenCalledTimes(1);
  });

  it('replaces what an earlier start left, and says when there is no browser', async () => {
    process.env.PATH = folder;
    const failed = vi.fn();
    openInBrowser(target, 'http://127.0.0.1:1/old', failed);
    openInBrowser(target, url, failed);
    expect(readFileSync(target, 'utf8')).toContain(url);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(2), { timeout: 20_000 });
    expect(existsSync(target)).toBe(false);
  });
});
