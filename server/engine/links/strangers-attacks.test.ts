// One computer on the network that is many people, at the door of somebody whom others want to reach, too.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { WirePeer, type WireLink } from '../../testing/network/wire-peer.ts';

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

describe('computers that are many addresses', () => {
  const names = async (): Promise<string[]> => (await ann.run('request.list')).map(({ name }) => name);

  /** One from each address, whose request is kept. */
  async function ask(host: string, name: string): Promise<WireLink> {
    const link = await new WirePeer(town.network, host).dial(ann, { hello: { name } });
    await town.pass(60);
    return link;
  }

  it('hold all links there are for strangers, and keep nobody else from one', async () => {
    const links: WireLink[] = [];
    for (let i = 0; i < 64; i += 1) links.push(await ask(`198.51.100.${i + 1}`, `Nobody ${i}`));
    const real = await ask('192.0.2.67', 'Real');
    await town.until(() => real.hello !== null);
    await town.pass(100);
    expect([real.closed, links[0]!.closed, links[1]!.closed]).toEqual([false, true, false]);
  });

  it('do not keep others from asking: of as many the oldest gives way to who has not asked', async () => {
    for (let i = 0; i < 50; i += 1) await ask(`198.51.100.${i + 1}`, `Nobody ${i}`);
    await ask('192.0.2.67', 'Late');
    expect(await names()).toEqual(expect.arrayContaining(['Late', 'Nobody 1']));
    expect(await names()).not.toContain('Nobody 0');
    // Who lost their place does not take another's, nor do those who have one.
    for (let i = 0; i < 50; i += 1) await ask(`198.51.100.${i + 1}`, `Nobody more ${i}`);
    expect(await names()).toEqual(expect.arrayContaining(['Late', 'Nobody 1']));
    expect((await names()).filter((name) => name.startsWith('Nobody more'))).toEqual([]);
    town.clock.advance(60 * 60 * 1000);
    await ask('198.51.100.1', 'Nobody again');
    expect(await names()).toContain('Nobody again');
    expect(await names()).not.toContain('Nobody 1');
  });

  it('of one IPv6 network are one', async () => {
    for (let i = 0; i < 52; i += 1) await ask(`2001:db8:1:2::${i + 1}`, `Nobody ${i}`);
    await ask('192.0.2.67', 'Late');
    expect(await names()).toContain('Late');
    expect((await names()).filter((name) => name.startsWith('Nobody'))).toHaveLength(49);
  });
});
