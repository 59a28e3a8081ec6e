// Lanes of a real link: what is said soon overtakes what is much.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LinkRecord } from '../../../protocol/records.ts';
import { tapRecords } from '../../../testing/network/link-records.ts';
import { Town, type TestLoom } from '../../../testing/test-loom.ts';
import type { Link } from '../link.ts';
import { BULK_QUEUE_BYTES, BULK_TURN_BYTES } from './outgoing.ts';

/** Of no part: skipped where it comes. */
const BULK = 30;
const CHAT = 31;
/** Two of them, with their headers, are what is written at once. */
const PIECE = 32 * 1024 - 5;
const PIECES = BULK_QUEUE_BYTES / (32 * 1024);

let town: Town;
let ann: TestLoom;
let bob: TestLoom;
let link: Link;
/** What Bob has read, by type and number. */
let read: [number, number][];

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  await town.pass(500);
  link = linkOf(ann);
  read = [];
  tapRecords(linkOf(bob), ({ type, body }: LinkRecord) => {
    if (type === BULK || type === CHAT) read.push([type, body[0]!]);
  });
});
afterEach(() => town.end());

function linkOf(loom: TestLoom): Link {
  return loom.profile.opened.engine.links.activeLinks()[0]!.link;
}

function numbered(number: number, bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(number, 0, 1);
}

const numbersOf = (wanted: number): number[] => read.flatMap(([type, number]) => (type === wanted ? [number] : []));

it('chat overtakes bulk that waits, and each keeps its order', async () => {
  town.network.hold(ann.host, bob.host);
  for (let i = 0; i < PIECES; i += 1) expect(link.sendBulk(BULK, numbered(i, PIECE))).toBe(true);
  await town.pass(20);
  link.send(CHAT, numbered(1, 100));
  link.send(CHAT, numbered(2, 100));
  await town.pass(20);
  town.network.release(ann.host, bob.host);
  await town.until(() => read.length === PIECES + 2);
  // The network had the first of it; the rest waited.
  expect(read.slice(0, 5).map(([type]) => type)).toEqual([BULK, BULK, CHAT, CHAT, BULK]);
  expect(numbersOf(CHAT)).toEqual([1, 2]);
  expect(numbersOf(BULK)).toEqual(Array.from({ length: PIECES }, (_, i) => i));
});

it('chat of the same turn goes before bulk that was there first', async () => {
  link.sendBulk(BULK, numbered(0, PIECE));
  link.send(CHAT, numbered(1, 100));
  await town.until(() => read.length === 2);
  expect(read).toEqual([
    [CHAT, 1],
    [BULK, 0],
  ]);
});

it('bulk goes on while chat takes all there is', async () => {
  town.network.hold(ann.host, bob.host);
  for (let i = 0; i < PIECES; i += 1) link.sendBulk(BULK, numbered(i, PIECE));
  await town.pass(20);
  const CHATS = 8;
  for (let i = 0; i < CHATS; i += 1) {
    link.send(CHAT, numbered(i, BULK_TURN_BYTES / 2));
    await town.pass(20);
  }
  town.network.release(ann.host, bob.host);
  await town.until(() => numbersOf(CHAT).length === CHATS);
  const last = read.findLastIndex(([type]) => type === CHAT);
  // Two that the network had at once, and two behind each two of chat.
  const round = [CHAT, CHAT, BULK, BULK];
  expect(read.slice(0, last + 1).map(([type]) => type)).toEqual([
    ...[BULK, BULK, ...round, ...round, ...round],
    ...[CHAT, CHAT],
  ]);
  expect(numbersOf(CHAT)).toEqual(Array.from({ length: CHATS }, (_, i) => i));
});

it('the bulk lane takes so much and no record more, and says when there is room', async () => {
  let room = 0;
  ann.profile.opened.engine.links.drained.on(() => {
    room += 1;
  });
  town.network.hold(ann.host, bob.host);
  for (let i = 0; i < PIECES; i += 1) expect(link.sendBulk(BULK, numbered(i, PIECE))).toBe(true);
  expect(link.sendBulk(BULK, numbered(99, PIECE))).toBe(false);
  await town.pass(40);
  expect(room).toBe(0);
  town.network.release(ann.host, bob.host);
  await town.until(() => room > 0);
  expect(link.sendBulk(BULK, numbered(PIECES, PIECE))).toBe(true);
  await town.until(() => read.length === PIECES + 1);
  expect(numbersOf(BULK)).toEqual(Array.from({ length: PIECES + 1 }, (_, i) => i));
});

it('where the network takes everything at once, whoever was turned away is told', async () => {
  let room = 0;
  ann.profile.opened.engine.links.drained.on(() => {
    room += 1;
  });
  while (link.sendBulk(BULK, numbered(0, 10_000)));
  await town.until(() => room > 0);
});

it('bulk is no longer than a piece', () => {
  expect(link.sendBulk(BULK, new Uint8Array(64 * 1024 - 5))).toBe(true);
  expect(() => link.sendBulk(BULK, new Uint8Array(64 * 1024 - 4))).toThrow('pieces');
});

it('a BYE waits for no bulk, and none comes behind it', async () => {
  town.network.hold(ann.host, bob.host);
  for (let i = 0; i < PIECES; i += 1) link.sendBulk(BULK, numbered(i, PIECE));
  await town.pass(20);
  link.bye(0);
  expect(link.sendBulk(BULK, numbered(0, 1))).toBe(false);
  town.network.release(ann.host, bob.host);
  const theirs = linkOf(bob);
  await town.until(() => theirs.closed);
  expect(theirs.farewell).toBe(0);
  expect(numbersOf(BULK).length).toBeLessThan(PIECES);
});

it('a link that carries bulk knows that the other side is there', async () => {
  town.network.hold(ann.host, bob.host);
  for (let i = 0; i < PIECES; i += 1) link.sendBulk(BULK, numbered(i, PIECE));
  await town.pass(20);
  const alive = link.probe(2000);
  town.network.release(ann.host, bob.host);
  expect(await Promise.race([alive, town.pass(2000).then(() => null)])).toBe(true);
});
