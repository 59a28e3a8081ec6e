// Whose a link is. It passes through phases, each with one owner that hears what happens on it; it is handed over once
// for each, and never back.
//
//   dialled ──▶ proving ──▶ greeting ─┬─▶ visiting   we dialled, and are no contact of theirs
//   accepted ───────────────▲         ├─▶ stranger   they are no contact of ours
//                                     ├─▶ bulk       a contact's, for the bytes of files
//                                     └─▶ waiting    a contact's, on which no messages travel (yet) ──▶ active
import type { StaticPublicKey } from '../../crypto/keys.ts';
import { RECORD, type LinkRecord } from '../../protocol/records.ts';
import { answer, smallRecord, type Weight } from './flow/record-weight.ts';

interface Owner {
  /** The link is closed, whoever ended it; once, and to the owner of that time alone. */
  readonly onClosed: () => void;
}

/** Initiator: the other side has yet to prove its static key. */
export interface ProvingPhase extends Owner {
  readonly kind: 'proving';
  /** It holds the static key we dialled. Nothing of ours is shown before `proceed`. */
  readonly onProven: () => void;
}

/** HELLOs are exchanged: who is there? */
export interface GreetingPhase extends Owner {
  readonly kind: 'greeting';
  /** Responder: message 1 is here, to be opened by `answer`; left out, that happens at once. */
  readonly onCalled?: () => void;
  readonly onSecured: (theirStatic: StaticPublicKey) => void;
  readonly onRecord: (record: LinkRecord) => void;
}

/** What was read is given to the parts that take it (`record-router.ts`). */
interface Routed extends Owner {
  readonly onRecord: (record: LinkRecord) => void;
  readonly weightOf: (record: LinkRecord) => Weight;
}

export interface MetPhase extends Routed {
  readonly kind: 'visiting' | 'stranger' | 'waiting';
}

/** Messages travel on it. */
export interface ActivePhase extends Routed {
  readonly kind: 'active';
  /** What was written is with the network, or the bulk lane has room again. */
  readonly onDrain: () => void;
  /** Answers are owed for too long, or come again. */
  readonly onSuspect: (suspect: boolean) => void;
  /** Something of ours was stored. */
  readonly onAcknowledged: () => void;
}

/** The bytes of files travel on it. */
export interface BulkPhase extends Routed {
  readonly kind: 'bulk';
  /** What was written is with the network. */
  readonly onDrain: () => void;
}

export type LinkPhase = ProvingPhase | GreetingPhase | MetPhase | ActivePhase | BulkPhase;

const next: Readonly<Record<LinkPhase['kind'], readonly LinkPhase['kind'][]>> = {
  proving: ['greeting'],
  greeting: ['visiting', 'stranger', 'waiting', 'bulk'],
  visiting: [],
  stranger: [],
  waiting: ['active'],
  active: [],
  bulk: [],
};

/** @param from null: the link is new. */
export function mayFollow(from: LinkPhase | null, to: LinkPhase): boolean {
  return from ? next[from.kind].includes(to.kind) : to.kind === 'proving' || to.kind === 'greeting';
}

/** What a record counts that comes in this phase. @param owed answers that the other side owes us. */
export function weightIn(phase: LinkPhase | null, record: LinkRecord, owed: number): number {
  if (record.type === RECORD.pong) return answer(record.body, owed);
  const weight = phase && 'weightOf' in phase ? phase.weightOf(record) : smallRecord;
  return weight(record.body, owed);
}
