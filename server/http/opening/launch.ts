// A code that we hand to a browser ourselves, and whether a page came by it: the browser may have shown an error, or nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { deferred } from '../../timing/deferred.ts';
import type { Access } from '../access.ts';
import { CALL_HOME_MS, CODE_OPENED_MS } from '../limits.ts';

export class Launch {
  readonly code: string;
  /** False once the time that a browser needs is over. */
  readonly arrived: Promise<boolean>;
  /** False once the code is too old. */
  readonly settled: Promise<boolean>;

  constructor(access: Access) {
    const redeemed = deferred<true>();
    this.code = access.mintCode('opened', () => redeemed.resolve(true));
    // No timer of these keeps the process from its end.
    const within = (ms: number): Promise<boolean> => Promise.race([redeemed.promise, sleep(ms, false, { ref: false })]);
    this.arrived = within(CALL_HOME_MS);
    this.settled = within(CODE_OPENED_MS);
  }
}
