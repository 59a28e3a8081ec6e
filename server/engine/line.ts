// An open channel to a contact, both having greeted as contacts: what messages travel on.
import type { OutboxFacts } from '../storage/outbox.ts';
import type { Channel } from './channel.ts';

/** A line that a new link of the same contact, or another network, puts in doubt must answer within this. */
export const PROBE_MS = 2_000;

export interface Line {
  readonly contact: string;
  readonly channel: Channel;
  /** Identity key of the side that dialled, for the one-link rule. */
  readonly initiator: Uint8Array;
  /** Hex id of the session this line sends in. */
  readonly session: string;
  /** Order of the last message handed to the channel. */
  sentUpTo: number;
  /** Nothing older waits: new messages may go straight to the wire. */
  caughtUp: boolean;
  pumping: boolean;
  /** One of theirs could not be opened: nothing more is taken on this line, for it would stand before that one. */
  diverged: boolean;
  /** What is on its way, by id: whose acknowledgement need not be looked up. At most `FLYING`, others are looked up. */
  readonly flying: Map<string, OutboxFacts>;
  /** How often each message was refused on this line, by id. */
  readonly refusals: Map<string, number>;
}

export function openLine(contact: string, channel: Channel, initiator: Uint8Array, session: string): Line {
  return {
    contact,
    channel,
    initiator,
    session,
    sentUpTo: -Infinity,
    caughtUp: false,
    pumping: false,
    diverged: false,
    flying: new Map(),
    refusals: new Map(),
  };
}
