// The side that types six digits (SPEC §8), on the link it dialled to the host's token. Pure, as `host.ts`. A false host
// gets one guess for each time a person types, so the tries are counted here as well as there.
//
//   asking ──1──▶ wanting ──digits / 2──▶ offered ──3 / 4──▶ proving ──5, right──▶ paired
//                    ▲                                          │ 6: two more tries
//                    └──────────────────────────────────────────┘── none left ──▶ ended ◀── two minutes, no more wanted
import { equal } from '../../crypto/bytes.ts';
import { ProtocolError } from '../errors.ts';
import { PAIR_TRIES } from '../limits.ts';
import { isCode, offer, tags, type Offer, type PairContext } from './keys.ts';
import { encodePair, parsePair, type PairMessage } from './messages.ts';

export type GuestState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'wanting'; readonly left: number }
  | { readonly kind: 'offered'; readonly left: number; readonly offer: Offer }
  | { readonly kind: 'proving'; readonly left: number; readonly hostTag: Uint8Array }
  | { readonly kind: 'paired' }
  | { readonly kind: 'ended' };

export type GuestInput =
  | { readonly kind: 'record'; readonly body: Uint8Array }
  /** What the person typed: six digits. Counts only while they are wanted. */
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'expired' }
  | { readonly kind: 'cancelled' };

export type GuestEffect =
  | { readonly kind: 'send'; readonly body: Uint8Array }
  /** The code is on their screen: ask for it. */
  | { readonly kind: 'want'; readonly left: number }
  | { readonly kind: 'paired' }
  | { readonly kind: 'ended'; readonly reason: 'wrong-code' | 'expired' | 'cancelled' };

export interface GuestStep {
  readonly state: GuestState;
  readonly effects: readonly GuestEffect[];
}

/** The guest begins. */
export function startGuest(): GuestStep {
  return { state: { kind: 'asking' }, effects: [send({ step: 0 })] };
}

/** @throws ProtocolError on a record that may not come now, or is none, and when the host does not know the code. */
export function stepGuest(context: PairContext, state: GuestState, input: GuestInput): GuestStep {
  if (state.kind === 'paired' || state.kind === 'ended') return { state, effects: [] };
  switch (input.kind) {
    case 'record':
      return receive(context, state, parsePair(input.body));
    case 'code':
      return state.kind === 'wanting' ? type(context, state.left, input.code) : { state, effects: [] };
    case 'expired':
    case 'cancelled':
      return { state: { kind: 'ended' }, effects: [{ kind: 'ended', reason: input.kind }] };
  }
}

function receive(context: PairContext, state: GuestState, message: PairMessage): GuestStep {
  if (state.kind === 'asking' && message.step === 1) return want(PAIR_TRIES);
  if (state.kind === 'offered' && message.step === 3) return prove(context, state, message.y);
  if (state.kind === 'proving' && message.step === 5) {
    if (!equal(message.tag, state.hostTag)) throw new ProtocolError('pair-tag');
    return { state: { kind: 'paired' }, effects: [{ kind: 'paired' }] };
  }
  if (state.kind === 'proving' && message.step === 6) {
    if (message.left !== state.left - 1) throw new ProtocolError('pair-unexpected');
    if (message.left > 0) return want(message.left);
    return { state: { kind: 'ended' }, effects: [{ kind: 'ended', reason: 'wrong-code' }] };
  }
  throw new ProtocolError('pair-unexpected');
}

function want(left: number): GuestStep {
  return { state: { kind: 'wanting', left }, effects: [{ kind: 'want', left }] };
}

function type(context: PairContext, left: number, code: string): GuestStep {
  if (!isCode(code)) throw new Error('a code is six digits: the caller checks first');
  const made = offer(context, code);
  return { state: { kind: 'offered', left, offer: made }, effects: [send({ step: 2, y: made.y })] };
}

function prove(context: PairContext, state: GuestState & { kind: 'offered' }, theirs: Uint8Array): GuestStep {
  const { scalar, y } = state.offer;
  const { guest, host } = tags(context, scalar, y, theirs, theirs);
  return { state: { kind: 'proving', left: state.left, hostTag: host }, effects: [send({ step: 4, tag: guest })] };
}

function send(message: PairMessage): GuestEffect {
  return { kind: 'send', body: encodePair(message) };
}
