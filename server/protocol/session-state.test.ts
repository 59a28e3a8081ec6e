// A written state reads back as itself; damage gives a ProtocolError or a session that fails as such, never a surprise.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../crypto/bytes.ts';
import { sessionPair } from '../testing/network/session-pair.ts';
import { parseEnvelope } from './envelope.ts';
import { ProtocolError } from './errors.ts';
import { Session } from './session.ts';

const NOW = 1_800_000_000_000;
const CONTENT = new Uint8Array(3);

/** The responder's states along a conversation, and envelopes that await it: on the chain, late, on a new chain. */
function story() {
  const { contexts, random, ...start } = sessionPair('state');
  let { initiator, responder } = start;
  const states = [responder.serialize()];
  const send = (): Uint8Array => {
    const { envelope, next } = initiator.encrypt(random(16), CONTENT, random);
    initiator = next;
    return envelope;
  };
  const take = (envelope: Uint8Array): void => {
    responder = responder.decrypt(parseEnvelope(envelope), random, NOW).next;
    states.push(responder.serialize());
  };
  const answer = (): void => {
    const { envelope, next } = responder.encrypt(random(16), CONTENT, random);
    responder = next;
    states.push(responder.serialize());
    initiator = initiator.decrypt(parseEnvelope(envelope), random, NOW).next;
  };
  const late = [send(), send()];
  take(send());
  answer();
  late.push(send(), send());
  take(send());
  const envelopes = [...late, send()];
  answer();
  envelopes.push(send());
  return { context: contexts.responder, random, states, envelopes };
}

const { context, random, states, envelopes } = story();
const last = states.at(-1)!;

function parses(state: Uint8Array): Session | null {
  try {
    return Session.parse(context, state);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'session-state') return null;
    throw error;
  }
}

function expectNoSurprise(state: Uint8Array): void {
  const session = parses(state);
  if (session === null) return;
  expect(toHex(session.serialize())).toBe(toHex(state));
  for (const envelope of envelopes) {
    try {
      session.decrypt(parseEnvelope(envelope), random, NOW).next.serialize();
    } catch (error) {
      expect(error).toBeInstanceOf(ProtocolError);
    }
  }
  session.encrypt(random(16), CONTENT, random).next.serialize();
}

it('reads back as itself and goes on', () => {
  for (const state of states) expect(toHex(Session.parse(context, state).serialize())).toBe(toHex(state));
  for (const envelope of envelopes) {
    const { content } = Session.parse(context, last).decrypt(parseEnvelope(envelope), random, NOW);
    expect(content).toEqual(CONTENT);
  }
});

it('does not hold on to the bytes it was read from', () => {
  for (const bytes of [last.slice(), Buffer.from(last)]) {
    const session = Session.parse(context, bytes);
    bytes.fill(0);
    expect(toHex(session.serialize())).toBe(toHex(last));
  }
});

it('keeps a skipped key through a message that only claims to be the one', () => {
  const forged = envelopes[0]!.slice();
  forged[forged.length - 1]! ^= 1;
  const session = Session.parse(context, last);
  expect(() => session.decrypt(parseEnvelope(forged), random, NOW)).toThrow(ProtocolError);
  expect(session.decrypt(parseEnvelope(envelopes[0]!), random, NOW).content).toEqual(CONTENT);
});

it('bears any change of bytes', () => {
  const change = fc.record({ at: fc.nat({ max: last.length - 1 }), value: fc.nat({ max: 255 }) });
  fc.assert(
    fc.property(
      fc.constantFrom(...states),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat({ max: last.length })),
      fc.uint8Array({ maxLength: 50 }),
      (state, changes, cutAt, tail) => {
        const changed = concat(state.subarray(0, cutAt ?? state.length), cutAt === null ? new Uint8Array(0) : tail);
        for (const { at, value } of changes) if (at < changed.length) changed[at] = value;
        expectNoSurprise(changed);
      },
    ),
    { numRuns: 400, seed: 22 },
  );
});

it('is read at its exact length only', () => {
  for (const state of states) {
    for (let length = 0; length < state.length; length += 1) expect(parses(state.subarray(0, length))).toBeNull();
    expect(parses(concat(state, Uint8Array.of(0)))).toBeNull();
  }
});

describe('refuses what cannot be', () => {
  // Where things are: see session-state.ts. `last` has two kept chains of two keys, the second the chain they are on.
  const FIRST_CHAIN = 235;
  const CHAIN_BYTES = 34 + 2 * 42;
  const chain = (number: number): Uint8Array => last.slice(FIRST_CHAIN + number * CHAIN_BYTES).slice(0, CHAIN_BYTES);
  const withChains = (...chains: Uint8Array[]): Uint8Array =>
    concat(last.slice(0, FIRST_CHAIN - 1), Uint8Array.of(chains.length), ...chains);
  const change = (bytes: Uint8Array, at: number, hex: string): Uint8Array => {
    const changed = bytes.slice();
    changed.set(fromHex(hex), at);
    return changed;
  };
  /** A closed chain under a made-up ratchet key. */
  const closed = (name: number): Uint8Array => change(chain(0), 0, toHex(new Uint8Array(32).fill(name)));

  it('but takes what can', () => {
    expect(last.length).toBe(FIRST_CHAIN + 2 * CHAIN_BYTES);
    expect(parses(withChains(chain(0), chain(1)))).not.toBeNull();
    expect(parses(withChains(closed(1), closed(2), closed(3), closed(4), chain(1)))).not.toBeNull();
    expect(parses(withChains())).not.toBeNull();
  });

  it.each([
    ['an unknown format', change(last, 0, '02')],
    ['an unknown kind', change(last, 1, '02')],
    ['a turning state called awaiting', change(last, 1, '00')],
    ['an awaiting state that has received', change(states[0]!, 29, '01')],
    ['an awaiting state with a chain before', change(change(states[0]!, 165, '01'), 23, '01')],
    ['an awaiting state that has sent on no chain', change(states[0]!, 23, '01')],
    ['a count of sent with no room for one more', change(last, 18, 'ffffffffffff')],
    ['a count of received with no room for one more', change(last, 24, 'ffffffffffff')],
    ['fewer sent than the chains had', change(last, 18, '000000000000')],
    ['a chain twice', withChains(chain(0), chain(0), chain(1))],
    ['the chain they are on before another', withChains(chain(1), chain(0))],
    ['a fifth closed chain', withChains(closed(1), closed(2), closed(3), closed(4), closed(5), chain(1))],
    ['keys out of order', withChains(change(chain(0), 34, '00000009'), chain(1))],
    ['one number twice', withChains(change(chain(0), 34, '00000001'), chain(1))],
    ['a kept key that is still to come', withChains(chain(0), change(chain(1), 34 + 42, '00000009'))],
    ['an empty chain', withChains(change(chain(0), 32, '0000').slice(0, 34), chain(1))],
    ['more keys than kept', withChains(bigChain(6, 1500), bigChain(7, 501))],
  ])('%s', (_, state) => {
    expect(parses(state)).toBeNull();
  });

  it('at one key less', () => {
    expect(parses(withChains(bigChain(6, 1500), bigChain(7, 500)))).not.toBeNull();
  });
});

/** A closed chain with that many keys. */
function bigChain(name: number, keys: number): Uint8Array {
  const bytes = Buffer.alloc(34 + keys * 42, name);
  bytes.writeUInt16BE(keys, 32);
  for (let n = 0; n < keys; n += 1) bytes.writeUInt32BE(n, 34 + n * 42);
  return bytes;
}
