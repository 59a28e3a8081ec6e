// What an engine is made of: time, randomness, sockets, disk and networks, all of them parameters.
import type { Primitives } from '../crypto/primitives.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { Interfaces } from '../network/adapters.ts';
import type { LocalAddress } from '../network/network-watch.ts';
import type { Store } from '../storage/profile-store.ts';
import type { IdentityRecord } from '../storage/tables/identity.ts';
import type { Clock } from '../timing/clock.ts';
import type { Transport } from '../transport/transport.ts';
import type { EventLog } from './event-log.ts';

export interface EngineOptions {
  readonly primitives: Primitives;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly discovery: Discovery;
  readonly events: EventLog;
  readonly store: Store;
  readonly identity: IdentityRecord;
  /** Where peers reach us. */
  readonly peerPort: number;
  /** The adapters that may be used. */
  readonly interfaces: () => Interfaces;
  /** The machine's addresses, watched for changes, and what the network it is on is called. */
  readonly addresses: () => readonly LocalAddress[];
  readonly network: () => string;
}
