// Makes sure that a clone has its packages and its build, with nothing but Node: used before either exists.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Written last by a build. */
const buildMark = join(root, 'dist', 'THIRD-PARTY.txt');
const sources = ['server', 'web', 'config', 'package.json', 'package-lock.json'];

/** @returns {boolean} whether every package of the lock file stands in node_modules in its version */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const there = packagesOf(join('node_modules', '.package-lock.json'));
  if (wanted === null || there === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    // Packages for other platforms stay away.
    if (path === '' || entry.optional || entry.devOptional) return true;
    return there[path]?.version === entry.version;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> | null}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return null;
  }
}

/** @returns {boolean} whether the build is newer than everything it is made of */
function isBuilt() {
  const built = statSync(buildMark, { throwIfNoEntry: false });
  return built !== undefined && sources.every((source) => newest(join(root, source)) <= built.mtimeMs);
}

/**
 * @param {string} path
 * @returns {number} the last change of a file, or of a folder and all in it, in ms since 1970
 */
function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return /\.(test|spec)\.ts$/.test(path) ? 0 : stats.mtimeMs;
  return readdirSync(path).reduce((latest, entry) => Math.max(latest, newest(join(path, entry))), stats.mtimeMs);
}

/**
 * How to start npm: the one that runs us, if one does.
 * @param {string[]} args
 * @returns {[program: string, args: string[], shell: boolean]}
 */
export function npmCommand(args) {
  const script = process.env.npm_execpath;
  if (script) return [process.execPath, [script, ...args], false];
  return ['npm', args, process.platform === 'win32'];
}

/**
 * Runs npm with everything it says on stderr: stdout is for what was asked.
 * @param {string[]} args
 * @returns {boolean} whether it went well
 */
function npm(args) {
  const [program, all, shell] = npmCommand(args);
  return spawnSync(program, all, { cwd: root, stdio: ['ignore', 2, 2], shell }).status === 0;
}

/** @returns {boolean} false when the packages cannot be had */
export function ensureInstalled() {
  return isInstalled() || npm(['ci', '--ignore-scripts']);
}

/** @returns {boolean} false when the build failed */
export function ensureBuilt() {
  return isBuilt() || npm(['run', '--silent', 'build']);
}
