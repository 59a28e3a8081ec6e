// What a start of Loom can be told: which profile, where it lives, which ports. Options beat the environment, which
// beats the defaults. Pure: nothing here touches the disk.
import { isIP } from 'node:net';
import { join, posix, resolve, win32 } from 'node:path';
import type { AdapterChoice } from './network/adapter-choice.ts';
import { isRefusedByBrowsers } from './http/opening/bad-ports.ts';

/** The caller wrote something that cannot be meant; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The person's home folder, from the top; null where the system names none. */
  readonly home: string | null;
}

/** Where a profile lives: everything of its own stands in `folder`, which is `dataDir`/`profile`. */
export interface ProfilePlace {
  readonly profile: string;
  readonly dataDir: string;
  readonly folder: string;
}

/** Who speaks mDNS: Loom itself, or the responder of the system. */
export type DiscoveryBackend = 'builtin' | 'system';

export interface ServeOptions {
  /** Null: 7467 if it is free, else any. */
  readonly port: number | null;
  /** 0: any. */
  readonly peerPort: number;
  /** Null: every address of this machine. */
  readonly peerHost: string | null;
  readonly adapters: AdapterChoice;
  readonly discovery: DiscoveryBackend;
}

/** At most what Windows allows; with `*` at the end it stands for all that begin so. */
const ADAPTER_NAME = /^(?:[^*\p{Cc}]{1,255}\*?|\*)$/u;

const DEFAULT_PROFILE = 'default';

/**
 * No profile comes to lie in whatever folder the command was given in, unless an option says so.
 * @throws UsageError on a profile name outside 1–32 of a–z A–Z 0–9 _ -, and on a data folder that leads nowhere.
 */
export function profilePlace(
  given: { readonly profile: string | undefined; readonly dataDir: string | undefined },
  around: Surroundings,
): ProfilePlace {
  const profile = given.profile ?? setting(around, 'LOOM_PROFILE') ?? DEFAULT_PROFILE;
  if (!/^[a-zA-Z0-9_-]{1,32}$/.test(profile)) {
    throw new UsageError('a profile name is 1 to 32 of the characters a–z A–Z 0–9 _ -');
  }
  if (given.dataDir === '') throw new UsageError('--data-dir needs a folder');
  const dataDir = dataDirOf(given.dataDir, around);
  return { profile, dataDir, folder: join(dataDir, profile) };
}

function dataDirOf(given: string | undefined, around: Surroundings): string {
  if (given !== undefined) return typedPath(given, around);
  const named = setting(around, 'LOOM_DATA_DIR');
  if (named === undefined) return resolve(defaultDataDir(around));
  // It holds wherever the command is given.
  if (!named.startsWith('~') && !isFromTop(around, named))
    throw new UsageError('LOOM_DATA_DIR needs a path from the top');
  return typedPath(named, around);
}

/**
 * A path as it was typed, from the top. A `~` at its start that no shell has replaced (`--option=~/x`, a variable in a
 * file) is the home folder. @throws UsageError where there is none, and on another's (`~ann`).
 */
export function typedPath(text: string, around: Surroundings): string {
  const [, rest] = /^~(?:[/\\](.*))?$/s.exec(text) ?? [];
  if (!text.startsWith('~')) return resolve(text);
  if (rest === undefined && text !== '~')
    throw new UsageError(`“${text}” begins with ~; write out the folder it means`);
  return resolve(join(homeOf(around), rest ?? ''));
}

function homeOf({ home }: Surroundings): string {
  if (home !== null) return home;
  throw new UsageError('you have no home folder here; say with --data-dir or LOOM_DATA_DIR where profiles live');
}

function isFromTop({ platform }: Surroundings, path: string): boolean {
  return (platform === 'win32' ? win32 : posix).isAbsolute(path);
}

/**
 * @throws UsageError on a port that is none, a peer host that is not an IP address, adapters that have no names, or a
 * discovery that there is not.
 */
export function serveOptions(
  given: {
    readonly port: string | undefined;
    readonly peerPort: string | undefined;
    readonly peerHost: string | undefined;
    readonly adapters?: string | undefined;
    readonly notAdapters?: string | undefined;
    readonly discovery?: string | undefined;
  },
  around: Surroundings,
): ServeOptions {
  const { peerHost } = given;
  // A name would need a look-up, and Loom asks no DNS server anything.
  if (peerHost !== undefined && isIP(peerHost) === 0) throw new UsageError('--peer-host needs an IP address');
  return {
    port: pagePort('--port', given.port) ?? pagePort('LOOM_PORT', setting(around, 'LOOM_PORT')),
    peerPort: port('--peer-port', given.peerPort) ?? port('LOOM_PEER_PORT', setting(around, 'LOOM_PEER_PORT')) ?? 0,
    peerHost: peerHost ?? null,
    adapters: {
      only:
        adapterNames('--adapters', given.adapters) ?? adapterNames('LOOM_ADAPTERS', setting(around, 'LOOM_ADAPTERS')),
      except:
        adapterNames('--not-adapters', given.notAdapters) ??
        adapterNames('LOOM_NOT_ADAPTERS', setting(around, 'LOOM_NOT_ADAPTERS')) ??
        [],
    },
    discovery:
      backend('--discovery', given.discovery) ??
      backend('LOOM_DISCOVERY', setting(around, 'LOOM_DISCOVERY')) ??
      'builtin',
  };
}

/** A whole number from `least` to `most`. @throws UsageError on anything else. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (value < least || value > most) throw new UsageError(`${name} needs a number from ${least} to ${most}`);
  return value;
}

function port(name: string, text: string | undefined): number | null {
  return text === undefined ? null : wholeNumber(name, text, 0, 65_535);
}

/** @throws UsageError also on a port that no browser opens. */
function pagePort(name: string, text: string | undefined): number | null {
  const value = port(name, text);
  if (value !== null && isRefusedByBrowsers(value)) {
    throw new UsageError(`${name} ${value} is a port that browsers refuse to open; choose another`);
  }
  return value;
}

function backend(option: string, text: string | undefined): DiscoveryBackend | null {
  if (text === undefined) return null;
  if (text !== 'builtin' && text !== 'system') throw new UsageError(`${option} is builtin or system`);
  return text;
}

/** Names as the system writes them, with spaces on some. @throws UsageError where one is empty, or `*` is not its end. */
function adapterNames(option: string, text: string | undefined): readonly string[] | null {
  if (text === undefined) return null;
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => !ADAPTER_NAME.test(name))) {
    throw new UsageError(`${option} needs names of adapters with commas between them, like wlan0,docker*`);
  }
  return names;
}

/** An empty variable counts as unset, as shells leave them. */
function setting(around: Surroundings, name: string): string | undefined {
  const value = around.env[name];
  return value === '' ? undefined : value;
}

/** Of other programs' making: a relative one is to be ignored (XDG Base Directory Specification). */
function folderSetting(around: Surroundings, name: string): string | undefined {
  const value = setting(around, name);
  return value !== undefined && isFromTop(around, value) ? value : undefined;
}

function defaultDataDir(around: Surroundings): string {
  if (around.platform === 'win32') {
    return join(folderSetting(around, 'LOCALAPPDATA') ?? join(homeOf(around), 'AppData', 'Local'), 'Loom');
  }
  if (around.platform === 'darwin') return join(homeOf(around), 'Library', 'Application Support', 'Loom');
  return join(folderSetting(around, 'XDG_DATA_HOME') ?? join(homeOf(around), '.local', 'share'), 'loom-web');
}
