// Where files come to lie outside Loom: where browsers put what they load.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** As the desktop calls it, in whatever language (XDG user directories); else `Downloads`. */
export function downloadsFolder(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const chosen = env.XDG_CONFIG_HOME ?? '';
  const config = chosen === '' ? join(home, '.config') : chosen;
  try {
    const lines = readFileSync(join(config, 'user-dirs.dirs'), 'utf8');
    const named = /^XDG_DOWNLOAD_DIR="(.*)"$/m.exec(lines)?.[1]?.replace(/^\$HOME(?=\/|$)/, home);
    if (named !== undefined && isAbsolute(named)) return named;
  } catch {
    // No desktop has said anything.
  }
  return join(home, 'Downloads');
}

/** Larger files go there, as they are: in Loom they would be on the disk twice once they are saved. */
export const KEPT_BYTES = 100 * 1024 * 1024;

/** Those that come by way of Loom. */
export function receivedFolder(): string {
  return join(downloadsFolder(), 'Loom');
}
