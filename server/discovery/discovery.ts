// Who is near. The engine gives the keys, a backend finds and announces; what it finds is a hint, never an identity.

/** A contact's presence key and the opaque id under which the engine knows that contact. */
export interface PresenceKey {
  readonly contact: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** How a contact whose presence key we do not have is recognised: a key for each direction, which we two alone can make. */
export interface RendezvousKeys {
  readonly contact: string;
  /** 32 bytes each: for what we say to them, and for what they say to us. */
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
}

/** A string of a TXT record holds 255 bytes (RFC 1035 §3.3), `name=` among them. A longer name is cut by its owner. */
export const CARD_NAME_BYTES = 250;

/** A person's name and token, for everyone to read while they are visible. */
export interface Card {
  /** NFC, at most CARD_NAME_BYTES. */
  readonly name: string;
  /** The identity token. */
  readonly token: string;
}

/** What we say of ourselves, and who we look for. */
export interface Presence {
  /** Our presence key, 32 bytes. */
  readonly ownKey: Uint8Array;
  readonly contacts: readonly PresenceKey[];
  /** Contacts we have not met, newest first. */
  readonly unmet: readonly RendezvousKeys[];
  /** Contacts we have met, who may have lost our presence key and theirs: looked for by these as well, told nothing. */
  readonly met?: readonly RendezvousKeys[];
  /** Null: only contacts can tell who we are. */
  readonly card: Card | null;
}

/** A person visible to everyone, by their own account: neither the name nor the token is proven. */
export interface VisibleCard extends Card {
  /** As in a sighting. */
  readonly hosts: readonly string[];
  readonly port: number;
}

/** An advert that matched a contact's presence key. */
export interface Sighting {
  readonly contact: string;
  /** IP addresses, IPv6 link-local with scope. Best first. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** Their clock minus ours, ms, to a quarter of an hour or two; 0: about the same. */
  readonly clockDifference: number;
}

export interface DiscoveryStatus {
  readonly status: 'off' | 'on' | 'unavailable';
  /** Plain English, empty unless unavailable. */
  readonly reason: string;
}

/** Why discovery cannot work here. */
export type DiscoveryProblem =
  | 'macos-denied'
  | 'port-taken'
  | 'port-denied'
  | 'no-multicast'
  /** The system does not let the list of network adapters be read. */
  | 'adapters-unreadable'
  /** Of the system backend: the package it needs, and the responder behind that. */
  | 'responder-missing'
  | 'responder-silent';

/**
 * Packets on one adapter: ours that went out, others' that were heard, ours that were heard again. The system backend
 * counts none: they are the responder's.
 */
export interface Traffic {
  readonly sent: number;
  readonly heard: number;
  readonly own: number;
}

export interface DiscoveryReport {
  readonly problem: DiscoveryProblem | null;
  /** By the adapter's name. */
  readonly traffic: ReadonlyMap<string, Traffic>;
}

export interface DiscoveryListener {
  /** Found, or found with other addresses or under a new name: then its Loom may have started anew. */
  onSighting(sighting: Sighting): void;
  /** Said goodbye, or its advert ran out. */
  onLost(contact: string): void;
  /** Everyone who shows a card, contacts among them, whenever that changes. */
  onPeople(people: readonly VisibleCard[]): void;
  onStatus(status: DiscoveryStatus): void;
}

export interface Discovery {
  /**
   * Announces our presence under `port` and looks for that of contacts. Never rejects: what is not possible here
   * becomes a status. Keys are copied.
   */
  start(presence: Presence, port: number, listener: DiscoveryListener): Promise<void>;
  /** A contact was added or removed, our key was renewed, or who may see us changed. */
  update(presence: Presence): void;
  /** Says goodbye and falls silent. */
  stop(): Promise<void>;
  /**
   * Resolves a `.local` name by mDNS, never by DNS. @returns IP addresses, link-local with scope; empty when no one
   * answers in time, or when discovery is off (then the network stays silent).
   */
  resolve(name: string): Promise<readonly string[]>;
  /** How it goes, since it was started. */
  report(): DiscoveryReport;
}
