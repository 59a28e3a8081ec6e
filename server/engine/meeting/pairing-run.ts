// One pairing under way, as `pairing.ts` keeps it and as people see it.
import type { Pairing, PairingEnd, PairingState } from '../../contract/model.ts';
import type { PairingId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { PAIR_TRIES } from '../../protocol/limits.ts';
import type { GuestState } from '../../protocol/pairing/guest.ts';
import type { HostState } from '../../protocol/pairing/host.ts';
import type { PairContext } from '../../protocol/pairing/keys.ts';
import { BYE } from '../../protocol/records.ts';
import type { GreetedLink } from '../links/greeter.ts';

/** A link that ends this shortly before the code does ended with it: the host's two minutes began a little earlier. */
const EXPIRY_SLACK_MS = 5_000;

/** The link of a pairing, and what the protocol says of it. */
interface Met<State> extends GreetedLink {
  readonly context: PairContext;
  state: State;
}

interface AnyRun {
  readonly id: PairingId;
  readonly ik: IdentityPublicKey;
  name: string;
  view: PairingState;
  until: number;
  cancelTimer: () => void;
  readonly abort: AbortController;
}

export interface HostRun extends AnyRun {
  readonly role: 'host';
  readonly met: Met<HostState>;
}

export interface GuestRun extends AnyRun {
  readonly role: 'guest';
  /** Null: being dialled. */
  met: Met<GuestState> | null;
}

export type Run = HostRun | GuestRun;

export function newRun(id: PairingId, ik: IdentityPublicKey): AnyRun {
  return {
    ...{ id, ik, name: '', view: { kind: 'dialling' }, until: 0 },
    cancelTimer: () => undefined,
    abort: new AbortController(),
  };
}

/** A code nobody has tried yet. */
export function shown(code: string, until: number): PairingState {
  return { kind: 'showing', code, left: PAIR_TRIES, until };
}

export function viewOf({ id, role, ik, name, view }: Run): Pairing {
  return { id, role, name, publicKey: toHex(ik), state: view };
}

/** @param farewell reason of the BYE they sent; null: none came. @param now ms, wall clock. */
export function whyClosed({ until, view }: Run, farewell: number | null, now: number): PairingEnd {
  if (now > until - EXPIRY_SLACK_MS) return 'expired';
  if (farewell === null || farewell === BYE.protocolError) return 'lost';
  return view.kind === 'dialling' ? 'refused' : 'cancelled';
}
