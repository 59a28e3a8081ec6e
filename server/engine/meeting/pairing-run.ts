// One pairing under way, as `pairing.ts` keeps it and as people see it.
import type { Pairing, PairingState } from '../../contract/model.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { PAIR_TRIES } from '../../protocol/limits.ts';
import type { GuestState } from '../../protocol/pairing/guest.ts';
import type { HostState } from '../../protocol/pairing/host.ts';
import type { PairContext } from '../../protocol/pairing/keys.ts';
import type { Link } from '../links/link.ts';
import type { Greeting } from '../links/greeter.ts';

export interface Run {
  readonly role: Pairing['role'];
  readonly id: string;
  readonly ik: IdentityPublicKey;
  name: string;
  view: PairingState;
  /** What the protocol says; the guest has none before there is a link. */
  state: HostState | GuestState | null;
  link: { readonly link: Link; readonly greeting: Greeting; readonly context: PairContext } | null;
  until: number;
  cancelTimer: () => void;
  readonly abort: AbortController;
}

export function newRun(role: Run['role'], id: string, ik: IdentityPublicKey): Run {
  return {
    ...{ role, id, ik, name: '', view: { kind: 'dialling' }, state: null, link: null, until: 0 },
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
