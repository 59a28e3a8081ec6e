// Opens the page in the person's browser without putting its code where other users could read it: the browser is
// pointed at a private file that leads on to the address, never at the address itself (arguments show in `ps`).
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { Unopened } from '../terminal/banner.ts';

/** As long as an opened code lives. */
const REDIRECT_LIFETIME_MS = 60_000;
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];

export interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly container: boolean;
}

export function thisDesktop(): Desktop {
  const container = process.env.container !== undefined || CONTAINER_MARKS.some((mark) => existsSync(mark));
  return { platform: process.platform, env: process.env, container };
}

/** Whether a browser that opens here would be seen by the person; null when it would. */
export function whyNotOpen({ platform, env, container }: Desktop): Exclude<Unopened, 'asked not to'> | null {
  const has = (name: string): boolean => (env[name] ?? '') !== '';
  // Also when X11 is forwarded: a browser over there would be slow, and is rarely meant.
  if (has('SSH_CONNECTION') || has('SSH_TTY')) return 'over SSH';
  if (container) return 'in a container';
  const hasScreen = platform === 'win32' || platform === 'darwin' || has('DISPLAY') || has('WAYLAND_DISPLAY');
  return hasScreen ? null : 'no display';
}

/** The program that opens a file in the browser, and its arguments. No shell reads them. */
export function openerFor(platform: NodeJS.Platform, file: string): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', file];
  if (platform === 'win32') return ['rundll32.exe', 'url.dll,FileProtocolHandler', file];
  return ['xdg-open', file];
}

/**
 * Opens `url` by way of a file at this path (`redirect-place.ts`), which goes after a minute or when the process ends.
 * @param onFailure called once, when no browser could be started: also when the file cannot be written, or the program
 * that opens browsers says within that minute that it found none. Later it may have been the browser itself, that ended.
 * @returns a function that removes the file before: the page is open.
 */
export function openInBrowser(file: string, url: string, onFailure: () => void): () => void {
  const remove = (): void => rmSync(file, { force: true });
  try {
    remove();
    writeFileSync(file, redirectPage(url), { mode: 0o600, flag: 'wx' });
  } catch {
    onFailure();
    return () => undefined;
  }
  process.once('exit', remove);
  let waits = true;
  const end = (): void => {
    waits = false;
    remove();
    process.off('exit', remove);
  };
  setTimeout(end, REDIRECT_LIFETIME_MS).unref();
  const fail = (): void => {
    if (waits) onFailure();
    end();
  };

  const [program, ...rest] = openerFor(process.platform, file);
  // Detached: Ctrl-C in this terminal is not meant for the browser.
  const opener = spawn(program, rest, { stdio: 'ignore', detached: true });
  opener.once('error', fail);
  opener.once('exit', (code) => {
    if (code !== 0) fail();
  });
  opener.unref();
  return end;
}

/** Needs no script, and the address it is given is of our own making: digits, hex and punctuation only. */
function redirectPage(url: string): string {
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Loom</title>
<meta http-equiv="refresh" content="0; url=${url}">
<p><a href="${url}">Open Loom</a></p>
`;
}
