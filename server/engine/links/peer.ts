// When to dial a contact: one small state machine for each, effects as data, run by `peers.ts`.
//
//            addresses            due / now
//   resting ───────────▶ waiting ───────────▶ dialling ──┐ failed
//      ▲                  ▲  ▲                   │       │
//      │ no address       │  └───────────────────┼───────┘  (1 s → 60 s, jitter; → 2 s for someone just lost)
//      └──────────────────┤                      ▼  suspected
//                         └────────────────── linked ─────▶ suspecting: dials beside the link, every second
//                            unlinked (1 s)      ▲────────────┘ answered, or a new link
//
// A link that they dialled takes us to `linked` from anywhere and ends a dial of ours that is under way.

/** First and longest wait between dials. */
export const BACKOFF_FIRST_MS = 1_000;
export const BACKOFF_LONGEST_MS = 60_000;

/**
 * Longest wait for someone with whom we were linked a moment ago: most likely the network went, and nothing tells us when
 * it is back. With the time that a dial takes it is noticed within 5 s. A dial is one small packet.
 */
export const RECENTLY_LINKED_LONGEST_MS = 2_000;

/** So often; at a dial every 4 s or so that is about a quarter of an hour. */
export const RECENTLY_LINKED_DIALS = 200;

/** A wait is shortened at random by up to this part, so that two sides and many contacts do not dial in step. */
const JITTER = 0.5;

export type PeerState =
  | { readonly kind: 'resting' }
  | { readonly kind: 'waiting'; readonly failures: number; readonly recentlyLinked: boolean }
  | { readonly kind: 'dialling'; readonly failures: number; readonly recentlyLinked: boolean }
  | { readonly kind: 'linked'; readonly failures: number }
  /** The active link does not answer. It may yet: it stays until another one is there. */
  | { readonly kind: 'suspecting'; readonly dialling: boolean };

export type PeerInput =
  /** Something new to try: an address, a network, a person who asks for it. */
  | { readonly kind: 'encouraged' }
  /** There is no address left to try. */
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'due' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'linked' }
  /** What was asked on the active link waits for its answer too long. */
  | { readonly kind: 'suspected' }
  | { readonly kind: 'answered' }
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
      return encouraged(state);
    case 'due':
      return due(state);
    case 'nowhere':
      return { state: state.kind === 'suspecting' ? { kind: 'linked', failures: 0 } : RESTING, effects: quiet(state) };
    case 'failed':
      return failed(state, chance);
    case 'linked':
      return { state: { kind: 'linked', failures: failuresOf(state) }, effects: quiet(state) };
    case 'suspected':
      return state.kind === 'linked' ? suspect() : stay(state);
    case 'answered':
      return state.kind === 'suspecting'
        ? { state: { kind: 'linked', failures: 0 }, effects: quiet(state) }
        : stay(state);
    case 'unlinked':
      return unlinked(state, input.settled, chance);
    case 'stopped':
      return { state: RESTING, effects: quiet(state) };
  }
}

const DIAL: PeerEffect = { kind: 'dial' };
const RESTING: PeerState = { kind: 'resting' };

function stay(state: PeerState): PeerStep {
  return { state, effects: [] };
}

function encouraged(state: PeerState): PeerStep {
  if (state.kind !== 'resting' && state.kind !== 'waiting') return stay(state);
  const recentlyLinked = state.kind === 'waiting' && state.recentlyLinked;
  return { state: { kind: 'dialling', failures: 0, recentlyLinked }, effects: [...quiet(state), DIAL] };
}

function due(state: PeerState): PeerStep {
  if (state.kind === 'waiting') return { state: { ...state, kind: 'dialling' }, effects: [DIAL] };
  return state.kind === 'suspecting' && !state.dialling ? suspect() : stay(state);
}

function failed(state: PeerState, chance: number): PeerStep {
  if (state.kind === 'dialling') return waitAfter(state.failures + 1, state.recentlyLinked, chance);
  if (state.kind !== 'suspecting') return stay(state);
  return { state: { kind: 'suspecting', dialling: false }, effects: [wait(BACKOFF_FIRST_MS, chance)] };
}

function suspect(): PeerStep {
  return { state: { kind: 'suspecting', dialling: true }, effects: [DIAL] };
}

/** While it was suspected, the next dial is under way or waited for already. */
function unlinked(state: PeerState, settled: boolean, chance: number): PeerStep {
  if (state.kind === 'suspecting') {
    return stay({ kind: state.dialling ? 'dialling' : 'waiting', failures: 1, recentlyLinked: true });
  }
  if (state.kind !== 'linked') return stay(state);
  return waitAfter(settled ? 1 : state.failures + 1, settled, chance);
}

function waitAfter(failures: number, recentlyLinked: boolean, chance: number): PeerStep {
  const longest = recentlyLinked && failures <= RECENTLY_LINKED_DIALS ? RECENTLY_LINKED_LONGEST_MS : BACKOFF_LONGEST_MS;
  const full = Math.min(longest, BACKOFF_FIRST_MS * 2 ** (failures - 1));
  return { state: { kind: 'waiting', failures, recentlyLinked }, effects: [wait(full, chance)] };
}

function wait(full: number, chance: number): PeerEffect {
  return { kind: 'wait', ms: Math.round(full * (1 - JITTER * chance)) };
}

function failuresOf(state: PeerState): number {
  return 'failures' in state ? state.failures : 0;
}

/** Ends the timer or the dial of a state that is left. */
function quiet(state: PeerState): PeerEffect[] {
  if (state.kind === 'waiting') return [{ kind: 'unwait' }];
  if (state.kind === 'dialling') return [{ kind: 'abort' }];
  if (state.kind !== 'suspecting') return [];
  return [{ kind: state.dialling ? 'abort' : 'unwait' }];
}
