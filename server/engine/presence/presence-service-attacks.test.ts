// Adverts that somebody on the network makes up: whose they are is a guess, and what they lead to must stay small.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DiscoveryListener, VisibleCard } from '../../discovery/discovery.ts';
import { SilentDiscovery } from '../../discovery/silent.ts';
import { WAITING_STRANGERS } from '../../protocol/limits.ts';
import { turns } from '../../testing/passing-time.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { WirePeer } from '../../testing/network/wire-peer.ts';

/** Says nothing, and hears what a test makes up. */
class MadeUp extends SilentDiscovery {
  listener: DiscoveryListener | null = null;
  updates = 0;

  override update(): void {
    this.updates += 1;
  }

  override start(...[presence, port, listener]: Parameters<SilentDiscovery['start']>): Promise<void> {
    this.listener = listener;
    return super.start(presence, port, listener);
  }
}

let town: Town;
let air: MadeUp;
let ann: TestLoom;
let wire: WirePeer;

beforeEach(async () => {
  town = new Town();
  air = new MadeUp();
  ann = await town.make('Ann', { discovery: air });
  wire = new WirePeer(town.network, '192.0.2.66');
});
afterEach(() => town.end());

/** Twenty times in 200 ms. */
async function flood(say: (round: number) => void): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    say(round);
    await turns();
    town.clock.advance(10);
  }
}

describe('adverts that change all the time', () => {
  it('of a contact lead to a dial a second, wherever they point', async () => {
    let dials = 0;
    await town.network.host('192.0.2.67').listen('192.0.2.67', 4000, (connection) => {
      dials += 1;
      connection.destroy();
    });
    const { id: contact } = await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
    await flood((round) =>
      air.listener?.onSighting({ contact, hosts: ['192.0.2.67'], port: round % 2 ? 4000 : 4001, clockDifference: 0 }),
    );
    expect(dials).toBeLessThanOrEqual(1);
    const told = (): number => ann.events.filter(({ event }) => event === 'peer.discovered').length;
    expect(told()).toBe(1);
    await town.pass(1_000);
    // The last word counts.
    expect((await ann.run('peer.list'))[0]?.addresses).toEqual(['192.0.2.67:4000']);
    expect(told()).toBe(2);
    expect(dials).toBeLessThanOrEqual(2);
  });

  it('of somebody visible to everyone are read and told twice a second', async () => {
    const token = wire.identity.token;
    const person = (round: number): VisibleCard => ({
      name: `Wire ${round}`,
      token,
      hosts: ['192.0.2.66'],
      port: 4000,
    });
    const before = ann.events.length;
    await flood((round) => air.listener?.onPeople([person(round)]));
    const told = (): number => ann.events.slice(before).filter(({ event }) => event === 'people.changed').length;
    expect(told()).toBe(1);
    await town.pass(500);
    expect(told()).toBe(2);
    expect((await ann.run('people.list')).map(({ name }) => name)).toEqual(['Wire 19']);
  });
});

it('an advert gives nobody the places at the door that contacts have', async () => {
  const { id: contact } = await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
  const advertised = '198.51.100.1';
  air.listener?.onSighting({ contact, hosts: [advertised], port: 4000, clockDifference: 0 });
  let closed = false;
  const { signal } = new AbortController();
  const first = await town.network.host(advertised).dial(ann.host, 4000, signal);
  first.onClose = () => (closed = true);
  // Among as many strangers as may wait, the one that came first gives way to one more.
  for (let n = 0; n < WAITING_STRANGERS; n += 1) {
    expect(closed).toBe(false);
    await town.network.host(`203.0.${n >> 8}.${n & 255}`).dial(ann.host, 4000, signal);
  }
  await town.pass(0);
  expect(closed).toBe(true);
});
