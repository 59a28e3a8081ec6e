// What was recorded on one link is sent on another, by who sat in between: every message at every step, in both roles.
import { describe, expect, it } from 'vitest';
import { concat, equal, toHex, u16, utf8 } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import type { X25519KeyPair } from '../crypto/primitives.ts';
import { asStaticKey } from '../testing/keys.ts';
import { parseEnvelope } from '../protocol/envelope.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { FRAME_BYTES } from '../protocol/limits.ts';
import { LinkProtocol, type LinkEvent } from '../protocol/link-protocol.ts';
import { RECORD } from '../protocol/records.ts';
import type { Session } from '../protocol/session.ts';
import { call, heard, sent } from '../testing/network/link-pair.ts';
import { sessionPair } from '../testing/network/session-pair.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const newKey = (): X25519KeyPair => primitives.x25519KeyPair(random(32));
const people = { ann: newKey(), bob: newKey(), eve: newKey() };
type Name = keyof typeof people;

/** Records each side sends once the link is open. */
const TALK = 3;

interface Message {
  readonly from: 'initiator' | 'responder';
  readonly bytes: Uint8Array;
}

/** A link between two people that goes on message by message: preamble and answer, message 1, 2, 3, then records in turns. */
class Run {
  readonly initiator: LinkProtocol;
  readonly responder: LinkProtocol;
  /** Every message so far. */
  readonly transcript: Message[] = [];

  constructor(initiator: Name, responder: Name, dialled: Name = responder) {
    const theirStatic = asStaticKey(people[dialled].publicKey);
    this.initiator = LinkProtocol.initiator({ primitives, ourStatic: people[initiator], theirStatic, random });
    this.responder = LinkProtocol.responder({ primitives, ourStatic: people[responder], random });
  }

  /** Steps of a whole run. */
  static readonly steps = 5 + 2 * TALK;

  /** Makes the next message, and has it read by the other side. */
  step(): void {
    const step = this.transcript.length;
    const from = step % 2 === 0 ? 'initiator' : 'responder';
    const to = from === 'initiator' ? this.responder : this.initiator;
    const bytes = this.#make(step, this[from]);
    this.#said = sent(heard(to, bytes));
    this.transcript.push({ from, bytes });
  }

  go(steps: number): this {
    for (let i = 0; i < steps; i += 1) this.step();
    return this;
  }

  close(): void {
    this.initiator.close();
    this.responder.close();
  }

  /** What the last message made the other side say. */
  #said: Uint8Array = new Uint8Array();

  #make(step: number, protocol: LinkProtocol): Uint8Array {
    if (step === 0) return sent(protocol.start());
    if (step === 4) return sent(protocol.proceed());
    if (step > 4) return protocol.flush([{ type: RECORD.ping, body: Uint8Array.of(step, 0, 0, 0, 0, 0, 0, 0) }]);
    return this.#said;
  }
}

/** A run that has gone so many steps. */
function at(steps: number, initiator: Name = 'ann', responder: Name = 'bob'): Run {
  return new Run(initiator, responder).go(steps);
}

/**
 * Sends these bytes, and more than they may announce. Nothing may open or be heard, and the link must end.
 * @returns whether they were answered first.
 */
function refuses(protocol: LinkProtocol, bytes: Uint8Array): boolean {
  const events: LinkEvent[] = [];
  const feed = (piece: Uint8Array): boolean => {
    try {
      events.push(...heard(protocol, piece));
      return false;
    } catch (error) {
      if (error instanceof ProtocolError) return true;
      throw error;
    }
  };
  expect(feed(bytes) || feed(new Uint8Array(FRAME_BYTES))).toBe(true);
  expect(events.filter(({ kind }) => kind !== 'send' && kind !== 'called')).toEqual([]);
  return events.some(({ kind }) => kind === 'send');
}

describe('messages of another link', () => {
  const transcripts = {
    'the same two': at(Run.steps).transcript,
    'the same two, dialled the other way': at(Run.steps, 'bob', 'ann').transcript,
    'one of them and a third': at(Run.steps, 'ann', 'eve').transcript,
    'a third and one of them': at(Run.steps, 'eve', 'bob').transcript,
  };

  for (const [whose, transcript] of Object.entries(transcripts)) {
    it(`are accepted at no step, in no role: ${whose}`, () => {
      let tried = 0;
      for (let steps = 0; steps <= Run.steps; steps += 1) {
        for (const role of ['initiator', 'responder'] as const) {
          for (const { bytes } of transcript) {
            const run = at(steps);
            // An initiator says the first word; before that nobody can reach it.
            if (steps === 0 && role === 'initiator') run.initiator.start();
            const answered = refuses(run[role], bytes);
            // The preamble is the same for all; an answer that was another's is bound into a message 1 that opens nowhere.
            const [hello, freshness] = transcript;
            const free = role === 'responder' ? [0, hello?.bytes] : [Math.min(steps, 1), freshness?.bytes];
            if (answered) expect([steps, bytes]).toEqual(free);
            run.close();
            tried += 1;
          }
        }
      }
      expect(tried).toBe((Run.steps + 1) * 2 * Run.steps);
    });

    it(`ask nobody who they are, by a message 1 that was recorded: ${whose}`, () => {
      const [preamble, , message1] = transcript;
      for (const name of ['ann', 'bob', 'eve'] as const) {
        const { responder } = new Run('eve', name);
        heard(responder, preamble!.bytes);
        expect(refuses(responder, message1!.bytes)).toBe(false);
      }
    });
  }

  it('are not accepted when they are one’s own, of this very link', () => {
    for (let steps = 1; steps <= Run.steps; steps += 1) {
      for (const role of ['initiator', 'responder'] as const) {
        const own = at(steps).transcript.filter(({ from }) => from === role);
        own.forEach((_, index) => {
          const run = at(steps);
          const { bytes } = run.transcript.filter(({ from }) => from === role)[index]!;
          expect(refuses(run[role], bytes)).toBe(false);
          run.close();
        });
      }
    }
  });

  it('are not accepted a second time, of this very link', () => {
    for (let steps = 1; steps <= Run.steps; steps += 1) {
      for (const { from } of at(steps).transcript.slice(-1)) {
        const role = from === 'initiator' ? 'responder' : 'initiator';
        const run = at(steps);
        expect(refuses(run[role], run.transcript.at(-1)!.bytes)).toBe(false);
        run.close();
      }
    }
  });
});

describe('somebody else', () => {
  it('cannot answer in place of whom we dialled', () => {
    for (const [responder, dialled] of [
      ['eve', 'bob'],
      ['ann', 'bob'],
      ['bob', 'eve'],
    ] as const) {
      const run = new Run('ann', responder, dialled);
      const message1 = call(run.initiator, run.responder);
      expect(refuses(run.responder, message1)).toBe(false);
    }
  });

  it('is known by the key that was proven, never by another', () => {
    const run = new Run('eve', 'bob');
    const message2 = sent(heard(run.responder, call(run.initiator, run.responder)));
    run.initiator.receive(message2);
    const [secured] = run.responder.receive(sent(run.initiator.proceed()));
    expect(secured?.kind === 'secured' && equal(secured.theirStatic, people.eve.publicKey)).toBe(true);
  });
});

describe('a preamble', () => {
  it('that was changed on the way ends the link, whatever versions it names', () => {
    const versions = [0, 1, 2, 3, 4, 0x7fff, 0xffff];
    let answered = 0;
    for (const lowest of versions) {
      for (const highest of versions) {
        const run = new Run('ann', 'bob');
        run.initiator.start();
        const preamble = concat(utf8('LOOM'), u16(lowest), u16(highest));
        const within = lowest <= 2 && highest >= 2;
        const answer = within ? sent(run.responder.receive(preamble)) : null;
        if (!answer) expect(refuses(run.responder, preamble)).toBe(false);
        else if (refuses(run.responder, sent(run.initiator.receive(answer)))) answered += 1;
        else expect([lowest, highest]).not.toEqual([2, 2]);
        run.close();
      }
    }
    expect(answered).toBe(1);
  });
});

describe('envelopes', () => {
  it('open for whom they were made, in their session, once', () => {
    const now = 1_700_000_000_000;
    const pairs = ['one', 'two'].map((seed) => sessionPair(seed));
    const readers: { session: Session; opened: Set<string> }[] = [];
    const made: { by: number; envelope: Uint8Array }[] = [];
    for (const pair of pairs) {
      for (const role of ['initiator', 'responder'] as const) {
        let session: Session = pair[role];
        const by = readers.length;
        for (let n = 0; n < 3; n += 1) {
          const { envelope, next } = session.encrypt(pair.random(16), utf8(`${by} ${n}`), pair.random);
          session = next;
          made.push({ by, envelope });
        }
        readers.push({ session, opened: new Set() });
      }
    }
    for (let round = 0; round < 2; round += 1) {
      for (const [reader, { session, opened }] of readers.entries()) {
        let current = session;
        for (const { by, envelope } of made) {
          const meant = by === (reader ^ 1);
          try {
            const { next } = current.decrypt(parseEnvelope(envelope), random, now);
            expect([meant, opened.has(toHex(envelope))]).toEqual([true, false]);
            opened.add(toHex(envelope));
            current = next;
          } catch (error) {
            if (!(error instanceof ProtocolError)) throw error;
            expect(meant && round === 0).toBe(false);
          }
        }
        readers[reader] = { session: current, opened };
      }
    }
    expect(readers.map(({ opened }) => opened.size)).toEqual([3, 3, 3, 3]);
  });
});
