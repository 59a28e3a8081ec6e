import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../crypto/bytes.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { sharedVectors } from '../../testing/shared-vectors.ts';
import draft from '../testdata/cpace-ristretto255.json' with { type: 'json' };
import { generator, generatorString, intermediateKey, lvCat, scalarFrom, sharedPoint, shareOf } from './cpace.ts';

const primitives = choosePrimitives(undefined);
const [forGenerator, forRun, forPoints] = draft.vectors as unknown as readonly [
  Record<string, string>,
  Record<string, string>,
  Record<'Invalid Y1' | 'Invalid Y2', string> & { readonly Valid: Record<string, string> },
];

function bytes(values: Record<string, string>, name: string): Uint8Array {
  return fromHex(values[name]!);
}

const input = {
  secret: bytes(forGenerator, 'PRS'),
  channel: bytes(forGenerator, 'CI'),
  session: bytes(forGenerator, 'sid'),
};

describe("the draft's vectors", () => {
  const shared = sharedVectors('cpace-ristretto255.json');

  it.runIf(shared !== null)('are the ones kept here', () => expect(draft).toEqual(shared));

  it('hold for the generator', () => {
    const string = generatorString(input);
    expect(string).toEqual(bytes(forGenerator, 'generator_string(G.DSI,PRS,CI,sid,H.s_in_bytes)'));
    expect(primitives.sha512(string)).toEqual(bytes(forGenerator, 'hash result'));
    expect(generator(primitives, input)).toEqual(bytes(forGenerator, 'encoded generator g'));
  });

  it('hold for a run, from both sides', () => {
    const [ya, yb, g] = [bytes(forRun, 'ya'), bytes(forRun, 'yb'), bytes(forRun, 'g')];
    const initiator = { point: shareOf(ya, g), ad: bytes(forRun, 'ADa') };
    const responder = { point: shareOf(yb, g), ad: bytes(forRun, 'ADb') };
    expect(initiator.point).toEqual(bytes(forRun, 'Ya'));
    expect(responder.point).toEqual(bytes(forRun, 'Yb'));
    const shared = sharedPoint(ya, responder.point)!;
    expect(shared).toEqual(bytes(forRun, 'K'));
    expect(sharedPoint(yb, initiator.point)).toEqual(shared);
    const key = intermediateKey(primitives, bytes(forRun, 'sid'), shared, initiator, responder);
    expect(key).toEqual(bytes(forRun, 'ISK_IR'));
  });

  it('hold for points that are none', () => {
    const { Valid: valid } = forPoints;
    const s = bytes(valid, 's');
    expect(sharedPoint(s, bytes(valid, 'X'))).toEqual(bytes(valid, 'G.scalar_mult_vfy(s,X)'));
    expect(sharedPoint(s, fromHex(forPoints['Invalid Y1']))).toBeNull();
    expect(sharedPoint(s, fromHex(forPoints['Invalid Y2']))).toBeNull();
  });
});

describe('lv_cat', () => {
  it('puts each length before its part, seven bits a byte', () => {
    expect(toHex(lvCat(fromHex('aabb'), new Uint8Array(0)))).toBe('02aabb00');
    expect(toHex(lvCat(new Uint8Array(127)).subarray(0, 2))).toBe('7f00');
    expect(toHex(lvCat(new Uint8Array(128)).subarray(0, 3))).toBe('800100');
    expect(toHex(lvCat(new Uint8Array(300)).subarray(0, 3))).toBe('ac0200');
  });
});

describe('scalars', () => {
  it('are never zero, and never the order', () => {
    expect(toHex(scalarFrom(new Uint8Array(64)))).toBe(`01${'00'.repeat(31)}`);
    const order = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';
    const below = fromHex(`ec${order.slice(2)}`);
    // (order − 1) modulo (order − 1) is 0: the first again.
    expect(toHex(scalarFrom(Uint8Array.from([...below, ...new Uint8Array(32)])))).toBe(`01${'00'.repeat(31)}`);
    expect(() => scalarFrom(new Uint8Array(32))).toThrow();
  });

  it('differ with their seeds', () => {
    const random = seededRandom('scalars');
    expect(new Set(Array.from({ length: 50 }, () => toHex(scalarFrom(random(64))))).size).toBe(50);
  });
});
