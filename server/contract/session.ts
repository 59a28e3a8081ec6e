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
  /** The tab that unlocked asks for the session that takes the place of its own, which unlocking has used up. */
  'session.renew': command({
    params: none,
    /** 16 and 32 bytes as hex. */
    result: result<{ readonly sid: string; readonly key: string }>(),
    repeatable: false,
    needs: { state: 'any', caller: 'tab' },
  }),
  /** Ends the process cleanly. */
  'process.stop': command({
    params: none,
    result: result<Done>(),
    repeatable: false,
    needs: { state: 'any', caller: 'control' },
  }),
};
