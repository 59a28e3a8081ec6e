import type { TimerClock } from '../../timing/timer-group.ts';
import type { Hmac } from '../hint.ts';
import type { Interfaces } from '../../network/adapters.ts';

export interface MdnsOptions {
  readonly primitives: Hmac;
  readonly clock: TimerClock;
  /** Random bytes of the given length. */
  readonly random: (length: number) => Uint8Array;
  /** What adapters there are; by default all of this machine's. */
  readonly interfaces?: () => Interfaces;
  /** Whether they could be read when they were last asked for; by default they always can. */
  readonly readable?: () => boolean;
  /** UDP port, 5353 by default. */
  readonly port?: number;
}
