// One computer on the network that is many people, at the door of somebody whom others want to reach, too.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Town, type TestLoom } from '../testing/test-loom.ts';
import { WirePeer, type WireLink } from '../testing/wire-peer.ts';

let town: Town;
let ann: TestLoom;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann');
});
afterEach(() => town.end());

const FLOOD = '192.0.2.66';

/** So many people who are one computer, each with a link that they hold. */
async function crowd(count: number): Promise<WireLink[]> {
  const links: WireLink[] = [];
  for (let i = 0; i < count; i += 1) {
    links.push(await new WirePeer(town.network, FLOOD).dial(ann, { hello: { name: `Nobody ${i}` } }));
    await town.pass(60);
  }
  await town.pass(100);
  return links;
}

describe('a computer that is many people', () => {
  it('holds all links there are for strangers, and keeps nobody else from one', async () => {
    const links = await crowd(66);
    const held = (): number => links.filter(({ closed }) => !closed).length;
    expect(held()).toBe(64);
    const real = await new WirePeer(town.network, '192.0.2.67').dial(ann);
    await town.until(() => real.hello !== null);
    await town.pass(100);
    expect([real.closed, held()]).toEqual([false, 63]);
  });

  it('does not keep others from asking, nor push out who has asked', async () => {
    await new WirePeer(town.network, '192.0.2.67').dial(ann, { hello: { name: 'Early' } });
    await town.until(async () => (await ann.run('request.list')).length === 1);
    await crowd(52);
    expect(await ann.run('request.list')).toHaveLength(50);
    await new WirePeer(town.network, '192.0.2.68').dial(ann, { hello: { name: 'Late' } });
    await town.pass(200);
    expect(ann.events.filter(({ event }) => event === 'request.removed')).toHaveLength(1);
    const names = (await ann.run('request.list')).map(({ name }) => name);
    expect(names).toHaveLength(50);
    expect(names).toEqual(expect.arrayContaining(['Early', 'Late']));
  });
});
