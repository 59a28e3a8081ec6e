// When to dial a contact: one small state machine for each, effects as data, run by `peers.ts`.
//
//            addresses            due / now
//   resting ───────────▶ waiting ───────────▶ dialling ──┐ failed
//      ▲                  ▲  ▲                   │       │
//      │ no address       │  └───────────────────┼───────┘  (1 s → 60 s, jitter)
//      └──────────────────┤                      ▼
//                         └────────────────── linked
//                            unlinked (1 s)
//
// A link that they dialled takes us to `linked` from anywhere and ends a dial of ours that is under way.

/** First and longest wait between dials. */
export const BACKOFF_FIRST_MS = 1_000;
export const BACKOFF_LONGEST_MS = 60_000;

/** A wait is shortened at random by up to this part, so that two sides and many contacts do not dial in step. */
const JITTER = 0.5;

export type PeerState =
  | { readonly kind: 'resting' }
  | { readonly kind: 'waiting'; readonly failures: number }
  | { readonly kind: 'dialling'; readonly failures: number }
  | { readonly kind: 'linked'; readonly failures: number };

export type PeerInput =
  /** Something new to try: an address, a network, a person who asks for it. */
  | { readonly kind: 'encouraged' }
  /** There is no address left to try. */
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'due' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'linked' }
  /** `settled`: the link was open for messages, so the next dial starts afresh. */
  | { readonly kind: 'unlinked'; readonly settled: boolean }
  | { readonly kind: 'stopped' };

export type PeerEffect =
  | { readonly kind: 'dial' }
  | { readonly kind: 'abort' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'unwait' };

export interface PeerStep {
  readonly state: PeerState;
  readonly effects: readonly PeerEffect[];
}

/** @param chance a random number in [0, 1), for the jitter. */
export function step(state: PeerState, input: PeerInput, chance: number): PeerStep {
  switch (input.kind) {
    case 'encouraged':
      if (state.kind === 'linked' || state.kind === 'dialling') return { state, effects: [] };
      return { state: { kind: 'dialling', failures: 0 }, effects: [...unwait(state), { kind: 'dial' }] };
    case 'due':
      if (state.kind !== 'waiting') return { state, effects: [] };
      return { state: { kind: 'dialling', failures: state.failures }, effects: [{ kind: 'dial' }] };
    case 'nowhere':
      return { state: { kind: 'resting' }, effects: [...unwait(state), ...abort(state)] };
    case 'failed':
      if (state.kind !== 'dialling') return { state, effects: [] };
      return waitAfter(state.failures + 1, chance);
    case 'linked':
      return { state: { kind: 'linked', failures: failuresOf(state) }, effects: [...unwait(state), ...abort(state)] };
    case 'unlinked':
      if (state.kind !== 'linked') return { state, effects: [] };
      return waitAfter(input.settled ? 1 : state.failures + 1, chance);
    case 'stopped':
      return { state: { kind: 'resting' }, effects: [...unwait(state), ...abort(state)] };
  }
}

function waitAfter(failures: number, chance: number): PeerStep {
  const full = Math.min(BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS * 2 ** (failures - 1));
  return {
    state: { kind: 'waiting', failures },
    effects: [{ kind: 'wait', ms: Math.round(full * (1 - JITTER * chance)) }],
  };
}

function failuresOf(state: PeerState): number {
  return state.kind === 'resting' ? 0 : state.failures;
}

function unwait(state: PeerState): PeerEffect[] {
  return state.kind === 'waiting' ? [{ kind: 'unwait' }] : [];
}

function abort(state: PeerState): PeerEffect[] {
  return state.kind === 'dialling' ? [{ kind: 'abort' }] : [];
}
