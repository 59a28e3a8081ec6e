// Two sessions under every disorder a network can make of their messages, held against a model of the rules that knows
// numbers and no cryptography. After each step the session is written down and read again.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toHex, u32 } from '../crypto/bytes.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { sessionPair, watchKeys } from '../testing/network/session-pair.ts';
import { parseEnvelope } from './envelope.ts';
import { ProtocolError } from './errors.ts';
import { CHAIN_GAP, RECEIVING_CHAINS, SKIPPED_KEYS } from './limits.ts';
import { Session } from './session.ts';

type Side = 'initiator' | 'responder';
type Step = readonly [verb: 'send' | 'deliver' | 'repeat' | 'drop', who: Side, number: number];
/** The place of the message sent last. */
const NEWEST = -1;
const NOW = 1_800_000_000_000;

interface Sent {
  readonly envelope: Uint8Array;
  readonly content: Uint8Array;
}

/** Which messages can be read, by the rules of SPEC.md §4 alone. */
class Model {
  #current: string | null;
  #next = 0;
  #kept: { chain: string; n: number }[] = [];
  readonly #seen = new Set<string>();

  constructor(current: string | null) {
    this.#current = current;
    if (current !== null) this.#seen.add(current);
  }

  /** Whether the message opens; if so, the model has moved on. */
  take(chain: string, pn: number, n: number): boolean {
    const isKept = this.#kept.some((kept) => kept.chain === chain && kept.n === n);
    if (isKept) {
      this.#kept = this.#kept.filter((kept) => kept.chain !== chain || kept.n !== n);
      return true;
    }
    if (chain === this.#current) {
      if (n < this.#next || n - this.#next > CHAIN_GAP) return false;
    } else {
      if (this.#seen.has(chain) || n > CHAIN_GAP) return false;
      if (this.#current !== null) {
        if (pn - this.#next > CHAIN_GAP) return false;
        this.#keep(this.#current, pn);
      }
      const closed = [...new Set(this.#kept.map((kept) => kept.chain))].slice(-(RECEIVING_CHAINS - 1));
      this.#kept = this.#kept.filter((kept) => closed.includes(kept.chain));
      this.#seen.add(chain);
      this.#current = chain;
      this.#next = 0;
    }
    this.#keep(chain, n);
    this.#next = n + 1;
    return true;
  }

  #keep(chain: string, end: number): void {
    for (let n = this.#next; n < end; n += 1) this.#kept.push({ chain, n });
    this.#kept = this.#kept.slice(-SKIPPED_KEYS);
  }
}

class World {
  readonly #watch = { initiator: watchKeys(), responder: watchKeys() };
  readonly #pair;
  readonly #random;
  readonly #sessions: Record<Side, Session>;
  readonly #models: Record<Side, Model>;
  readonly #pending: Record<Side, Sent[]> = { initiator: [], responder: [] };
  readonly #done: Record<Side, Sent[]> = { initiator: [], responder: [] };
  #messages = 0;

  constructor(seed: string) {
    this.#pair = sessionPair(seed, this.#watch.initiator.primitives, this.#watch.responder.primitives);
    this.#random = seededRandom(`world of ${seed}`);
    this.#sessions = { initiator: this.#pair.initiator, responder: this.#pair.responder };
    // The initiator knows the chain of the HELLO from the start, the responder knows none.
    const b0 = parseEnvelope(this.#pair.responder.encrypt(this.#random(16), new Uint8Array(0), this.#random).envelope);
    this.#models = { initiator: new Model(toHex(b0.ratchetKey)), responder: new Model(null) };
  }

  send(from: Side, count: number): void {
    let session = this.#sessions[from];
    for (let i = 0; i < count; i += 1) {
      const content = u32((this.#messages += 1));
      const { envelope, next } = session.encrypt(this.#random(16), content, this.#random);
      session = next;
      this.#pending[other(from)].push({ envelope, content });
    }
    this.#keep(from, session);
  }

  deliver(to: Side, place: number): void {
    const [sent] = this.#pending[to].splice(pick(place, this.#pending[to].length), 1);
    if (!sent) return;
    const { ratchetKey, pn, n } = parseEnvelope(sent.envelope);
    if (!this.#models[to].take(toHex(ratchetKey), pn, n)) {
      this.#expectRefused(to, sent);
      return;
    }
    const { content, next } = this.#sessions[to].decrypt(parseEnvelope(sent.envelope), this.#random, NOW);
    expect(toHex(content)).toBe(toHex(sent.content));
    expect(next.received).toBe(this.#sessions[to].received + 1);
    this.#keep(to, next);
    this.#done[to].push(sent);
  }

  /** A message that was read before comes again. */
  repeat(to: Side, place: number): void {
    const sent = this.#done[to][pick(place, this.#done[to].length)];
    if (sent) this.#expectRefused(to, sent);
  }

  drop(to: Side, place: number): void {
    this.#pending[to].splice(pick(place, this.#pending[to].length), 1);
  }

  settle(): void {
    for (const side of ['initiator', 'responder'] as const) {
      while (this.#pending[side].length > 0) this.deliver(side, this.#messages);
      for (const sent of this.#done[side].slice(-20)) this.#expectRefused(side, sent);
      const { seals } = this.#watch[side];
      expect(new Set(seals).size).toBe(seals.length);
    }
    expect(this.#sessions.initiator.sent + this.#sessions.responder.sent).toBe(this.#messages);
  }

  #expectRefused(side: Side, sent: Sent): void {
    const session = this.#sessions[side];
    const before = session.serialize();
    expect(() => session.decrypt(parseEnvelope(sent.envelope), this.#random, NOW)).toThrow(ProtocolError);
    expect(Buffer.compare(session.serialize(), before)).toBe(0);
  }

  #keep(side: Side, session: Session): void {
    const state = session.serialize();
    this.#sessions[side] = Session.parse(this.#pair.contexts[side], state);
    expect(Buffer.compare(this.#sessions[side].serialize(), state)).toBe(0);
  }
}

function other(side: Side): Side {
  return side === 'initiator' ? 'responder' : 'initiator';
}

/** A place in a list of that length; nothing picks from an empty list. */
function pick(place: number, length: number): number {
  if (place === NEWEST) return Math.max(0, length - 1);
  return length === 0 ? 0 : place % length;
}

const side = fc.constantFrom<Side>('initiator', 'responder');
const place = fc.nat({ max: 2000 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('send' as const), side, fc.integer({ min: 1, max: 4 })) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('deliver' as const), side, place) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('deliver' as const), side, fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('repeat' as const), side, place) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('drop' as const), side, place) },
);

function play(seed: string, steps: readonly Step[]): void {
  const world = new World(seed);
  for (const [verb, who, number] of steps) world[verb](who, number);
  world.settle();
}

it('reads what the rules say can be read, once, whatever happens on the way', () => {
  const steps = fc.array(step, { minLength: 10, maxLength: 80, size: 'max' });
  fc.assert(
    fc.property(fc.string(), steps, (seed, taken) => play(seed, taken)),
    { numRuns: 25, seed: 20 },
  );
});

it('reads a thousand messages in any order', () => {
  const random = seededRandom('order');
  const world = new World('a thousand');
  world.send('initiator', 1);
  world.deliver('responder', 0);
  world.send('initiator', CHAIN_GAP + 1);
  for (let left = CHAIN_GAP + 1; left > 0; left -= 1) {
    world.deliver('responder', left > CHAIN_GAP ? CHAIN_GAP : Buffer.from(random(4)).readUInt32BE());
  }
  world.settle();
});

it('holds the bounds through long losses on several chains', () => {
  // One over the gap, the gap, then more keys to keep than are kept, over three chains; the rest as it comes.
  const losses: Step[] = [
    ['send', 'initiator', CHAIN_GAP + 2],
    ['deliver', 'responder', NEWEST],
    ['deliver', 'responder', NEWEST],
  ];
  for (const lost of [800, 400]) {
    losses.push(['send', 'responder', 1], ['deliver', 'initiator', NEWEST]);
    losses.push(['send', 'initiator', lost + 1], ['deliver', 'responder', NEWEST]);
  }
  const tail = fc.array(step, { minLength: 5, maxLength: 20, size: 'max' });
  fc.assert(
    fc.property(fc.string(), tail, (seed, taken) => play(seed, [...losses, ...taken])),
    { numRuns: 2, seed: 21 },
  );
});
