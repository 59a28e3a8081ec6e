// Where the file stands that leads the browser to Loom. Browsers installed as snaps, the usual ones on some desktops, read
// no hidden folders of the home folder, and profiles lie in one. Each snap has a visible folder of its own there, which
// it reads and others do not (https://snapcraft.io/docs/data-locations); it is there once the snap has run. Before, the home
// folder itself will do, which a browser reads but for what is hidden. Flatpaks are handed the file by a portal.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const FILE = 'open-in-browser.html';
/** `xdg-settings` is a shell script, and answers in some 50 ms; ms. */
const ANSWER_MS = 2000;
/** snapd names desktop files so: the snap, `_`, the program. */
const SNAP = /^([a-z0-9-]{1,40})(?:\+[a-z0-9]+)?_[\w.-]+\.desktop$/;

/** @param folder of the profile. @param home of the person; null: there is none. @returns the path of the file. */
export async function redirectPlace(folder: string, platform: NodeJS.Platform, home: string | null): Promise<string> {
  const usual = join(folder, FILE);
  if (platform !== 'linux' || home === null || !isHidden(relative(home, folder))) return usual;
  const snap = SNAP.exec(await defaultBrowser())?.[1];
  if (snap === undefined) return usual;
  const own = join(home, 'snap', snap, 'common');
  const isThere = statSync(own, { throwIfNoEntry: false })?.isDirectory() === true;
  // One for each profile, and the same each time: what a killed start left is replaced.
  const name = `loom-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.html`;
  return join(isThere ? own : home, name);
}

/** Removes what an earlier start that was killed may have left. */
export function removeRedirect(folder: string): void {
  rmSync(join(folder, FILE), { force: true });
}

function isHidden(path: string): boolean {
  const steps = path.split(sep);
  return steps[0] !== '..' && steps.some((step) => step.startsWith('.'));
}

/** The desktop file of the browser that links open in; empty: not known. */
function defaultBrowser(): Promise<string> {
  return new Promise((resolve) => {
    execFile('xdg-settings', ['get', 'default-web-browser'], { timeout: ANSWER_MS }, (error, stdout) =>
      resolve(error ? '' : stdout.trim()),
    );
  });
}
