// What a session promises, one promise at a time: secrecy before and after a break-in, rollback, tampering, bounds.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../crypto/bytes.ts';
import { sessionPair, watchKeys } from '../testing/network/session-pair.ts';
import { parseEnvelope } from './envelope.ts';
import { ProtocolError, type ProtocolErrorCode } from './errors.ts';
import { CHAIN_GAP, RECEIVING_CHAINS, SKIPPED_KEY_MS, SKIPPED_KEYS } from './limits.ts';
import { chooseSession, makeRatchetKey, Session } from './session.ts';

const NOW = 1_800_000_000_000;
const CONTENT = new Uint8Array(100).fill(7);

function codeOf(action: () => unknown): ProtocolErrorCode {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Two sessions in conversation; each `send` and `take` keeps the next session. */
function conversation(seed: string, watch = { initiator: watchKeys(), responder: watchKeys() }) {
  const { contexts, random, ...start } = sessionPair(seed, watch.initiator.primitives, watch.responder.primitives);
  const sessions = { initiator: start.initiator, responder: start.responder };
  type Side = keyof typeof sessions;
  return {
    sessions,
    watch,
    contexts,
    random,
    send(side: Side): Uint8Array {
      const { envelope, next } = sessions[side].encrypt(random(16), CONTENT, random);
      sessions[side] = next;
      return envelope;
    },
    take(side: Side, envelope: Uint8Array, now = NOW): void {
      const { content, next } = sessions[side].decrypt(parseEnvelope(envelope), random, now);
      expect(toHex(content)).toBe(toHex(CONTENT));
      sessions[side] = next;
    },
    /** What `side` says of an envelope that it must refuse, unchanged by it. */
    refusal(side: Side, envelope: Uint8Array, now = NOW): ProtocolErrorCode {
      const before = toHex(sessions[side].serialize());
      const code = codeOf(() => sessions[side].decrypt(parseEnvelope(envelope), random, now));
      expect(toHex(sessions[side].serialize())).toBe(before);
      return code;
    },
    /** One message each way, so that both have a new ratchet key. */
    turn(): void {
      this.take('responder', this.send('initiator'));
      this.take('initiator', this.send('responder'));
    },
  };
}

describe('establishing', () => {
  it('lets either side, or both at once, send first', () => {
    for (const order of [
      ['initiator'],
      ['responder'],
      ['initiator', 'responder'],
      ['responder', 'initiator'],
    ] as const) {
      const talk = conversation(`first: ${order.join()}`);
      const sent = order.map((side) => [side, talk.send(side)] as const);
      for (const [side, envelope] of sent) talk.take(side === 'initiator' ? 'responder' : 'initiator', envelope);
      talk.turn();
    }
  });

  it('refuses a ratchet key of low order from HELLO', () => {
    const { contexts, random } = sessionPair('low order');
    for (const theirRatchet of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
      const handshake = { handshakeHash: random(32), exportKey: random(32) };
      const establish = (): Session =>
        Session.establish(contexts.initiator, { ...handshake, role: 'initiator', theirRatchet, random });
      expect(codeOf(establish)).toBe('ratchet-key');
    }
  });

  it('does not depend on memory that the caller may wipe', () => {
    const { contexts, random } = sessionPair('wiped');
    const handshake = { handshakeHash: random(32), exportKey: random(32) };
    const { scalar, publicKey } = makeRatchetKey(contexts.responder.primitives, random);
    const theirRatchet = publicKey.slice();
    const initiator = Session.establish(contexts.initiator, { ...handshake, role: 'initiator', theirRatchet, random });
    const ratchet = { scalar, publicKey };
    const responder = Session.establish(contexts.responder, { ...handshake, role: 'responder', ratchet });
    for (const bytes of [scalar, publicKey, theirRatchet, handshake.handshakeHash, handshake.exportKey]) bytes.fill(0);
    const { envelope } = initiator.encrypt(random(16), CONTENT, random);
    expect(responder.decrypt(parseEnvelope(envelope), random, NOW).content).toEqual(CONTENT);
    const reply = responder.encrypt(random(16), CONTENT, random).envelope;
    expect(initiator.decrypt(parseEnvelope(reply), random, NOW).content).toEqual(CONTENT);
  });

  it('does not depend on memory of an envelope either', () => {
    const talk = conversation('wiped envelope');
    const parsed = parseEnvelope(talk.send('initiator'));
    talk.sessions.responder = talk.sessions.responder.decrypt(parsed, talk.random, NOW).next;
    parsed.ratchetKey.fill(0);
    talk.take('responder', talk.send('initiator'));
  });

  it('is decided alike by both sides', () => {
    const [id, other] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];
    const both = (...sides: Parameters<typeof chooseSession>): string => {
      const choice = chooseSession(...sides);
      expect(chooseSession(sides[1], sides[0])).toBe(choice);
      return choice;
    };
    expect(both({ id, sent: 5, received: 3 }, { id, sent: 3, received: 5 })).toBe('resume');
    expect(both({ id, sent: 5, received: 0 }, { id, sent: 9, received: 2 })).toBe('resume');
    expect(both({ id, sent: 5, received: 3 }, { id, sent: 3, received: 6 })).toBe('new');
    expect(both({ id, sent: 5, received: 4 }, { id, sent: 3, received: 5 })).toBe('new');
    expect(both({ id, sent: 5, received: 3 }, { id: other, sent: 3, received: 5 })).toBe('new');
    expect(both({ id, sent: 0, received: 0 }, null)).toBe('new');
    expect(both(null, null)).toBe('new');
  });
});

describe('secrecy', () => {
  it('keeps no key that was used and no chain it has left', () => {
    const { watch, ...talk } = conversation('forward secrecy');
    const heldBy = (side: 'initiator' | 'responder', keys: Set<string>): string[] => {
      const state = toHex(talk.sessions[side].serialize());
      return [...keys].filter((key) => state.includes(key));
    };
    const expectNothingSpent = (): void => {
      for (const side of ['initiator', 'responder'] as const) expect(heldBy(side, watch[side].spent)).toEqual([]);
    };
    for (let round = 0; round < 4; round += 1) {
      const late = [talk.send('initiator'), talk.send('initiator')];
      talk.take('responder', talk.send('initiator'));
      // The keys of the two late messages are kept, or the search below could not find anything.
      expect(heldBy('responder', watch.responder.messageKeys)).toHaveLength(2);
      expectNothingSpent();
      talk.take('initiator', talk.send('responder'));
      talk.take('initiator', talk.send('responder'));
      expectNothingSpent();
      for (const envelope of late) talk.take('responder', envelope);
      expect(heldBy('responder', watch.responder.messageKeys)).toEqual([]);
      expectNothingSpent();
    }
    expect(watch.initiator.spent.size).toBeGreaterThan(40);
    expect(watch.responder.spent.size).toBeGreaterThan(40);
  });

  it('drops the ratchet scalar with the first message under their new key', () => {
    const talk = conversation('scalars');
    talk.turn();
    const scalar = toHex(talk.sessions.responder.serialize().slice(62, 94));
    const reply = talk.send('initiator');
    expect(toHex(talk.sessions.responder.serialize())).toContain(scalar);
    talk.take('responder', reply);
    expect(toHex(talk.sessions.responder.serialize())).not.toContain(scalar);
  });

  it('shuts out who copied a state after one round trip', () => {
    const talk = conversation('break-in');
    talk.turn();
    const thief = Session.parse(talk.contexts.initiator, talk.sessions.initiator.serialize());
    // One round trip, which the thief reads along: the state it copied holds the key of ours that they answer to.
    talk.take('responder', talk.send('initiator'));
    const answer = talk.send('responder');
    talk.take('initiator', answer);
    const stolen = thief.decrypt(parseEnvelope(answer), talk.random, NOW).next;
    // From here on there is a key that it has not seen.
    talk.take('responder', talk.send('initiator'));
    const healed = talk.send('responder');
    expect(codeOf(() => stolen.decrypt(parseEnvelope(healed), talk.random, NOW))).toBe('ratchet-tag');
    const forged = stolen.encrypt(talk.random(16), CONTENT, talk.random).envelope;
    expect(talk.refusal('responder', forged)).toBe('ratchet-tag');
    talk.take('initiator', healed);
  });

  it('never seals twice under one key and nonce, even from a state set back', () => {
    const { watch, ...talk } = conversation('rollback');
    talk.turn();
    const old = talk.sessions.initiator.serialize();
    for (let time = 0; time < 3; time += 1) {
      talk.sessions.initiator = Session.parse(talk.contexts.initiator, old);
      for (let message = 0; message < 5; message += 1) talk.send('initiator');
    }
    const { seals } = watch.initiator;
    expect(seals).toHaveLength(1 + 15);
    expect(new Set(seals).size).toBe(seals.length);
  });

  it('leaves the session before a message usable', () => {
    const talk = conversation('before');
    talk.turn();
    const { initiator, responder } = talk.sessions;
    const { envelope } = initiator.encrypt(talk.random(16), CONTENT, talk.random);
    const once = responder.decrypt(parseEnvelope(envelope), talk.random, NOW);
    const again = responder.decrypt(parseEnvelope(envelope), talk.random, NOW);
    expect(again.content).toEqual(once.content);
    expect(responder.received).toBe(1);
    expect(once.next.received).toBe(2);
  });

  it('prints nothing', () => {
    const { sessions, contexts, random } = conversation('print');
    const ratchetKey = makeRatchetKey(contexts.initiator.primitives, random);
    for (const secret of [sessions.initiator, sessions.responder, ratchetKey]) {
      expect(inspect(secret, { depth: 9, showHidden: true })).toBe('[redacted]');
      expect(String(secret)).toBe('[redacted]');
      expect(JSON.stringify({ secret })).toBe('{"secret":"[redacted]"}');
    }
  });
});

describe('refusing', () => {
  it.each(['next on the chain', 'under a new ratchet key', 'late'])('a changed byte anywhere: %s', (which) => {
    const talk = conversation(`tamper: ${which}`);
    talk.turn();
    if (which !== 'under a new ratchet key') talk.take('responder', talk.send('initiator'));
    const envelope = talk.send('initiator');
    if (which === 'late') talk.take('responder', talk.send('initiator'));
    for (let at = 0; at < envelope.length; at += 1) {
      const changed = envelope.slice();
      changed[at]! ^= 1 << (at % 8);
      const code = talk.refusal('responder', changed);
      if (at < 16) expect(code).toBe('session-unknown');
      else expect(code).toMatch(/^ratchet-/);
    }
    for (const length of [envelope.length - 1, envelope.length - 16, 88 + 16])
      expect(talk.refusal('responder', envelope.slice(0, length))).toBe('ratchet-tag');
    talk.take('responder', envelope);
  });

  it('a second delivery', () => {
    const talk = conversation('twice');
    const late = talk.send('initiator');
    const envelope = talk.send('initiator');
    talk.take('responder', envelope);
    expect(talk.refusal('responder', envelope)).toBe('ratchet-replayed');
    talk.take('responder', late);
    expect(talk.refusal('responder', late)).toBe('ratchet-replayed');
    talk.turn();
    talk.turn();
    expect(talk.refusal('responder', envelope)).toBe('ratchet-tag');
  });

  it('a message sent back to its sender, or from another pair', () => {
    const talk = conversation('reflected');
    const envelope = talk.send('initiator');
    expect(talk.refusal('initiator', envelope)).toBe('ratchet-tag');
    expect(conversation('other pair').refusal('responder', envelope)).toBe('session-unknown');
  });

  it('a ratchet key of low order', () => {
    const talk = conversation('low order message');
    talk.turn();
    const envelope = talk.send('initiator');
    for (const point of ['00', '01', 'ecff', 'edff', 'eeff']) {
      const changed = envelope.slice();
      const high = point.length > 2 ? 'ff'.repeat(29) + '7f' : '00'.repeat(31);
      changed.set(fromHex(point + high), 32);
      expect(talk.refusal('responder', changed)).toBe('ratchet-key');
    }
  });

  it('an impossible count before any key agreement', () => {
    const talk = conversation('forged pn');
    talk.turn();
    const envelope = talk.send('initiator');
    envelope.set(fromHex('ffffffff'), 64);
    expect(talk.refusal('responder', envelope)).toBe('ratchet-gap');
  });

  it('content that fits no record, and an id that is none, as mistakes of our own', () => {
    const { sessions, random } = conversation('ours');
    expect(() => sessions.initiator.encrypt(random(15), CONTENT, random)).toThrow('16 bytes');
    expect(() => sessions.initiator.encrypt(random(16), new Uint8Array(1024 * 1024), random)).toThrow(Error);
  });
});

describe('bounds', () => {
  type Talk = ReturnType<typeof conversation>;
  const skip = (talk: Talk, count: number): Uint8Array[] => Array.from({ length: count }, () => talk.send('initiator'));

  it('a gap of 1,000 on the chain they are on', () => {
    const talk = conversation('gap');
    talk.take('responder', talk.send('initiator'));
    const skipped = skip(talk, CHAIN_GAP);
    const [last, oneOver] = [talk.send('initiator'), talk.send('initiator')];
    expect(talk.refusal('responder', oneOver)).toBe('ratchet-gap');
    talk.take('responder', last);
    talk.take('responder', oneOver);
    for (const place of [999, 0, 500]) talk.take('responder', skipped[place]!);
  });

  it('a gap of 1,000 on a new chain', () => {
    const talk = conversation('gap on a new chain');
    skip(talk, CHAIN_GAP);
    const [last, oneOver] = [talk.send('initiator'), talk.send('initiator')];
    expect(talk.refusal('responder', oneOver)).toBe('ratchet-gap');
    talk.take('responder', last);
  });

  it.each([0, 1])('a gap of 1,000 at the end of the chain they left: %s over', (over) => {
    const talk = conversation('gap at the end');
    talk.take('responder', talk.send('initiator'));
    const skipped = skip(talk, CHAIN_GAP + over);
    talk.take('initiator', talk.send('responder'));
    const answer = talk.send('initiator');
    if (over > 0) {
      expect(talk.refusal('responder', answer)).toBe('ratchet-gap');
      return;
    }
    talk.take('responder', answer);
    talk.take('responder', skipped[0]!);
    talk.take('responder', skipped.at(-1)!);
  });

  it('2,000 kept keys, of which the oldest go', () => {
    const talk = conversation('kept keys');
    const skipped: Uint8Array[] = [];
    while (skipped.length < SKIPPED_KEYS) {
      skipped.push(...skip(talk, 500));
      talk.take('responder', talk.send('initiator'));
    }
    expect(talk.sessions.responder.serialize().length).toBeLessThan(512 * 1024);
    const [lost, stays] = [skipped[1]!, skipped[2]!];
    talk.take('responder', skipped[0]!);
    skip(talk, 2);
    talk.take('responder', talk.send('initiator'));
    expect(talk.refusal('responder', lost)).toBe('ratchet-replayed');
    talk.take('responder', stays);
  });

  it('5 receiving chains, of which the oldest goes', () => {
    const talk = conversation('chains');
    const late: Uint8Array[] = [];
    for (let chain = 0; chain < RECEIVING_CHAINS; chain += 1) {
      late.push(talk.send('initiator'));
      talk.turn();
    }
    const [first, second] = late;
    const before = talk.sessions.responder;
    talk.take('responder', first!);
    talk.sessions.responder = before;
    late.push(talk.send('initiator'));
    talk.take('responder', talk.send('initiator'));
    expect(talk.refusal('responder', first!)).toBe('ratchet-tag');
    talk.take('responder', second!);
  });

  it('14 days', () => {
    const talk = conversation('days');
    const late = talk.send('initiator');
    talk.take('responder', talk.send('initiator'));
    expect(talk.refusal('responder', late, NOW + SKIPPED_KEY_MS + 1)).toBe('ratchet-replayed');
    const session = talk.sessions.responder;
    expect(session.forgetStale(NOW + SKIPPED_KEY_MS)).toBe(session);
    const resting = session.forgetStale(NOW + SKIPPED_KEY_MS + 1);
    expect(codeOf(() => resting.decrypt(parseEnvelope(late), talk.random, NOW))).toBe('ratchet-replayed');
    expect(resting.serialize().length).toBe(session.serialize().length - 34 - 42);
    // Any message takes what is stale with it.
    const fresh = talk.send('initiator');
    talk.take('responder', fresh, NOW + SKIPPED_KEY_MS + 1);
    expect(toHex(talk.sessions.responder.serialize()).length).toBe(toHex(resting.serialize()).length);
    talk.sessions.responder = session;
    talk.take('responder', late, NOW + SKIPPED_KEY_MS);
  });

  it('14 days also for keys kept while the clock was wrong', () => {
    const talk = conversation('wrong clock');
    const late = talk.send('initiator');
    talk.take('responder', talk.send('initiator'), NOW + SKIPPED_KEY_MS + 1);
    expect(talk.refusal('responder', late)).toBe('ratchet-replayed');
    talk.take('responder', late, NOW + 1);
  });

  it('a chain ends before its numbers do', () => {
    const talk = conversation('end');
    talk.take('responder', talk.send('initiator'));
    const state = talk.sessions.responder.serialize();
    state.set(fromHex('fffffffe'), 166 + 64); // receiving n
    talk.sessions.responder = Session.parse(talk.contexts.responder, state);
    const last = talk.send('initiator');
    last.set(fromHex('ffffffff'), 68);
    expect(talk.refusal('responder', last)).toBe('ratchet-gap');
    const ours = talk.sessions.responder.serialize();
    ours.set(fromHex('ffffffff'), 158); // sending n
    ours.set(fromHex('00ffffffffff'), 18); // sent
    expect(codeOf(() => Session.parse(talk.contexts.responder, ours))).toBe('session-state');
  });
});
