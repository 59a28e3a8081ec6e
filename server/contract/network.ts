// This computer on its networks: who is seen there, and who sees us.
import { z } from 'zod';
import { command, none, READY, result } from './command.ts';
import type { ContactId } from './ids.ts';

/** A contact seen on the local network right now. */
export interface NearbyPeer {
  readonly contact: ContactId;
  readonly addresses: readonly string[];
  readonly seenAt: number;
}

export interface LinkFacts {
  readonly contact: ContactId | null;
  readonly address: string;
  readonly role: 'initiator' | 'responder';
  readonly since: number;
}

export interface DiscoveryFacts {
  /** `unavailable`: switched on, but this machine does not let us (see reason). */
  readonly status: 'off' | 'on' | 'unavailable';
  /** In plain words, empty unless unavailable. */
  readonly reason: string;
}

/**
 * Who can tell on the network that we are here. `contacts`: they alone. `everyone`: who is nearby reads name and token, for
 * ten minutes, and may ask to pair. `off`: nothing is announced and nobody is looked for.
 */
export type VisibilityMode = 'contacts' | 'everyone' | 'off';

export interface Visibility {
  readonly mode: VisibilityMode;
  /** When `everyone` ends; null in the other modes. */
  readonly until: number | null;
}

export interface NetworkFacts {
  /** TCP port for peers. */
  readonly peerPort: number;
  /** `HOST:PORT` under which others on the network reach us. */
  readonly addresses: readonly string[];
  readonly discovery: DiscoveryFacts;
  readonly visibility: Visibility;
  readonly links: readonly LinkFacts[];
}

export const networkCommands = {
  'peer.list': command({
    params: none,
    result: result<readonly NearbyPeer[]>(),
    repeatable: true,
    needs: READY,
  }),
  'network.status': command({
    params: none,
    result: result<NetworkFacts>(),
    repeatable: true,
    needs: READY,
  }),
  /** `everyone` lasts ten minutes from each time it is asked for; the others are kept. */
  'network.visibility': command({
    params: z.strictObject({ mode: z.enum(['contacts', 'everyone', 'off']) }),
    result: result<NetworkFacts>(),
    repeatable: false,
    needs: READY,
  }),
};

export interface NetworkEvents {
  'peer.discovered': { readonly peer: NearbyPeer };
  'peer.lost': { readonly contact: ContactId };
  'network.changed': { readonly network: NetworkFacts };
}
