// The Double Ratchet as published by Signal, without header encryption (SPEC.md §4): which key a message is sealed
// with, and which key opens one. It knows no envelope, no tag and no storage. States are values that never change:
// `send` and `receive` give the next state beside the old one, and dropping the next one changes nothing.
//
//   responder ──▶ awaiting ──(their first message)──▶ turning ──┐
//   initiator ──────────────────────────────────────▶ turning ◀─┘ every message of theirs under a new ratchet key:
//                                                                 receiving chain, fresh key of ours, sending chain
//
// Receiving is decided in `receive`, verified by the caller (does the tag hold under `messageKey`?) and made into a state
// by `accept`; a message that fails costs at most its hashing and one key agreement.
import { equal } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { ProtocolError } from '../errors.ts';
import { CHAIN_GAP, RECEIVING_CHAINS } from '../limits.ts';
import { CHAIN_END, type ChainKey } from './chain-key.ts';
import { makeRatchetKey, type RatchetKey } from './ratchet-key.ts';
import type { RootKey } from './root-key.ts';
import { SkippedKeys } from './skipped-keys.ts';

type Random = (length: number) => Uint8Array;

interface SendingChain {
  readonly ours: RatchetKey;
  readonly chain: ChainKey;
  /** Messages in the chain before this one: the `pn` of every message of this one. */
  readonly previous: number;
}

interface ReceivingChain {
  /** 32 bytes. */
  readonly theirs: Uint8Array;
  readonly chain: ChainKey;
}

/** The responder, until the initiator's first message. */
interface Awaiting {
  readonly kind: 'awaiting';
  readonly root: RootKey;
  readonly sending: SendingChain;
}

interface Turning {
  readonly kind: 'turning';
  readonly root: RootKey;
  readonly sending: SendingChain;
  readonly receiving: ReceivingChain;
  readonly skipped: SkippedKeys;
}

export type RatchetState = Awaiting | Turning;

/** What a message says about its key. */
export interface RatchetHeader {
  /** The sender's, 32 bytes. */
  readonly ratchetKey: Uint8Array;
  readonly pn: number;
  readonly n: number;
}

/** The key that should open a message, and what to do once it did. */
export interface Candidate {
  readonly messageKey: Uint8Array;
  /** The state after the message. @param random for a fresh ratchet key, if one is due. */
  readonly accept: (random: Random) => RatchetState;
}

/** @param chain theirs to receive on, ours to send on. @param ours the key whose public half they hold already. */
export function startResponder(root: RootKey, chain: ChainKey, ours: RatchetKey): RatchetState {
  return { kind: 'awaiting', root, sending: { ours, chain, previous: 0 } };
}

/** @throws ProtocolError `ratchet-key` when `theirs` is of low order. */
export function startInitiator(
  primitives: Primitives,
  root: RootKey,
  chain: ChainKey,
  theirs: Uint8Array,
  random: Random,
): RatchetState {
  const { root: turned, sending } = startSending(primitives, root, theirs, 0, random);
  return { kind: 'turning', root: turned, sending, receiving: { theirs, chain }, skipped: SkippedKeys.none };
}

/** @returns the header and key (32 bytes) of our next message, and the state after it. */
export function send(
  primitives: Primitives,
  state: RatchetState,
): { header: RatchetHeader; messageKey: Uint8Array; next: RatchetState } {
  const { ours, chain, previous } = state.sending;
  if (chain.index >= CHAIN_END) throw new Error('a chain has no more numbers');
  const header = { ratchetKey: ours.publicKey, pn: previous, n: chain.index };
  const { messageKey, next } = chain.step(primitives);
  return { header, messageKey, next: { ...state, sending: { ours, chain: next, previous } } };
}

/**
 * @param now Unix ms.
 * @throws ProtocolError `ratchet-key`, `ratchet-gap`, or `ratchet-replayed` when the key was used or is kept no more.
 */
export function receive(primitives: Primitives, state: RatchetState, header: RatchetHeader, now: number): Candidate {
  if (header.n >= CHAIN_END) throw new ProtocolError('ratchet-gap');
  if (state.kind === 'awaiting') return onNewChain(primitives, state, SkippedKeys.none, header, now);
  const skipped = state.skipped.fresh(now);
  const isCurrent = equal(header.ratchetKey, state.receiving.theirs);
  if (isCurrent && header.n >= state.receiving.chain.index) return onChain(primitives, state, skipped, header, now);
  const messageKey = skipped.find(header.ratchetKey, header.n);
  if (messageKey !== null) {
    return {
      messageKey,
      accept: () => ({ ...state, skipped: skipped.without(header.ratchetKey, header.n) }),
    };
  }
  // A chain that was left does not begin anew: its keys are kept, used or gone.
  if (isCurrent || skipped.knows(header.ratchetKey)) throw new ProtocolError('ratchet-replayed');
  return onNewChain(primitives, state, skipped, header, now);
}

/** The same without the skipped keys that have been kept too long. @param now Unix ms. */
export function forgetStale(state: RatchetState, now: number): RatchetState {
  if (state.kind === 'awaiting') return state;
  const skipped = state.skipped.fresh(now);
  return skipped === state.skipped ? state : { ...state, skipped };
}

/** A message on the chain they are on, further on or next. */
function onChain(
  primitives: Primitives,
  state: Turning,
  skipped: SkippedKeys,
  { n }: RatchetHeader,
  now: number,
): Candidate {
  const { theirs, chain } = state.receiving;
  const walked = walk(primitives, chain, n);
  const { messageKey, next } = walked.chain.step(primitives);
  return {
    messageKey,
    accept: () => ({
      ...state,
      receiving: { theirs, chain: next },
      skipped: skipped.with(theirs, chain.index, walked.keys, now),
    }),
  };
}

/** A message under a ratchet key not seen before: they have answered us. */
function onNewChain(
  primitives: Primitives,
  state: RatchetState,
  skipped: SkippedKeys,
  { ratchetKey, pn, n }: RatchetHeader,
  now: number,
): Candidate {
  if (state.kind === 'turning') requireGap(pn - state.receiving.chain.index);
  const turned = state.root.turn(primitives, state.sending.ours, ratchetKey);
  if (turned === null) throw new ProtocolError('ratchet-key');
  const walked = walk(primitives, turned.chain, n);
  const { messageKey, next } = walked.chain.step(primitives);
  return {
    messageKey,
    accept: (random) => {
      const theirs = new Uint8Array(ratchetKey);
      const previous = state.sending.chain.index;
      const { root, sending } = startSending(primitives, turned.root, theirs, previous, random);
      return {
        kind: 'turning',
        root,
        sending,
        receiving: { theirs, chain: next },
        skipped: closeChain(primitives, state, skipped, pn, now)
          .newestChains(RECEIVING_CHAINS - 1)
          .with(theirs, 0, walked.keys, now),
      };
    },
  };
}

/** The kept keys with those of what is still to come on the chain they have left, which had `pn` messages. */
function closeChain(
  primitives: Primitives,
  state: RatchetState,
  skipped: SkippedKeys,
  pn: number,
  now: number,
): SkippedKeys {
  if (state.kind === 'awaiting') return skipped;
  const { theirs, chain } = state.receiving;
  return skipped.with(theirs, chain.index, walk(primitives, chain, pn).keys, now);
}

/** A fresh ratchet key of ours and the chain it starts. @throws ProtocolError `ratchet-key` on low order. */
function startSending(
  primitives: Primitives,
  root: RootKey,
  theirs: Uint8Array,
  previous: number,
  random: Random,
): { root: RootKey; sending: SendingChain } {
  const ours = makeRatchetKey(primitives, random);
  const turned = root.turn(primitives, ours, theirs);
  if (turned === null) throw new ProtocolError('ratchet-key');
  return { root: turned.root, sending: { ours, chain: turned.chain, previous } };
}

/** Steps to message n, if it lies ahead. @returns the chain there and the keys passed over. */
function walk(primitives: Primitives, from: ChainKey, n: number): { chain: ChainKey; keys: Uint8Array[] } {
  requireGap(n - from.index);
  const keys: Uint8Array[] = [];
  let chain = from;
  while (chain.index < n) {
    const { messageKey, next } = chain.step(primitives);
    keys.push(messageKey);
    chain = next;
  }
  return { chain, keys };
}

function requireGap(gap: number): void {
  if (gap > CHAIN_GAP) throw new ProtocolError('ratchet-gap');
}
