// The browsers that are here, by name.
import type { LaunchOptions } from '@playwright/test';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { openChromium } from './chromium.ts';
import { openFirefox } from './firefox.ts';
import type { RemotePage } from './remote-page.ts';
import { consoleOfWebKit, openWebKit } from './webkit.ts';

export type BrowserName = 'Chromium' | 'Firefox' | 'WebKit';

/** Where WebKitGTK puts the browser that its driver starts. */
const MINI_BROWSERS = ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'].flatMap((kind) =>
  ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/libexec', '/usr/lib'].map((folder) =>
    join(folder, kind, 'MiniBrowser'),
  ),
);

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function find(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

/** Starts the browser. @returns null where it is not installed, and says so. */
export function open(name: BrowserName, chromium: LaunchOptions): Promise<RemotePage> | null {
  if (name === 'Chromium') return openChromium(chromium);
  const display = find('Xvfb');
  const program = name === 'Firefox' ? find('firefox-esr', 'firefox') : find('WebKitWebDriver');
  const binary = MINI_BROWSERS.find(isProgram);
  if (display !== undefined && program !== undefined) {
    if (name === 'Firefox') return openFirefox(program);
    if (binary !== undefined) return openWebKit(program, binary);
  }
  const needs = name === 'Firefox' ? 'firefox-esr' : 'WebKitWebDriver (webkit2gtk-driver)';
  console.warn(`SKIPPED: nothing was tried in ${name}. It needs ${needs} and Xvfb.`);
  return null;
}

/** @returns what loading an address leaves on WebKit's console; null where it is not installed, which it says. */
export async function webKitConsole(url: string, isThere: () => boolean): Promise<readonly string[] | null> {
  const binary = MINI_BROWSERS.find(isProgram);
  if (binary !== undefined && find('Xvfb') !== undefined) return consoleOfWebKit(binary, url, isThere);
  console.warn('SKIPPED: the console of WebKit was not read. It needs MiniBrowser (webkit2gtk-driver) and Xvfb.');
  return null;
}
