// What the doctor sees and thinks (`network.doctor`).
import type { Connection, DiscoveryFacts, Id } from './model.ts';

/** An adapter of this machine, and multicast on it since discovery began. */
export interface AdapterFacts {
  readonly name: string;
  readonly kind: 'network' | 'vpn' | 'virtual' | 'loopback';
  readonly addresses: readonly string[];
  /** Packets of ours that went out; of others that were heard; of ours that were heard again. */
  readonly sent: number;
  readonly heard: number;
  readonly own: number;
}

/** An address of a contact, tried once. */
export interface Tried {
  /** `HOST:PORT`. */
  readonly address: string;
  readonly source: 'announced' | 'typed' | 'link' | 'request';
  /** On a network that this machine is on, too. */
  readonly neighbour: boolean;
  /** `silent`: it took the connection and said nothing. `other-identity`: somebody, but not this contact. */
  readonly outcome: 'reached' | 'refused' | 'unreachable' | 'timeout' | 'silent' | 'other-identity';
  readonly ms: number;
}

/** What the doctor thinks. */
export type Finding =
  | 'fine'
  | 'online'
  | 'reachable'
  | 'blocked'
  | 'not-added'
  | 'no-address'
  | 'inbound-dropped'
  | 'not-running'
  | 'stale-address'
  | 'wrong-subnet'
  | 'away'
  | 'macos-denied'
  | 'no-network'
  | 'discovery-off'
  | 'port-taken'
  | 'port-denied'
  | 'no-multicast'
  | 'multicast-dropped'
  | 'nobody-heard'
  | 'virtual-only'
  | 'vpn';

export interface Diagnosis {
  readonly at: number;
  readonly peerPort: number;
  readonly adapters: readonly AdapterFacts[];
  readonly discovery: DiscoveryFacts;
  readonly contact: {
    readonly contact: Id;
    readonly lastSeen: number | null;
    readonly connection: Connection;
    /** Announced on the network right now. */
    readonly nearby: boolean;
    readonly tried: readonly Tried[];
  } | null;
  /** The likeliest first; never empty. */
  readonly findings: readonly Finding[];
}
