// The Chromium that the browser tests drive, and how it is started.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
/** A download of some 150 MB on a slow line; where nothing may be downloaded it fails at once. */
const INSTALL_MS = 5 * 60_000;

/**
 * LOOM_BROWSER, then Playwright's own, then what the PATH has.
 * @returns {string | null}
 */
export function findBrowser() {
  const chosen = process.env.LOOM_BROWSER;
  if (chosen) return isProgram(chosen) ? chosen : null;
  return [playwrights(), ...onPath(NAMES), MAC].find((file) => isProgram(file)) ?? null;
}

/**
 * Installs one: the distribution's when root on Debian, else Playwright's.
 * @returns {string | null} null when neither can be had
 */
export function installBrowser() {
  if (process.env.LOOM_BROWSER) return null;
  if (isRootOnDebian()) {
    run('apt-get', ['update', '-q']);
    run('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium']);
  }
  if (findBrowser() === null) {
    const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
    run(process.execPath, [cli, 'install', 'chromium']);
  }
  return findBrowser();
}

/** What to tell someone who has none. */
export const browserAdvice =
  'The browser tests need Chromium or Chrome. Install one, or set LOOM_BROWSER to its program, and run them again.';

/** How Playwright starts it: quiet, and in touch with nobody but the pages under test. */
export function launchOptions() {
  const executablePath = findBrowser();
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--disable-gpu',
    '--no-first-run',
  ];
  // Chromium's own sandbox refuses to run as root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', ...quiet] : quiet;
  return { args, ...(executablePath === null ? {} : { executablePath }) };
}

function playwrights() {
  const require = createRequire(import.meta.url);
  const { chromium } = /** @type {typeof import('@playwright/test')} */ (require('@playwright/test'));
  return chromium.executablePath();
}

/** @param {string[]} names */
function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isRootOnDebian() {
  const release = '/etc/os-release';
  return process.getuid?.() === 0 && existsSync(release) && /^ID=debian$/m.test(readFileSync(release, 'utf8'));
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync(program, args, { stdio: ['ignore', 2, 2], env, timeout: INSTALL_MS });
}
