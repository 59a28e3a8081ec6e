// The side that shows six digits (SPEC §8), for one guest on one link. Pure: what comes in is a record, the end of the
// two minutes or a person's no; what is to be done comes back as data. It never says which digits were wrong.
//
//   listening ──0──▶ showing ──2──▶ answered ──4, right──▶ paired
//                       ▲              │ 4, wrong: two more tries
//                       └──────────────┘──── third wrong ──▶ ended ◀── two minutes, no more wanted
import { equal } from '../../crypto/bytes.ts';
import { ProtocolError } from '../errors.ts';
import { PAIR_TRIES } from '../limits.ts';
import { newCode, offer, tags, type PairContext, type Tags } from './keys.ts';
import { encodePair, parsePair, type PairMessage } from './messages.ts';

export type HostState =
  | { readonly kind: 'listening' }
  | { readonly kind: 'showing'; readonly code: string; readonly left: number }
  | { readonly kind: 'answered'; readonly code: string; readonly left: number; readonly tags: Tags }
  | { readonly kind: 'paired' }
  | { readonly kind: 'ended' };

export type HostInput =
  /** The body of a PAIR record. */
  | { readonly kind: 'record'; readonly body: Uint8Array }
  /** Two minutes after the code was shown. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'cancelled' };

export type HostEffect =
  | { readonly kind: 'send'; readonly body: Uint8Array }
  /** On the screen, with the guest's name, and a clock of two minutes. */
  | { readonly kind: 'show'; readonly code: string }
  /** A wrong tag: one of the ten an hour. */
  | { readonly kind: 'wrong'; readonly left: number }
  /** The guest has typed the code: it is a contact now, verified. */
  | { readonly kind: 'paired' }
  | { readonly kind: 'ended'; readonly reason: 'wrong-code' | 'expired' | 'cancelled' };

export interface HostStep {
  readonly state: HostState;
  readonly effects: readonly HostEffect[];
}

export const newHost: HostState = { kind: 'listening' };

/** @throws ProtocolError on a record that may not come now, or is none. */
export function stepHost(context: PairContext, state: HostState, input: HostInput): HostStep {
  if (state.kind === 'paired' || state.kind === 'ended') return { state, effects: [] };
  if (input.kind !== 'record') {
    return { state: { kind: 'ended' }, effects: [{ kind: 'ended', reason: input.kind }] };
  }
  const message = parsePair(input.body);
  if (state.kind === 'listening' && message.step === 0) return show(context);
  if (state.kind === 'showing' && message.step === 2) return answer(context, state, message.y);
  if (state.kind === 'answered' && message.step === 4) return judge(state, message.tag);
  throw new ProtocolError('pair-unexpected');
}

function show({ random }: PairContext): HostStep {
  const code = newCode(random);
  return {
    state: { kind: 'showing', code, left: PAIR_TRIES },
    effects: [{ kind: 'show', code }, send({ step: 1 })],
  };
}

function answer(context: PairContext, state: HostState & { kind: 'showing' }, theirs: Uint8Array): HostStep {
  const { code, left } = state;
  // A scalar of its own for every try: one that was used twice would let two tries be compared.
  const { scalar, y } = offer(context, code);
  const both = tags(context, scalar, theirs, y, theirs);
  return { state: { kind: 'answered', code, left, tags: both }, effects: [send({ step: 3, y })] };
}

function judge({ code, left, tags: { guest, host } }: HostState & { kind: 'answered' }, tag: Uint8Array): HostStep {
  if (equal(tag, guest)) {
    return { state: { kind: 'paired' }, effects: [send({ step: 5, tag: host }), { kind: 'paired' }] };
  }
  const tries = left - 1;
  const effects: HostEffect[] = [send({ step: 6, left: tries }), { kind: 'wrong', left: tries }];
  if (tries > 0) return { state: { kind: 'showing', code, left: tries }, effects };
  return { state: { kind: 'ended' }, effects: [...effects, { kind: 'ended', reason: 'wrong-code' }] };
}

function send(message: PairMessage): HostEffect {
  return { kind: 'send', body: encodePair(message) };
}
