// What the other side of a link may ask of us, each bound one over. Real Looms, and somebody whose every byte is chosen here.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePrimitives } from '../../../crypto/choose.ts';
import {
  ACK_IDS,
  CALL_DEADLINE_MS,
  HANDSHAKE_DEADLINE_MS,
  HELLO_BYTES,
  RECORDS_PER_TURN,
  SMALL_RECORD_BURST,
  SMALL_RECORDS_PER_SECOND,
  STRANGER_BYTES,
  STRANGER_RECORDS,
} from '../../../protocol/limits.ts';
import { LinkProtocol } from '../../../protocol/link-protocol.ts';
import { RECORD, encodeTyping, type LinkRecord } from '../../../protocol/records.ts';
import { parseToken } from '../../../protocol/token.ts';
import { sent } from '../../../testing/network/link-pair.ts';
import { tapRecords } from '../../../testing/network/link-records.ts';
import { turns } from '../../../testing/passing-time.ts';
import { Town, type TestLoom } from '../../../testing/test-loom.ts';
import { WirePeer, type WireLink } from '../../../testing/network/wire-peer.ts';
import type { Connection } from '../../../transport/transport.ts';
import type { Link } from '../link.ts';

const primitives = choosePrimitives(undefined);
const HOST = '192.0.2.66';

let town: Town;
let ann: TestLoom;
let wire: WirePeer;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann');
  wire = new WirePeer(town.network, HOST);
});
afterEach(() => town.end());

const nothing: LinkRecord = { type: 99, body: new Uint8Array(0) };
const many = (count: number, record: LinkRecord = nothing): LinkRecord[] => Array.from({ length: count }, () => record);

async function stranger(): Promise<WireLink> {
  const wireLink = await wire.dial(ann);
  await town.until(() => wireLink.hello !== null);
  return wireLink;
}

/** @returns their end of a link with a contact, and ours. */
async function contact(): Promise<{ wireLink: WireLink; link: Link }> {
  await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
  const wireLink = await wire.dial(ann);
  await town.online(ann, 'Wire');
  const [activeLink] = ann.profile.opened.engine.links.activeLinks();
  return { wireLink, link: activeLink!.link };
}

/** Counts what is worked off of these types on a link. */
function count(link: Link): { records: number } {
  const counted = { records: 0 };
  tapRecords(link, () => {
    counted.records += 1;
  });
  return counted;
}

describe('a stranger’s link', () => {
  it('brings so many records, HELLO included, and is closed at one more', async () => {
    const wireLink = await stranger();
    wireLink.send(...many(STRANGER_RECORDS - 1));
    await town.pass(1000);
    expect(wireLink.closed).toBe(false);
    wireLink.send(nothing);
    await town.until(() => wireLink.closed);
  });

  it('brings so many bytes, and is closed at one frame more', async () => {
    const wireLink = await stranger();
    const frames = Math.floor((STRANGER_BYTES - 3000) / 8210);
    const long = { type: 99, body: new Uint8Array(HELLO_BYTES) };
    for (let n = 0; n < frames; n += 1) wireLink.send(long);
    await town.pass(1000);
    expect(wireLink.closed).toBe(false);
    wireLink.send(long);
    await town.until(() => wireLink.closed);
  });

  it('gains nothing by empty frames, nor by padding behind padding', async () => {
    const pad = { type: RECORD.pad, body: new Uint8Array(0) };
    const wireLink = await stranger();
    wireLink.send(pad, pad);
    await town.pass(100);
    expect(wireLink.closed).toBe(false);
    wireLink.send(...many(STRANGER_RECORDS + 1, pad));
    await town.until(() => wireLink.closed);
  });
});

describe('a contact’s link', () => {
  it('brings records that say nothing at a bounded rate: the rest waits at the sender, and nothing is lost or closed', async () => {
    const { wireLink, link } = await contact();
    const counted = count(link);
    const all = SMALL_RECORD_BURST + 20 * SMALL_RECORDS_PER_SECOND;
    for (let n = 0; n < all / 100; n += 1) wireLink.send(...many(100));
    await turns(40);
    expect(counted.records).toBeGreaterThan(SMALL_RECORD_BURST - 10);
    expect(counted.records).toBeLessThanOrEqual(SMALL_RECORD_BURST);
    expect(town.network.unreadAt(ann.host)).toBeGreaterThan(0);
    await town.pass(10_000);
    expect(counted.records).toBeLessThanOrEqual(SMALL_RECORD_BURST + 11 * SMALL_RECORDS_PER_SECOND);
    expect(counted.records).toBeGreaterThan(9 * SMALL_RECORDS_PER_SECOND);
    await town.pass(15_000);
    expect(counted.records).toBe(all);
    expect(link.closed).toBe(false);
  });

  it.each([
    ['TYPING', { type: RECORD.typing, body: encodeTyping(true) }],
    ['CHECK', { type: RECORD.check, body: Uint8Array.of(0xa1, 0x62, 0x69, 0x64, 0x48, 1, 2, 3, 4, 5, 6, 7, 8) }],
    ['NACK', { type: RECORD.nack, body: new Uint8Array(17) }],
    ['PING', { type: RECORD.ping, body: new Uint8Array(8) }],
    ['PONG', { type: RECORD.pong, body: new Uint8Array(8) }],
    ['ACK', { type: RECORD.ack, body: new Uint8Array(16) }],
    ['PAIR', { type: RECORD.pair, body: new Uint8Array(1) }],
    ['padding behind padding', { type: RECORD.pad, body: new Uint8Array(0) }],
  ])('is slowed by %s', async (_, record) => {
    const { wireLink, link } = await contact();
    for (let n = 0; n < 3; n += 1) wireLink.send(...many(SMALL_RECORD_BURST, record));
    await turns(40);
    expect(town.network.unreadAt(ann.host)).toBeGreaterThan(0);
    await town.pass(10_000);
    expect([town.network.unreadAt(ann.host), link.closed]).toEqual([0, false]);
  });

  it('pays for each acknowledgement that nobody owes, and for none that is owed', async () => {
    const { wireLink, link } = await contact();
    const ack = { type: RECORD.ack, body: primitives.random(16 * ACK_IDS) };
    for (let n = 0; n < 3 * ACK_IDS; n += 1) link.responseTimer.sent(RECORD.envelope);
    for (let n = 0; n < 3; n += 1) wireLink.send(ack);
    await turns(40);
    expect(town.network.unreadAt(ann.host)).toBe(0);
    for (let n = 0; n < 3; n += 1) wireLink.send(ack);
    await turns(40);
    expect(town.network.unreadAt(ann.host)).toBeGreaterThan(0);
  });

  it('waits while others have their turn: one that floods keeps no other message waiting', async () => {
    const { wireLink } = await contact();
    const eve = new WirePeer(town.network, '192.0.2.67');
    await ann.run('contact.add', { token: eve.identity.token, name: 'Eve' });
    const other = await eve.dial(ann);
    await town.online(ann, 'Eve');
    for (let n = 0; n < 40; n += 1) wireLink.send(...many(2 * RECORDS_PER_TURN));
    other.send({ type: RECORD.ping, body: new Uint8Array(8) });
    const before = other.records.length;
    await turns(12);
    expect(other.records.length).toBe(before + 1);
    expect(town.network.unreadAt(ann.host)).toBeGreaterThan(0);
  });
});

describe('the door', () => {
  const dial = (): Promise<Connection> => town.network.host(HOST).dial(ann.host, 4000, new AbortController().signal);
  const closing = (connection: Connection): { closed: boolean } => {
    const state = { closed: false };
    connection.onClose = () => (state.closed = true);
    return state;
  };

  it('waits so long for preamble and message 1, and so long for all of the greeting', async () => {
    const silent = closing(await dial());
    const halting = await dial();
    const halted = closing(halting);
    halting.write(Uint8Array.of(0x4c, 0x4f, 0x4f, 0x4d, 0, 2, 0, 2));
    await town.pass(CALL_DEADLINE_MS - 40);
    expect([silent.closed, halted.closed]).toEqual([false, false]);
    await town.pass(80);
    expect([silent.closed, halted.closed]).toEqual([true, true]);
    const called = await dial();
    const { token } = await ann.run('identity.token');
    const theirStatic = parseToken(primitives, token).staticKey;
    const random = (length: number): Uint8Array => primitives.random(length);
    const protocol = LinkProtocol.initiator({
      primitives,
      ourStatic: primitives.x25519KeyPair(random(32)),
      theirStatic,
      random,
    });
    const heard: string[] = [];
    called.onData = (bytes) => {
      const events = protocol.receive(bytes);
      heard.push(...events.map(({ kind }) => kind));
      called.write(sent(events));
    };
    called.write(sent(protocol.start()));
    const slow = closing(called);
    await town.pass(HANDSHAKE_DEADLINE_MS - 40);
    expect([heard, slow.closed]).toEqual([['send', 'proven'], false]);
    await town.pass(80);
    expect(slow.closed).toBe(true);
  });
});
