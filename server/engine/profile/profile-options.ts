// What a profile is made of: its folder, time, randomness, sockets and adapters, all of them parameters.
import type { Haunts } from '../../backup/places.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import type { Discovery } from '../../discovery/discovery.ts';
import type { Interfaces } from '../../network/adapters.ts';
import type { LocalAddress } from '../../network/network-watch.ts';
import type { Transport } from '../../transport/transport.ts';
import type { Clock } from '../../timing/clock.ts';

export interface ProfileOptions {
  readonly name: string;
  /** The profile's own folder; exists, 0700. */
  readonly folder: string;
  /** Names in it that are others' to remove. */
  readonly keep?: (name: string) => boolean;
  readonly version: string;
  readonly primitives: Primitives;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly peerHost: string;
  readonly peerPort: number;
  readonly discovery: Discovery;
  /** The adapters that may be used. Left out: all of this machine's. */
  readonly interfaces?: () => Interfaces;
  readonly addresses: () => readonly LocalAddress[];
  /** What the network this machine is on is called. */
  readonly network: () => string;
  /** Where to look for backups. Left out: the person's home, and what is plugged in. */
  readonly haunts?: Haunts;
  /** Called once the profile is locked: what it left in memory may go. */
  readonly onLocked?: () => void;
}
