// The launcher of a profile on this computer: put where the desktop finds programs, looked for, and taken away.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Launcher as LauncherPort } from '../../http/opening/launcher.ts';
import type { ProfilePlace, Surroundings } from '../../options.ts';
import { launcherFiles, MARK } from './launcher-files.ts';
import type { LauncherFile, LauncherFiles, LauncherOptions } from './launcher-files.ts';
import { npxName, placeOptions, thisStart } from '../own-command.ts';
import type { Start } from '../own-command.ts';

/** In the profile's folder: the person was asked, and wants none. */
const DECLINED = 'no-launcher';

export class Launcher implements LauncherPort {
  readonly #place: ProfilePlace;
  readonly #options: LauncherOptions;
  #made: LauncherFiles | null | undefined;

  /** @param icon SVG. */
  constructor(place: ProfilePlace, around: Surroundings, icon: () => string, start = thisStart()) {
    const words = [...launchWords(start), 'open', ...placeOptions(place, around)];
    this.#place = place;
    this.#options = { words, place, around, icon };
  }

  /** Made when they are wanted: most starts of Loom want none. */
  get #files(): LauncherFiles | null {
    if (this.#made === undefined) this.#made = launcherFiles(this.#options);
    return this.#made;
  }

  get path(): string | null {
    return this.#files?.main.path ?? null;
  }

  get state(): 'none' | 'installed' | 'foreign' | 'impossible' {
    if (this.#files === null) return 'impossible';
    const text = readText(this.#files.main.path);
    if (text === null) return 'none';
    return text.includes(MARK) ? 'installed' : 'foreign';
  }

  get declined(): boolean {
    return existsSync(join(this.#place.folder, DECLINED));
  }

  decline(): void {
    writeFileSync(join(this.#place.folder, DECLINED), '', { mode: 0o600 });
  }

  /** Also over an older one of ours. @returns whether it is there now. */
  install(): boolean {
    const files = this.#files;
    if (files === null || this.state === 'foreign') return false;
    for (const file of [...files.others, files.main]) write(file);
    return true;
  }

  /** Only what we put there. An icon that other profiles use stays. @returns whether there is none of ours now. */
  remove(): boolean {
    const files = this.#files;
    if (files === null || this.state !== 'installed') return this.state !== 'foreign';
    rmSync(files.main.path, { force: true });
    if (files.folder !== null) rmSync(files.folder, { recursive: true, force: true });
    return true;
  }
}

/** Files from the top: what the desktop starts may know another PATH than a terminal. */
function launchWords({ script, node }: Start): readonly string[] {
  const named = npxName(script);
  // What npx keeps may be cleared away; npx itself fetches it again.
  const npx = join(dirname(process.env.npm_execpath ?? ''), 'npx-cli.js');
  return named !== null && existsSync(npx) ? [node, npx, '--yes', named] : [node, script];
}

function write({ path, text, mode }: LauncherFile): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode, flag: 'wx' });
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
