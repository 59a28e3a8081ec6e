import type { DiscoveryClock } from '../clock.ts';
import type { Hmac } from '../presence.ts';

export interface MdnsOptions {
  readonly primitives: Hmac;
  readonly clock: DiscoveryClock;
  /** Random bytes of the given length. */
  readonly random: (length: number) => Uint8Array;
  /** Names of the adapters to use, `['lo']` in tests; by default all that lead out, or loopback where none does. */
  readonly interfaces?: readonly string[];
  /** UDP port, 5353 by default. */
  readonly port?: number;
}
