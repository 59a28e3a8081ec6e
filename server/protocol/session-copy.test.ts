// Yesterday's copy of a database is put back, again and again and at any moment: whatever is encrypted then, in the old
// session or in a new one, no key meets a nonce twice. The long run of what `session-rules.test.ts` says once.
import { expect, it } from 'vitest';
import { seededNumbers } from '../testing/seeded-random.ts';
import { sessionPair, watchKeys } from '../testing/network/session-pair.ts';
import { parseEnvelope } from './envelope.ts';
import { ProtocolError } from './errors.ts';
import { chooseSession, Session, type SessionContext } from './session.ts';

const TRIALS = 1000;
const MESSAGES = 12;
const NOW = 1_800_000_000_000;

type Side = 'initiator' | 'responder';

it(`never meets a key and nonce again in ${TRIALS} trials`, () => {
  let resumed = 0;
  let refused = 0;
  let sealed = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const watch = watchKeys();
    const chance = seededNumbers(`copy ${trial}`);
    const pair = sessionPair(`copy ${trial}`, watch.primitives);
    const { contexts, random } = pair;
    let sides: Record<Side, Session> = { initiator: pair.initiator, responder: pair.responder };

    /** One of them writes; it may get lost. */
    const speak = (): void => {
      const [from, to]: [Side, Side] = chance() < 0.5 ? ['initiator', 'responder'] : ['responder', 'initiator'];
      const { envelope, next } = sides[from].encrypt(random(16), random(20), random);
      sides = { ...sides, [from]: next };
      if (chance() < 0.2) return;
      try {
        const got = sides[to].decrypt(parseEnvelope(envelope), random, NOW);
        sides = { ...sides, [to]: got.next };
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        refused += 1;
      }
    };
    const converse = (): void => {
      for (let said = Math.floor(chance() * MESSAGES); said > 0; said -= 1) speak();
    };

    converse();
    const who: Side = chance() < 0.5 ? 'initiator' : 'responder';
    const copy = sides[who].serialize();
    converse();
    sides = { ...sides, [who]: Session.parse(contexts[who] satisfies SessionContext, copy) };
    // Before the next link it writes on in the old session: the two may then agree by chance.
    converse();
    if (chooseSession(sides.initiator, sides.responder) === 'resume') resumed += 1;
    else sides = sessionPair(`copy ${trial}, new`, watch.primitives);
    converse();

    sealed += watch.seals.length;
    expect(new Set(watch.seals).size).toBe(watch.seals.length);
  }
  // Copies that were noticed and copies that were not, messages that opened and messages that did not.
  expect(resumed).toBeGreaterThan(TRIALS / 10);
  expect(resumed).toBeLessThan(TRIALS);
  expect(refused).toBeGreaterThan(0);
  expect(sealed).toBeGreaterThan(10 * TRIALS);
});
