// The sessions of the tabs over an end of this process that nobody asked for: a crash, an update, a reboot. One file of
// the profile's folder, for this user alone. It holds what lets those tabs in, so it is believed only as long as it is
// young, ours and of the right shape, and goes with `stop`, with locking, and with age.
//
// `tabs.json`  { sessions: [{ sid, key, usedAt }] }; `usedAt` null: a tab is connected. Its time of change is the last at
//              which this process was alive.
// `tabs.key`   32 random bytes that stay: keepsakes are made of them (proof.ts). They let nobody in.
import { randomBytes } from 'node:crypto';
import { lstatSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../timing/clock.ts';
import { SESSION_KEPT_MS, SESSION_STAMP_MS, SESSIONS } from './limits.ts';

export interface KeptSession {
  /** 16 and 32 bytes as lower-case hex. */
  readonly sid: string;
  readonly key: string;
  /** When its last tab was connected, ms since 1970; null: one is. */
  readonly usedAt: number | null;
}

/** Where sessions outlive the process. */
export interface SessionKeeper {
  /** 32 bytes, the same after each start. */
  readonly secret: Uint8Array;
  /** Those whose tabs may come back, each with the time of its last use. What is too old is gone afterwards. */
  load(): readonly (KeptSession & { readonly usedAt: number })[];
  save(sessions: readonly KeptSession[]): void;
  /** Nothing is to be found of any. */
  forget(): void;
}

/** For a door whose sessions end with the process. */
export function keepNothing(): SessionKeeper {
  return { secret: randomBytes(SECRET_BYTES), load: () => [], save: () => undefined, forget: () => undefined };
}

const SECRET_BYTES = 32;
/** All of them with their JSON around them; a larger file is not ours. */
const FILE_BYTES = 16 * 1024;

const fileSchema = z.strictObject({
  sessions: z
    .array(
      z.strictObject({
        sid: z.string().regex(/^[0-9a-f]{32}$/),
        key: z.string().regex(/^[0-9a-f]{64}$/),
        usedAt: z.number().nonnegative().nullable(),
      }),
    )
    .max(SESSIONS),
});

export interface SessionFileOptions {
  /** Of the profile; exists, 0700. */
  readonly folder: string;
  readonly clock: Clock;
  /** Overwrites a file and removes it; says nothing when there is none. */
  readonly erase: (path: string) => unknown;
}

export class SessionFile implements SessionKeeper {
  readonly secret: Uint8Array;
  readonly #options: SessionFileOptions;
  readonly #path: string;
  #cancelStamp: () => void = () => undefined;

  constructor(options: SessionFileOptions) {
    this.#options = options;
    this.#path = join(options.folder, 'tabs.json');
    this.secret = keptSecret(join(options.folder, 'tabs.key'));
    this.#stamp();
  }

  load(): readonly (KeptSession & { readonly usedAt: number })[] {
    const now = this.#options.clock.now();
    const found = this.#read(now);
    if (found.length === 0) this.forget();
    return found.filter(({ usedAt }) => isYoung(usedAt, now));
  }

  save(sessions: readonly KeptSession[]): void {
    if (sessions.length === 0) {
      this.forget();
      return;
    }
    const draft = `${this.#path}.new`;
    try {
      rmSync(draft, { force: true });
      writeFileSync(draft, JSON.stringify({ sessions }), { mode: 0o600, flag: 'wx' });
      const now = this.#options.clock.now() / 1000;
      utimesSync(draft, now, now);
      renameSync(draft, this.#path);
    } catch {
      // The one before may let in whom we have thrown out since. Nobody comes back then, and that is all.
      this.forget();
    }
  }

  forget(): void {
    this.#options.erase(`${this.#path}.new`);
    this.#options.erase(this.#path);
  }

  /** The process ends: it no longer says that it lives. */
  stop(): void {
    this.#cancelStamp();
  }

  #read(now: number): (KeptSession & { readonly usedAt: number })[] {
    try {
      const stats = lstatSync(this.#path);
      const { mtimeMs, size } = stats;
      if (!isOurs(stats) || size > FILE_BYTES || !isYoung(mtimeMs, now)) return [];
      const { sessions } = fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
      return sessions.map((session) => ({ ...session, usedAt: session.usedAt ?? mtimeMs }));
    } catch {
      return [];
    }
  }

  #stamp(): void {
    this.#cancelStamp = this.#options.clock.after(SESSION_STAMP_MS, () => {
      const now = this.#options.clock.now() / 1000;
      try {
        utimesSync(this.#path, now, now);
      } catch {
        // There is none, or its folder is gone.
      }
      this.#stamp();
    });
  }
}

/** A file, no link to one, that nobody else may open. */
function isOurs(stats: Stats): boolean {
  const user = process.getuid?.();
  return stats.isFile() && (user === undefined || (stats.uid === user && (stats.mode & 0o077) === 0));
}

/** A time to come means that the clock was set back: how old it is, nobody knows. */
function isYoung(at: number, now: number): boolean {
  // A file's time of change is kept with another grain than the clock's.
  return at <= now + 1000 && now - at < SESSION_KEPT_MS;
}

/** A disk that refuses it costs the tabs that want to come back to us under another session, and nothing else. */
function keptSecret(path: string): Uint8Array {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.size === SECRET_BYTES && isOurs(stats)) return readFileSync(path);
    const secret = randomBytes(SECRET_BYTES);
    rmSync(path, { force: true });
    writeFileSync(path, secret, { mode: 0o600, flag: 'wx' });
    return secret;
  } catch {
    return randomBytes(SECRET_BYTES);
  }
}
