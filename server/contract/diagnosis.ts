// What the doctor sees and thinks (`network.doctor`).
import { z } from 'zod';
import { command, READY, result } from './command.ts';
import type { Connection } from './contacts.ts';
import { contactIdSchema, type ContactId } from './ids.ts';
import type { DiscoveryFacts } from './network.ts';

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

/** Whether one of the two could dial the other just now. */
export type Reach = 'yes' | 'no' | 'untested';

/** What an online contact's Loom answered when it was asked to test us, too. */
export interface CheckResult {
  /** Their clock minus ours, ms. */
  readonly clockDifference: number;
  /** They see what we announce. */
  readonly theySeeUs: boolean;
  /** Addresses of ours as they know them, each dialled by them. */
  readonly theyTried: readonly Pick<Tried, 'address' | 'outcome' | 'ms'>[];
}

/** What stands at this computer's door, as far as can be seen without being its administrator; by system where nothing can. */
export type Firewall = 'ufw' | 'firewalld' | 'nftables' | 'linux' | 'macos' | 'windows' | 'other';

/** What to let in here. */
export interface FirewallAdvice {
  readonly firewall: Firewall;
  readonly opens: readonly { readonly protocol: 'TCP' | 'UDP'; readonly port: number }[];
  /** To be pasted into a terminal here; empty where nothing is known to help. */
  readonly commands: readonly string[];
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
  | 'they-cannot-reach-us'
  | 'behind-router'
  | 'we-cannot-reach-them'
  | 'clock-off'
  | 'they-do-not-hear-us'
  | 'we-do-not-hear-them'
  | 'no-network'
  | 'discovery-off'
  | 'port-taken'
  | 'port-denied'
  | 'no-multicast'
  | 'adapters-unreadable'
  | 'responder-missing'
  | 'responder-silent'
  | 'multicast-dropped'
  | 'nobody-heard'
  | 'virtual-only'
  | 'vpn'
  | 'files-changed';

export interface Diagnosis {
  readonly at: number;
  readonly peerPort: number;
  readonly adapters: readonly AdapterFacts[];
  readonly discovery: DiscoveryFacts;
  readonly contact: {
    readonly contact: ContactId;
    readonly lastSeen: number | null;
    readonly connection: Connection;
    /** Announced on the network right now. */
    readonly nearby: boolean;
    readonly tried: readonly Tried[];
    /** Their clock minus ours, ms, as what they announce tells it: to a quarter of an hour or two. Null: nothing is. */
    readonly announcedClock: number | null;
    /** Null: not connected, or they did not answer. */
    readonly compared: CheckResult | null;
    readonly weReach: Reach;
    readonly theyReach: Reach;
  } | null;
  /** The likeliest first; never empty. */
  readonly findings: readonly Finding[];
  /** Null: nothing found has to do with a firewall here. */
  readonly advice: FirewallAdvice | null;
}

export const doctorCommands = {
  /** Looks at this machine's networks and, with a contact, tries each of their addresses once. Takes seconds. */
  'network.doctor': command({
    params: z.strictObject({ contact: contactIdSchema.optional() }),
    result: result<Diagnosis>(),
    repeatable: false,
    needs: READY,
  }),
};
