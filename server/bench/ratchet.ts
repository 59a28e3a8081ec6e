// The Double Ratchet alone: 100 bytes encrypted and decrypted, both states serialised each time, as they are for every
// message that is stored.
import { choosePrimitives } from '../crypto/choose.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { asIdentityKey } from '../testing/keys.ts';
import { parseEnvelope } from '../protocol/envelope.ts';
import { makeRatchetKey, Session } from '../protocol/session.ts';
import type { Row } from './report.ts';
import { SignalUser } from './signal.ts';
import { compare, type Rounds } from './stopwatch.ts';

/** Given to the ratchet by the application; what a message is called makes no difference to it. */
const MESSAGE_ID = new Uint8Array(16);
const TEXT = new Uint8Array(100).fill(0x61);

/** Two sessions of Loom's that speak with each other. */
export class LoomPair {
  readonly #random: (length: number) => Uint8Array;
  #sides: [Session, Session];

  constructor(primitives: Primitives) {
    this.#random = (length) => primitives.random(length);
    const [one, other] = [asIdentityKey(primitives.random(32)), asIdentityKey(primitives.random(32))];
    const handshake = { handshakeHash: primitives.random(32), exportKey: primitives.random(32) };
    const ratchet = makeRatchetKey(primitives, this.#random);
    const theirRatchet = new Uint8Array(ratchet.publicKey);
    this.#sides = [
      Session.establish(
        { primitives, ourIdentity: one, theirIdentity: other },
        { ...handshake, role: 'initiator', theirRatchet, random: this.#random },
      ),
      Session.establish(
        { primitives, ourIdentity: other, theirIdentity: one },
        { ...handshake, role: 'responder', ratchet },
      ),
    ];
  }

  pass(): void {
    const [sender, receiver] = this.#sides;
    const sent = sender.encrypt(MESSAGE_ID, TEXT, this.#random);
    sent.next.serialize();
    const got = receiver.decrypt(parseEnvelope(sent.envelope), this.#random, 0);
    got.next.serialize();
    this.#sides = [sent.next, got.next];
  }

  turn(): void {
    this.#sides.reverse();
  }
}

/** Two of libsignal's, past their first messages. */
export class SignalPair {
  #sides: [SignalUser, SignalUser] = [new SignalUser('one'), new SignalUser('other')];

  static async make(): Promise<SignalPair> {
    const pair = new SignalPair();
    const [one, other] = pair.#sides;
    await one.begin(other, await other.bundle());
    await other.decryptFirst(one, await one.encrypt(other, TEXT));
    pair.turn();
    await pair.pass();
    pair.turn();
    return pair;
  }

  async pass(): Promise<void> {
    const [sender, receiver] = this.#sides;
    await receiver.decrypt(sender, await sender.encrypt(receiver, TEXT));
  }

  turn(): void {
    this.#sides.reverse();
  }
}

export async function measureRatchet(rounds: Rounds): Promise<readonly Row[]> {
  return [await measure('one way', 5, false, rounds), await measure('ping-pong', 2, true, rounds)];
}

async function measure(name: string, goal: number, turning: boolean, rounds: Rounds): Promise<Row> {
  const loom = new LoomPair(choosePrimitives(undefined));
  const signal = await SignalPair.make();
  const result = await compare(
    (times) => {
      for (let done = 0; done < times; done += 1) {
        loom.pass();
        if (turning) loom.turn();
      }
    },
    async (times) => {
      for (let done = 0; done < times; done += 1) {
        await signal.pass();
        if (turning) signal.turn();
      }
    },
    rounds,
  );
  return {
    what: `Double Ratchet, 100 B, ${name}`,
    unit: '/s',
    ours: result.ours,
    reference: { what: 'libsignal', ...result.reference },
    ratio: result.ratio,
    goal: { kind: 'at-least', ratio: goal },
  };
}
