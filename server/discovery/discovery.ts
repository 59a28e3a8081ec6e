// Who is near. The engine gives the keys, a backend finds and announces; what it finds is a hint, never an identity.

/** A contact's presence key and the opaque id under which the engine knows that contact. */
export interface PresenceKey {
  readonly contact: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** An advert that matched a contact's presence key. */
export interface Sighting {
  readonly contact: string;
  /** IP addresses, IPv6 link-local with scope. Best first. */
  readonly hosts: readonly string[];
  readonly port: number;
}

export interface DiscoveryStatus {
  readonly status: 'off' | 'on' | 'unavailable';
  /** Plain English, empty unless unavailable. */
  readonly reason: string;
}

export interface DiscoveryListener {
  /** Found, or found with other addresses or under a new name: then its Loom may have started anew. */
  onSighting(sighting: Sighting): void;
  /** Said goodbye, or its advert ran out. */
  onLost(contact: string): void;
  onStatus(status: DiscoveryStatus): void;
}

export interface Discovery {
  /**
   * Announces our presence key under `port` and looks for those of contacts. Never rejects: what is not possible here
   * becomes a status.
   * @param ownKey our presence key, 32 bytes.
   */
  start(ownKey: Uint8Array, port: number, contacts: readonly PresenceKey[], listener: DiscoveryListener): Promise<void>;
  /** Replaces the keys: a contact was added or removed, or ours was renewed. */
  update(ownKey: Uint8Array, contacts: readonly PresenceKey[]): void;
  /** Says goodbye and falls silent. */
  stop(): Promise<void>;
  /**
   * Resolves a `.local` name by mDNS, never by DNS. @returns IP addresses, link-local with scope; empty when nobody
   * answers in time, or when discovery is off (then the network stays silent).
   */
  resolve(name: string): Promise<readonly string[]>;
}
