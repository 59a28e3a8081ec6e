import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import type { Surroundings } from '../options.ts';

/** Of this process. The home folder is looked for when it is asked for: not every user has one. */
export const surroundings: Surroundings = {
  env: process.env,
  platform: process.platform,
  get home() {
    return homeFolder([homedir, () => userInfo().homedir]);
  },
};

/**
 * What HOME says or else the system's list of users; either may be missing, in containers and services.
 * @param places asked in turn; each may throw. @returns the first path from the top; null: there is none.
 */
export function homeFolder(places: readonly (() => string)[]): string | null {
  for (const place of places) {
    try {
      const home = place();
      if (isAbsolute(home)) return home;
    } catch {
      // A user without an entry.
    }
  }
  return null;
}
