// One registration is all that a new record type needs: it comes over real links, in the phases it was registered for.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WirePeer, type WireLink } from '../../testing/network/wire-peer.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { RecordRouter } from './record-router.ts';
import { smallRecord, weightless } from './flow/record-weight.ts';

/** Of no part yet. */
const NEW = 40;

let town: Town;
let ann: TestLoom;
let wire: WirePeer;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann');
  wire = new WirePeer(town.network, '192.0.2.66');
});
afterEach(() => town.end());

const engine = (): TestLoom['profile']['opened']['engine'] => ann.profile.opened.engine;

async function greeted(): Promise<WireLink> {
  const link = await wire.dial(ann);
  await town.until(() => link.hello !== null);
  await town.pass(100);
  return link;
}

describe('a record type', () => {
  it('comes to the part that takes it, with whose link it is', async () => {
    const { id } = await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
    const took: [string, number[]][] = [];
    engine().router.on(NEW, ['active'], { handle: ({ contact }, body) => took.push([contact, [...body]]) });
    (await greeted()).send({ type: NEW, body: Uint8Array.of(1, 2) });
    await town.until(() => took.length > 0);
    expect(took).toEqual([[id, [1, 2]]]);
  });

  it('is skipped in a phase for which nobody took it, and the link goes on', async () => {
    const took: string[] = [];
    engine().router.on(NEW, ['active'], { handle: () => took.push('active') });
    engine().router.on(NEW, ['stranger'], { handle: () => took.push('stranger') });
    const link = await greeted();
    link.send({ type: NEW, body: new Uint8Array(1) }, { type: NEW + 1, body: new Uint8Array(1) });
    await town.until(() => took.length > 0);
    await town.pass(100);
    expect([took, link.closed]).toEqual([['stranger'], false]);
  });

  it('is taken by one part alone in a phase', () => {
    const router = new RecordRouter();
    router.on(NEW, ['stranger', 'active'], { handle: () => undefined });
    router.on(NEW, ['waiting'], { handle: () => undefined });
    expect(() => router.on(NEW, ['visiting', 'active'], { handle: () => undefined })).toThrow('active');
  });

  it('weighs what its part says, a small record otherwise', async () => {
    await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
    engine().router.on(NEW, ['active'], { handle: () => undefined, weight: weightless });
    await greeted();
    const [activeLink] = engine().links.activeLinks();
    const { weightOf } = engine().router.to('active', activeLink!);
    const weights = [NEW, NEW + 1].map((type) => weightOf({ type, body: new Uint8Array(0) }));
    expect(weights).toEqual([weightless, smallRecord]);
  });
});

it('a link is handed over forwards alone, once a phase', async () => {
  await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
  await greeted();
  const [activeLink] = engine().links.activeLinks();
  const { link } = activeLink!;
  const { phase } = link;
  expect(phase?.kind).toBe('active');
  for (const kind of ['visiting', 'stranger', 'waiting'] as const)
    expect(() => link.handOver({ ...phase!, kind, onRecord: () => undefined, weightOf: () => smallRecord })).toThrow(
      `${kind} does not follow active`,
    );
  expect(() => link.handOver(phase!)).toThrow('active does not follow active');
  expect(link.phase).toBe(phase);
});
