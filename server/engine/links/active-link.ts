// An open link to a contact, both having greeted as contacts: what messages travel on.
import type { MessageId } from '../../contract/ids.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import type { OutboxFacts, Peer } from '../../storage/tables/outbox.ts';
import type { Link } from './link.ts';

/** An active link that a new link of the same contact, or another network, makes suspect must answer within this, ms. */
export const PROBE_MS = 2_000;

/**
 * How our messages go on an active link: they take them; they take none right now, and `id`, the first of those, is tried again
 * later; `id` is on its way alone, to see whether they do.
 */
export type Flow =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'resting';
      readonly id: MessageId;
      readonly wait: number;
      readonly since: number;
      readonly cancel: () => void;
    }
  | { readonly kind: 'probing'; readonly id: MessageId; readonly wait: number };

/** The session that two sides of a link came to. */
export interface AgreedSession {
  /** Hex id. */
  readonly id: string;
  /** False: it was made just now. */
  readonly resumed: boolean;
}

export interface ActiveLink extends Peer {
  readonly link: Link;
  /** Identity key of the side that dialled, for the one-link rule. */
  readonly initiator: IdentityPublicKey;
  /** Hex id of the session that it sends in. */
  readonly session: string;
  /** False: the session was made with this link. */
  readonly resumed: boolean;
  /** Position of the last message handed to the link. */
  sentUpTo: number;
  /** Nothing older waits: new messages may go straight to the wire. */
  caughtUp: boolean;
  draining: boolean;
  /** One of theirs could not be opened: nothing more is taken on this link, for it would stand before that one. */
  diverged: boolean;
  flow: Flow;
  /** The one of theirs that we had no room for: nothing else is taken before it, so that order is kept. Null: none. */
  awaits: MessageId | null;
  /** What is on its way, by id: whose acknowledgement need not be looked up. At most `FLYING`, others are looked up. */
  readonly inFlight: Map<MessageId, OutboxFacts>;
  /** How often each message was refused on this link, by id. */
  readonly refusals: Map<MessageId, number>;
}

export function openActiveLink(
  { contact, device }: Peer,
  link: Link,
  initiator: IdentityPublicKey,
  { id, resumed }: AgreedSession,
): ActiveLink {
  return {
    contact,
    device,
    link,
    initiator,
    session: id,
    resumed,
    sentUpTo: -Infinity,
    caughtUp: false,
    draining: false,
    diverged: false,
    flow: { kind: 'open' },
    awaits: null,
    inFlight: new Map(),
    refusals: new Map(),
  };
}
