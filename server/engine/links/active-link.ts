// An open link to a device of a contact, both having greeted as contacts: what messages travel on.
import type { MessageId } from '../../contract/ids.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';
import type { OutboxFacts } from '../../storage/tables/outbox.ts';
import type { Link } from './link.ts';

/** An active link that a new link of the same device, or another network, makes suspect must answer within this, ms. */
export const PROBE_MS = 2_000;

/** How our messages go on an active link (`delivery/drain.ts`). */
export type Sending =
  /** Older ones wait on disk for room on the link, or for a session. */
  | { readonly kind: 'behind' }
  /** What waits is read from disk and handed to the link. */
  | { readonly kind: 'draining' }
  /** Nothing older waits: new messages go straight to the wire. */
  | { readonly kind: 'direct' }
  /** They take none right now; `id`, the first of those, is tried again when `wait` ms are over. */
  | {
      readonly kind: 'resting';
      readonly id: MessageId;
      readonly wait: number;
      readonly since: number;
      readonly cancel: () => void;
    }
  /** `id` goes alone, to see whether they take it. */
  | { readonly kind: 'probing'; readonly id: MessageId; readonly wait: number };

/** How theirs come in on it (`delivery/inbox.ts`). */
export type Receiving =
  | { readonly kind: 'open' }
  /** We had no room for this one: nothing else is taken before it, so that order is kept. */
  | { readonly kind: 'full'; readonly id: MessageId }
  /** One could not be opened: nothing more is taken, for it would stand before that one. */
  | { readonly kind: 'diverged' };

/** The session that two sides of a link came to. */
export interface AgreedSession {
  /** Hex id. */
  readonly id: string;
  /** False: it was made just now. */
  readonly resumed: boolean;
}

export interface ActiveLink extends PeerDevice {
  readonly link: Link;
  /** Identity key of the side that dialled, for the one-link rule. */
  readonly initiator: IdentityPublicKey;
  /** What their Loom can do, bits of HELLO. */
  readonly features: number;
  /** Hex id of the session that it sends in. */
  readonly session: string;
  /** False: the session was made with this link. */
  readonly resumed: boolean;
  /** Position of the last message handed to the link. */
  sentUpTo: number;
  sending: Sending;
  receiving: Receiving;
  /** What is on its way, by id: whose acknowledgement need not be looked up. At most `FLYING`, others are looked up. */
  readonly inFlight: Map<MessageId, OutboxFacts>;
  /** How often each message was refused on this link, by id. */
  readonly refusals: Map<MessageId, number>;
}

export function openActiveLink(
  { contact, device }: PeerDevice,
  link: Link,
  { initiator, features }: Pick<ActiveLink, 'initiator' | 'features'>,
  { id, resumed }: AgreedSession,
): ActiveLink {
  return {
    contact,
    device,
    link,
    ...{ initiator, features },
    session: id,
    resumed,
    sentUpTo: -Infinity,
    sending: { kind: 'behind' },
    receiving: { kind: 'open' },
    inFlight: new Map(),
    refusals: new Map(),
  };
}

/** Do they take nothing right now, as far as we know? */
export function isRefused({ sending }: ActiveLink): boolean {
  return sending.kind === 'resting' || sending.kind === 'probing';
}
