import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { choosePrimitives } from '../../crypto/choose.ts';
import { ACK_IDS, PING_AFTER_MS } from '../../protocol/limits.ts';
import { parseAck, RECORD } from '../../protocol/records.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { tapRecords } from '../../testing/network/link-records.ts';
import { WirePeer, type WireLink } from '../../testing/network/wire-peer.ts';
import { Link } from './link.ts';

const primitives = choosePrimitives(undefined);

let town: Town;

beforeEach(() => {
  town = new Town();
});
afterEach(() => town.end());

/** A link with somebody whose every byte is chosen here, and who is a contact. */
async function contactOf(loom: TestLoom): Promise<WireLink> {
  const wire = new WirePeer(town.network, '192.0.2.66');
  await loom.run('contact.add', { token: wire.identity.token, name: 'Wire' });
  const link = await wire.dial(loom);
  await town.online(loom, 'Wire');
  return link;
}

it('does not answer without end who asks and does not read', async () => {
  const ann = await town.make('Ann');
  const link = await contactOf(ann);
  link.pause();
  const pings = Array.from({ length: 400 }, () => ({ type: RECORD.ping, body: new Uint8Array(8) }));
  for (let second = 0; second < 30; second += 1) {
    link.send(...pings);
    await town.pass(1000);
  }
  const unread = town.network.unreadAt('192.0.2.66');
  // Up to the bound, and what one flush more asks for.
  expect(unread).toBeGreaterThan(50_000);
  expect(unread).toBeLessThan(100_000);
});

it('acknowledges in as many records as it takes, and before a BYE', async () => {
  const { ann, bob } = await town.pair();
  const [activeLink] = ann.profile.opened.engine.links.activeLinks();
  const [theirs] = bob.profile.opened.engine.links.activeLinks();
  const types: [number, number][] = [];
  tapRecords(theirs!.link, ({ type, body }) => {
    if (type === RECORD.ack) types.push([type, parseAck(body).length]);
  });
  for (let i = 0; i < 2 * ACK_IDS + 5; i += 1) {
    theirs!.link.responseTimer.sent(RECORD.envelope);
    activeLink!.link.acknowledge(primitives.random(16));
  }
  activeLink!.link.bye(0);
  await town.pass(40);
  expect(types).toEqual([
    [RECORD.ack, ACK_IDS],
    [RECORD.ack, ACK_IDS],
    [RECORD.ack, 5],
  ]);
});

it('asks in silence from one side alone', async () => {
  const { ann } = await town.pair();
  const asked: string[] = [];
  const original = Reflect.get<typeof Link.prototype, 'send'>(Link.prototype, 'send');
  const send = vi.spyOn(Link.prototype, 'send').mockImplementation(function (this: Link, type, body) {
    if (type === RECORD.ping) asked.push(this.role);
    original.call(this, type, body);
  });
  const [activeLink] = ann.profile.opened.engine.links.activeLinks();
  await town.pass(PING_AFTER_MS);
  asked.length = 0;
  await town.pass(4 * PING_AFTER_MS);
  expect(asked).toEqual(['initiator', 'initiator', 'initiator', 'initiator']);
  expect(activeLink!.link.closed).toBe(false);
  send.mockRestore();
});
