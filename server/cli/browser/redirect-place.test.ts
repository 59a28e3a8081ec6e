import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { redirectPlace } from './redirect-place.ts';

const path = process.env.PATH;
let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'loom-home-'));
  mkdirSync(join(home, 'snap', 'firefox', 'common'), { recursive: true });
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(home, { recursive: true });
});

function browserIs(desktopFile: string, code = 0): void {
  writeFileSync(join(home, 'xdg-settings'), `#!/bin/sh\necho '${desktopFile}'\nexit ${code}\n`);
  chmodSync(join(home, 'xdg-settings'), 0o755);
  process.env.PATH = `${home}${delimiter}${path ?? ''}`;
}

const hidden = (profile = 'default'): string => join(home, '.local', 'share', 'loom-web', profile);
const place = (folder: string): Promise<string> => redirectPlace(folder, 'linux', home);

it('is a folder that a browser from a snap reads, one file for each profile', async () => {
  browserIs('firefox_firefox.desktop');
  const [one, two] = [await place(hidden()), await place(hidden('other'))];
  for (const file of [one, two]) expect(dirname(file)).toBe(join(home, 'snap', 'firefox', 'common'));
  expect(one).not.toBe(two);
  expect(await place(hidden())).toBe(one);
});

it('is the home folder for a browser from a snap that has not run yet', async () => {
  browserIs('chromium_chromium.desktop');
  expect(dirname(await place(hidden()))).toBe(home);
});

it.each([
  ['another kind of browser', 'firefox.desktop', 0],
  ['a name that leads elsewhere', '../../etc_x.desktop', 0],
  ['a desktop that does not say', '', 1],
])('is the profile’s folder for %s', async (_, desktopFile, code) => {
  browserIs(desktopFile, code);
  expect(await place(hidden())).toBe(join(hidden(), 'open-in-browser.html'));
});

it('is the profile’s folder where that is not hidden, not at home, or not on Linux', async () => {
  browserIs('firefox_firefox.desktop');
  for (const folder of [join(home, 'Loom'), join(dirname(home), '.elsewhere')])
    expect(await place(folder)).toBe(join(folder, 'open-in-browser.html'));
  expect(await redirectPlace(hidden(), 'darwin', home)).toBe(join(hidden(), 'open-in-browser.html'));
});

it('is the profile’s folder where nothing says which browser it is', async () => {
  process.env.PATH = home;
  expect(await place(hidden())).toBe(join(hidden(), 'open-in-browser.html'));
});
