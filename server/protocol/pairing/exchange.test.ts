// Host and guest against each other, and the whole exchange byte by byte. `LOOM_WRITE_VECTORS=1` writes testdata/pairing.json.
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../crypto/bytes.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { codeOf } from '../../testing/code-of.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { encodeCbor } from '../cbor/cbor.ts';
import { PAIR_TRIES } from '../limits.ts';
import loom2 from '../testdata/loom2-answer.json' with { type: 'json' };
import vectors from '../testdata/pairing.json' with { type: 'json' };
import { generator, lvCat, scalarFrom } from './cpace.ts';
import { startGuest, stepGuest, type GuestEffect, type GuestInput, type GuestState } from './guest.ts';
import { newHost, stepHost, type HostEffect, type HostInput, type HostState } from './host.ts';
import { isCode, newCode, offer, tags, type PairContext } from './keys.ts';
import { encodePair, parsePair, type PairMessage } from './messages.ts';

fc.configureGlobal({ seed: 2 });

const native = choosePrimitives(undefined);
const [hostIk, guestIk] = [fromHex(loom2.identity[0]!.ik), fromHex(loom2.identity[1]!.ik)];
const NEUTRAL = new Uint8Array(32);

function context(changes: Partial<PairContext> = {}): PairContext {
  const handshakeHash = Uint8Array.from({ length: 32 }, (_, i) => 0x40 + i);
  return { primitives: native, random: seededRandom('pairing'), handshakeHash, hostIk, guestIk, ...changes };
}

/** Both sides with the records between them, which a test may look at, change, or leave out. */
class Pair {
  host: HostState = newHost;
  guest: GuestState;
  readonly hostDid: HostEffect[] = [];
  readonly guestDid: GuestEffect[] = [];
  readonly records: { from: 'guest' | 'host'; body: string }[] = [];
  /** Under way. */
  readonly #wire: { from: 'guest' | 'host'; body: Uint8Array }[] = [];
  readonly #hosts: PairContext;
  readonly #guests: PairContext;

  constructor(hosts = context(), guests: PairContext = context({ random: seededRandom('guest') })) {
    this.#hosts = hosts;
    this.#guests = guests;
    const { state, effects } = startGuest();
    this.guest = state;
    this.#run('guest', effects);
    this.settle();
  }

  get code(): string {
    return this.host.kind === 'showing' || this.host.kind === 'answered' ? this.host.code : 'none';
  }

  atHost(input: HostInput): void {
    const { state, effects } = stepHost(this.#hosts, this.host, input);
    this.host = state;
    this.hostDid.push(...effects);
    this.#run('host', effects);
    this.settle();
  }

  atGuest(input: GuestInput): void {
    const { state, effects } = stepGuest(this.#guests, this.guest, input);
    this.guest = state;
    this.guestDid.push(...effects);
    this.#run('guest', effects);
    this.settle();
  }

  type(code: string): void {
    this.atGuest({ kind: 'code', code });
  }

  settle(): void {
    const next = this.#wire.shift();
    if (!next) return;
    if (next.from === 'guest') this.atHost({ kind: 'record', body: next.body });
    else this.atGuest({ kind: 'record', body: next.body });
  }

  #run(from: 'guest' | 'host', effects: readonly (HostEffect | GuestEffect)[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'send') continue;
      this.records.push({ from, body: toHex(effect.body) });
      this.#wire.push({ from, body: effect.body });
    }
  }
}

function other(code: string): string {
  return code === '000000' ? '000001' : '000000';
}

function kinds(effects: readonly { readonly kind: string }[]): string[] {
  return effects.map(({ kind }) => kind).filter((kind) => kind !== 'send');
}

describe('pairing', () => {
  it('succeeds with the code', () => {
    const pair = new Pair();
    expect(pair.guest).toEqual({ kind: 'wanting', left: PAIR_TRIES });
    pair.type(pair.code);
    expect([pair.host.kind, pair.guest.kind]).toEqual(['paired', 'paired']);
    expect(kinds(pair.hostDid)).toEqual(['show', 'paired']);
    expect(kinds(pair.guestDid)).toEqual(['want', 'paired']);
  });

  it('takes two slips, and not a third', () => {
    const forgiven = new Pair();
    for (const left of [2, 1]) {
      forgiven.type(other(forgiven.code));
      expect(forgiven.guest).toEqual({ kind: 'wanting', left });
    }
    forgiven.type(forgiven.code);
    expect(forgiven.guest.kind).toBe('paired');

    const ended = new Pair();
    for (let i = 0; i < PAIR_TRIES; i += 1) ended.type(other(ended.code));
    expect([ended.host.kind, ended.guest.kind]).toEqual(['ended', 'ended']);
    expect(ended.hostDid.at(-1)).toEqual({ kind: 'ended', reason: 'wrong-code' });
    expect(ended.guestDid.at(-1)).toEqual({ kind: 'ended', reason: 'wrong-code' });
    expect(kinds(ended.hostDid)).toEqual(['show', 'wrong', 'wrong', 'wrong', 'ended']);
  });

  it.each(['expired', 'cancelled'] as const)('ends when it is %s, on either side', (reason) => {
    const pair = new Pair();
    pair.atHost({ kind: reason });
    pair.atGuest({ kind: reason });
    expect(pair.hostDid.at(-1)).toEqual({ kind: 'ended', reason });
    expect(pair.guestDid.at(-1)).toEqual({ kind: 'ended', reason });
    // Whatever comes after the end changes nothing and says nothing.
    const said = pair.records.length;
    pair.type('123456');
    pair.atHost({ kind: 'record', body: encodePair({ step: 4, tag: NEUTRAL }) });
    expect(pair.records.length).toBe(said);
  });

  it.each<[string, Partial<PairContext>]>([
    ['in another link', { handshakeHash: new Uint8Array(32) }],
    ['to another host', { hostIk: guestIk }],
    ['as another guest', { guestIk: hostIk }],
  ])('fails with the right code %s', (_, changes) => {
    const pair = new Pair(context(), context({ random: seededRandom('guest'), ...changes }));
    pair.type(pair.code);
    expect(pair.guest).toEqual({ kind: 'wanting', left: PAIR_TRIES - 1 });
  });

  it('never uses a share twice', () => {
    const pair = new Pair();
    pair.type(other(pair.code));
    pair.type(other(pair.code));
    pair.type(pair.code);
    const shares = pair.records
      .map(({ body }) => parsePair(fromHex(body)))
      .flatMap((each) => ('y' in each ? [toHex(each.y)] : []));
    expect(new Set(shares).size).toBe(6);
  });

  it('ends at a host who does not know the code', () => {
    const guests = context({ random: seededRandom('guest') });
    const { state: asking } = startGuest();
    const wanting = stepGuest(guests, asking, { kind: 'record', body: encodePair({ step: 1 }) });
    const offered = stepGuest(guests, wanting.state, { kind: 'code', code: '123456' });
    const { y } = offer(context(), '654321');
    const proving = stepGuest(guests, offered.state, { kind: 'record', body: encodePair({ step: 3, y }) });
    const body = encodePair({ step: 5, tag: NEUTRAL });
    expect(codeOf(() => stepGuest(guests, proving.state, { kind: 'record', body }))).toBe('pair-tag');
    // Nor may a host hand out more tries than there are.
    const more = encodePair({ step: 6, left: 3 });
    expect(codeOf(() => stepGuest(guests, proving.state, { kind: 'record', body: more }))).toBe('pair-unexpected');
  });

  it('refuses the neutral element, and what is no point', () => {
    const ones = new Uint8Array(32).fill(255);
    const hosts = context();
    const { state: showing } = stepHost(hosts, newHost, { kind: 'record', body: encodePair({ step: 0 }) });
    const guest = new Pair().guest;
    const offered = stepGuest(context(), guest, { kind: 'code', code: '123456' }).state;
    for (const y of [NEUTRAL, ones]) {
      const toHost = encodePair({ step: 2, y });
      expect(codeOf(() => stepHost(hosts, showing, { kind: 'record', body: toHost }))).toBe('pair-point');
      const toGuest = encodePair({ step: 3, y });
      expect(codeOf(() => stepGuest(context(), offered, { kind: 'record', body: toGuest }))).toBe('pair-point');
    }
  });

  it('takes each record where it belongs and nowhere else', () => {
    const messages: PairMessage[] = [
      { step: 0 },
      { step: 1 },
      { step: 2, y: hostIk },
      { step: 3, y: hostIk },
      { step: 4, tag: hostIk },
      { step: 5, tag: hostIk },
      { step: 6, left: 1 },
    ];
    const pair = new Pair();
    const hostStates: [HostState, number][] = [
      [newHost, 0],
      [pair.host, 2],
    ];
    for (const [state, taken] of hostStates) {
      for (const message of messages.filter(({ step }) => step !== taken)) {
        const input = { kind: 'record', body: encodePair(message) } as const;
        expect(codeOf(() => stepHost(context(), state, input))).toBe('pair-unexpected');
      }
    }
    for (const message of messages) {
      const input = { kind: 'record', body: encodePair(message) } as const;
      expect(codeOf(() => stepGuest(context(), pair.guest, input))).toBe('pair-unexpected');
    }
  });

  it('takes no digits it did not ask for, and no code that is none', () => {
    const { state } = startGuest();
    expect(stepGuest(context(), state, { kind: 'code', code: '123456' })).toEqual({ state, effects: [] });
    expect(() => stepGuest(context(), new Pair().guest, { kind: 'code', code: '12345' })).toThrow();
  });
});

describe('codes', () => {
  it('are six digits, leading zeros kept, evenly drawn', () => {
    const random = seededRandom('codes');
    const codes = Array.from({ length: 2000 }, () => newCode(random));
    expect(codes.every(isCode)).toBe(true);
    expect(new Set(codes.map(([digit]) => digit)).size).toBe(10);
  });

  it('are drawn again where the bytes would favour small ones', () => {
    const draws = [fromHex('ffffffff'), fromHex('fffe7960'), fromHex('0000002a')];
    expect(newCode(() => draws.shift()!)).toBe('000042');
  });

  it.each(['', '12345', '1234567', '12345a', ' 12345', '１２３４５６'])('are not %j', (text) =>
    expect(isCode(text)).toBe(false),
  );
});

describe('PAIR records', () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const message = fc.oneof<fc.Arbitrary<PairMessage>[]>(
    fc.constantFrom({ step: 0 } as const, { step: 1 } as const),
    fc.record({ step: fc.constantFrom(2 as const, 3 as const), y: bytes32 }) as fc.Arbitrary<PairMessage>,
    fc.record({ step: fc.constantFrom(4 as const, 5 as const), tag: bytes32 }) as fc.Arbitrary<PairMessage>,
    fc.record({ step: fc.constant(6 as const), left: fc.nat({ max: PAIR_TRIES }) }),
  );

  it('come back as they went', () => {
    fc.assert(
      fc.property(message, (given) => {
        expect(parsePair(encodePair(given))).toEqual(given);
      }),
    );
  });

  it.each([
    ['an unknown step', encodeCbor({ step: 7 }), 'pair-unexpected'],
    ['no step', encodeCbor({}), 'field-missing'],
    ['a short share', encodeCbor({ step: 2, y: new Uint8Array(31) }), 'field-type'],
    ['a long tag', encodeCbor({ step: 4, tag: new Uint8Array(33) }), 'field-type'],
    ['more tries than there are', encodeCbor({ step: 6, left: PAIR_TRIES + 1 }), 'field-type'],
    ['more than a record of this kind may be', encodeCbor({ step: 0, more: new Uint8Array(256) }), 'record-length'],
    ['no map', utf8('hello'), 'cbor-malformed'],
  ] as const)('with %s are refused', (_, body, code) => expect(codeOf(() => parsePair(body))).toBe(code));

  it('of any bytes are taken or refused, nothing else', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (body) => void codeOf(() => parsePair(body))));
  });
});

/** The whole exchange, with a slip before it, from fixed bytes; and what stands between its lines, for other implementations. */
function vector(primitives = native): unknown {
  const drawn = { host: [] as string[], guest: [] as string[] };
  const recording = (side: 'host' | 'guest') => {
    const random = seededRandom(`vector ${side}`);
    return (length: number) => {
      const bytes = random(length);
      drawn[side].push(toHex(bytes));
      return bytes;
    };
  };
  const hosts = context({ primitives, random: recording('host') });
  const pair = new Pair(hosts, { ...hosts, random: recording('guest') });
  const { code } = pair;
  pair.type(other(code));
  pair.type(code);
  const [, , hostSeed] = drawn.host.map(fromHex);
  const messages = pair.records.map(({ body }) => parsePair(fromHex(body)));
  const [guestY, hostY] = messages.flatMap((each) => ('y' in each ? [each.y] : [])).slice(-2);
  const scalar = scalarFrom(hostSeed!);
  const channel = lvCat(utf8('loom/2 pair'), hostIk, guestIk);
  const input = { secret: utf8(code), channel, session: hosts.handshakeHash };
  const both = tags(hosts, scalar, guestY!, hostY!, guestY!);
  return {
    about:
      'Pairing by code, SPEC §8: one wrong try, then the right one. Made by the test beside guest.ts and host.ts. Hex. Drawn: the random bytes each side asked for, in order.',
    host_ik: toHex(hostIk),
    guest_ik: toHex(guestIk),
    handshake_hash: toHex(hosts.handshakeHash),
    host_drawn: drawn.host,
    guest_drawn: drawn.guest,
    code,
    typed: [other(code), code],
    ci: toHex(channel),
    last_try: {
      generator: toHex(generator(primitives, input)),
      yb: toHex(scalar),
      guest_tag: toHex(both.guest),
      host_tag: toHex(both.host),
    },
    records: pair.records,
  };
}

describe('the vectors of the exchange', () => {
  if (process.env.LOOM_WRITE_VECTORS) {
    const path = new URL('../testdata/pairing.json', import.meta.url);
    writeFileSync(path, `${JSON.stringify(vector(), null, 2)}\n`);
  }

  it('hold, byte by byte, under both sets of primitives', () => {
    expect(vector()).toEqual(vectors);
    expect(vector(choosePrimitives('portable'))).toEqual(vectors);
  });
});
