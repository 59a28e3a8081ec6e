// What a person types to run this very program again: it depends on how it came here. After `npx` there is no `loom-web`
// on the PATH, and in a clone there never was.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { profilePlace, UsageError } from '../options.ts';
import type { ProfilePlace, Surroundings } from '../options.ts';

const NAME = 'loom-web';
/** The folder of npm's cache that holds what npx has fetched, each in a folder of its own. */
const NPX = '_npx';
/** A package of the registry by its name, with or without a version; not a file or an address. */
const NAMED = /^loom-web(?:@[\w.-]+)?$/;

/** How this process was started. */
export interface Start {
  readonly platform: NodeJS.Platform;
  /** PATH, as the person's terminal has it or had it. */
  readonly path: string;
  /** The program's own file and Node, from the top, links followed. */
  readonly script: string;
  readonly node: string;
}

export function thisStart(): Start {
  const script = process.argv[1] ?? '';
  return {
    platform: process.platform,
    path: process.env.PATH ?? '',
    script: realPath(script) ?? script,
    node: realPath(process.execPath) ?? process.execPath,
  };
}

/** The words that run this program from any folder, not quoted: `npx loom-web`, `loom-web`, or Node and its file. */
export function programWords(start: Start): readonly string[] {
  const named = npxName(start.script);
  if (named !== null) return ['npx', named];
  if (isInstalled(start)) return [NAME];
  const node = onPath(start, 'node', (file) => realPath(file) === start.node) ? 'node' : start.node;
  return [node, start.script];
}

/**
 * A command of this program with the options that lead to `place` from a fresh terminal, to be pasted into this platform's
 * shell. What LOOM_PROFILE and LOOM_DATA_DIR say here a fresh terminal need not know, so it is spelled out.
 */
export function ownCommand(
  words: readonly string[],
  place: ProfilePlace,
  around: Surroundings,
  start = thisStart(),
): string {
  return [...programWords(start), ...words, ...placeOptions(place, around)].map(quoteFor(around)).join(' ');
}

/**
 * A sentence that tells the person to run something, as “loom-web unlock”, in words that do run here.
 * @param place null: it isn’t known which profile is meant.
 */
export function inOwnWords(sentence: string, place: ProfilePlace | null, around: Surroundings, start?: Start): string {
  return sentence.replace(/“loom-web ([a-z][^”]*)”/g, (_, rest: string) => {
    const options = place === null ? [] : placeOptions(place, around);
    return `“${[...programWords(start ?? thisStart()), ...rest.split(' '), ...options].map(quoteFor(around)).join(' ')}”`;
  });
}

/** The options that lead to `place`; none where everything is as usual. */
export function placeOptions(place: ProfilePlace, around: Surroundings): readonly string[] {
  const env = { ...around.env, LOOM_PROFILE: undefined, LOOM_DATA_DIR: undefined };
  const usual = usualPlace({ ...around, env });
  return [
    ...(place.profile === usual?.profile ? [] : ['--profile', place.profile]),
    ...(place.dataDir === usual?.dataDir ? [] : ['--data-dir', place.dataDir]),
  ];
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

/** What npx was asked for, as it writes down itself; null: not npx, or not by a name. */
export function npxName(script: string): string | null {
  const steps = script.split(sep);
  const at = steps.lastIndexOf(NPX);
  if (at < 0) return null;
  try {
    const file = join(steps.slice(0, at + 2).join(sep), 'package.json');
    const { _npx: asked } = JSON.parse(readFileSync(file, 'utf8')) as { _npx?: { packages?: unknown } };
    const [first] = Array.isArray(asked?.packages) ? (asked.packages as unknown[]) : [];
    return typeof first === 'string' && NAMED.test(first) ? first : null;
  } catch {
    return null;
  }
}

/** Whether `loom-web` on the PATH is this program. */
function isInstalled(start: Start): boolean {
  return onPath(start, NAME, (file) => {
    if (realPath(file) === start.script) return true;
    // On Windows npm puts a small script beside the packages, not a link.
    const beside = join(dirname(file), 'node_modules', NAME);
    return start.platform === 'win32' && start.script.toLowerCase().startsWith((beside + sep).toLowerCase());
  });
}

/** Whether the first of this name on the PATH fits. */
function onPath({ path, platform }: Start, name: string, fits: (file: string) => boolean): boolean {
  const endings = platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const files = path
    .split(delimiter)
    // What npx and npm run put in front is there for this process alone.
    .filter((folder) => folder !== '' && !folder.split(sep).includes('.bin'))
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)));
  const first = files.find((file) => existsSync(file));
  return first !== undefined && fits(first);
}

function realPath(file: string): string | null {
  try {
    return realpathSync(file);
  } catch {
    return null;
  }
}

function quoteFor({ platform }: Surroundings): (word: string) => string {
  return platform === 'win32' ? quoteForWindows : quoteForPosix;
}

function quoteForPosix(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A path there holds no quotation marks. */
function quoteForWindows(word: string): string {
  return /^[\w@+=:,./\\-]+$/.test(word) ? word : `"${word}"`;
}
