import { PLAIN_URL_COMMAND } from '../http/entry-help.ts';
import { profilePlace, UsageError } from '../options.ts';
import type { ProfilePlace, Surroundings } from '../options.ts';

/**
 * `loom-web url` with the options that lead to `place` from a fresh terminal, to be pasted into this platform's shell.
 * What LOOM_PROFILE and LOOM_DATA_DIR say here a fresh terminal need not know, so it is spelled out.
 */
export function urlCommandLine(place: ProfilePlace, around: Surroundings): string {
  const env = { ...around.env, LOOM_PROFILE: undefined, LOOM_DATA_DIR: undefined };
  const usual = usualPlace({ ...around, env });
  const quote = around.platform === 'win32' ? quoteForWindows : quoteForPosix;
  return [
    PLAIN_URL_COMMAND,
    ...(place.profile === usual?.profile ? [] : ['--profile', place.profile]),
    ...(place.dataDir === usual?.dataDir ? [] : ['--data-dir', quote(place.dataDir)]),
  ].join(' ');
}

/** Null: there is none, for want of a home folder. */
function usualPlace(around: Surroundings): ProfilePlace | null {
  try {
    return profilePlace({ profile: undefined, dataDir: undefined }, around);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

function quoteForPosix(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A path there holds no quotation marks. */
function quoteForWindows(word: string): string {
  return /^[\w@+=:,./\\-]+$/.test(word) ? word : `"${word}"`;
}
