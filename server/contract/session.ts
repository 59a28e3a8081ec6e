// A connection to the daemon itself: its events, codes for more tabs, its end.
import { z } from 'zod';
import { ANY, command, none, result, type Done } from './command.ts';
import type { EventMessage } from './events.ts';

export interface Subscription {
  /** Random for each start of the daemon: a cursor of another boot means nothing. */
  readonly boot: string;
  /** Where the stream stands now. */
  readonly cursor: number;
  /** What was missed since the given cursor; null: too long ago, reload everything. */
  readonly missed: readonly EventMessage[] | null;
}

/** The launcher among the programs of the person's desktop. */
export interface LauncherStatus {
  /** `foreign`: another file has its name. `impossible`: this system has no place for one. */
  readonly state: 'none' | 'installed' | 'foreign' | 'impossible';
  /** There is none, and the person has not said that they want none. */
  readonly offer: boolean;
}

export const sessionCommands = {
  /** All since this cursor; null: from now on. Events follow on the same connection. */
  'events.subscribe': command({
    params: z.strictObject({ cursor: z.int().nonnegative().nullable(), boot: z.string().max(64).nullable() }),
    result: result<Subscription>(),
    repeatable: false,
    needs: ANY,
  }),
  /** A single-use code that opens one more tab. */
  'session.code': command({
    params: none,
    result: result<{ readonly code: string }>(),
    repeatable: false,
    needs: { state: 'any', caller: 'owner' },
  }),
  /** The address that opens Loom in a browser, with a fresh code in its fragment. */
  'session.url': command({
    params: none,
    result: result<{ readonly url: string }>(),
    repeatable: false,
    needs: { state: 'any', caller: 'control' },
  }),
  /** The address for the file that opens in a browser by itself, with a fresh code. */
  'session.launch': command({
    params: none,
    result: result<{ readonly url: string }>(),
    repeatable: false,
    needs: { state: 'any', caller: 'control' },
  }),
  /** Whether a page got in by this connection's last `session.launch`: within seconds, and asked again, a minute. */
  'session.launched': command({
    params: none,
    result: result<{ readonly arrived: boolean }>(),
    repeatable: false,
    needs: { state: 'any', caller: 'control' },
  }),
  /** The tab that unlocked asks for the session that takes the place of its own, which unlocking has used up. */
  'session.renew': command({
    params: none,
    /** 16 and 32 bytes as hex. */
    result: result<{ readonly sid: string; readonly key: string }>(),
    repeatable: false,
    needs: { state: 'any', caller: 'tab' },
  }),
  'launcher.get': command({
    params: none,
    result: result<LauncherStatus>(),
    repeatable: true,
    needs: { state: 'any', caller: 'owner' },
  }),
  /** Puts Loom among the programs of the person's desktop. */
  'launcher.install': command({
    params: none,
    result: result<LauncherStatus>(),
    repeatable: true,
    needs: { state: 'any', caller: 'owner' },
  }),
  'launcher.remove': command({
    params: none,
    result: result<LauncherStatus>(),
    repeatable: true,
    needs: { state: 'any', caller: 'owner' },
  }),
  /** The person wants none, and no more asking. */
  'launcher.decline': command({
    params: none,
    result: result<LauncherStatus>(),
    repeatable: true,
    needs: { state: 'any', caller: 'owner' },
  }),
  /** Ends the process cleanly. */
  'process.stop': command({
    params: none,
    result: result<Done>(),
    repeatable: false,
    needs: { state: 'any', caller: 'control' },
  }),
};
