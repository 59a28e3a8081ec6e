// Adverts that somebody on the network makes up: whose they are is a guess, and what they lead to must stay small.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../crypto/bytes.ts';
import type { DiscoveryListener, Person } from '../discovery/discovery.ts';
import { SilentDiscovery } from '../discovery/silent.ts';
import { HALF_OPEN_STRANGERS } from '../protocol/limits.ts';
import { Town, turns, type TestLoom } from '../testing/test-loom.ts';
import { WirePeer } from '../testing/wire-peer.ts';

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
    const person = (round: number): Person => ({ name: `Wire ${round}`, token, hosts: ['192.0.2.66'], port: 4000 });
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
  const hosts = Array.from({ length: 8 }, (_, i) => `198.51.100.${i}`);
  air.listener?.onSighting({ contact, hosts, port: 4000, clockDifference: 0 });
  let closed = 0;
  const { signal } = new AbortController();
  for (let round = 0; round < 2; round += 1) {
    for (const host of hosts) {
      for (let i = 0; i < 4; i += 1) {
        const idle = await town.network.host(host).dial(ann.host, 4000, signal);
        idle.onClose = () => (closed += 1);
      }
      // Strangers have a burst of twenty at the door, and 100 a second.
      await town.pass(100);
    }
  }
  expect(64 - closed).toBe(HALF_OPEN_STRANGERS);
});

it('a contact who changes their presence key all the time makes us ask the network once in five seconds', async () => {
  const bob = await town.make('Bob');
  await ann.add(bob, 'Bob');
  await bob.add(ann, 'Ann');
  await town.online(bob, 'Ann');
  await town.pass(10_000);
  const before = air.updates;
  const { engine } = bob.profile.opened;
  for (let round = 0; round < 20; round += 1) {
    await engine.renewPresence();
    await town.pass(100);
    // The first is honest, as far as anybody knows: looked for at once.
    if (round === 0) expect(air.updates).toBe(before + 1);
  }
  expect(air.updates).toBe(before + 1);
  await town.pass(5_000);
  expect(air.updates).toBe(before + 2);
  const [contact] = ann.profile.opened.engine.roster.list();
  expect(contact?.presenceKey && toHex(contact.presenceKey)).toBe(toHex(engine.presenceKey));
});
