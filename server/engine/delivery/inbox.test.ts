// What a contact sends: numbers that are late, wrong, begun anew, and contents that nobody can read.
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MessageId } from '../../contract/ids.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { encodeCbor } from '../../protocol/cbor/cbor.ts';
import { CONTENT_BYTES, OLD_SESSION_MS } from '../../protocol/limits.ts';
import { NACK, parseNack, RECORD } from '../../protocol/records.ts';
import { tapRecords } from '../../testing/network/link-records.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { randomId } from '../contacts/roster.ts';
import { devicesOf } from '../contacts/devices.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  // Presence keys have gone both ways.
  await town.pass(500);
});
afterEach(() => town.end());

/** An envelope of Bob's for Ann with any content, as Bob's session makes it. */
async function sealed(content: Uint8Array): Promise<Uint8Array> {
  const { engine, store } = bob.profile.opened;
  const [contact] = engine.roster.list();
  const { envelope } = (await store.journal.write(() =>
    engine.sessions.encrypt(devicesOf(contact!)[0], randomId(random), content),
  ))!;
  return envelope;
}

async function sends(...envelopes: Uint8Array[]): Promise<void> {
  const [activeLink] = bob.profile.opened.engine.links.activeLinks();
  for (const envelope of envelopes) activeLink!.link.send(RECORD.envelope, envelope);
  await town.pass(100);
}

const text = (seq: number, body = String(seq)): Promise<Uint8Array> =>
  sealed(encodeCbor({ t: 'text', at: 5, seq, body }));
/** Of Bob's, as Ann sees it: what it says and how much is missing before. */
const seen = async (): Promise<[string, number][]> =>
  (await ann.history('Bob')).filter(({ direction }) => direction === 'in').map(({ body, missing }) => [body, missing]);

it('a number as large as can be stops nothing: neither the next message nor the next start', async () => {
  const unreadable = Uint8Array.of(1, 2, 3);
  await sends(await text(Number.MAX_SAFE_INTEGER, 'last'), await sealed(unreadable), await sealed(unreadable));
  await bob.send('Ann', 'and on');
  await town.received(ann, 'Bob', 4);
  const kinds = (await ann.history('Bob')).map(({ kind }) => kind);
  expect(kinds).toEqual(['text', 'unknown', 'unknown', 'text']);
  expect(ann.events.filter(({ event }) => event === 'storage.changed')).toEqual([]);
  await ann.stop();
  await ann.start();
  expect(await ann.run('contact.list')).toHaveLength(1);
  expect(await ann.history('Bob')).toHaveLength(4);
});

it('content as large as any may be is kept, one byte more is refused, and the session goes on', async () => {
  const [activeLink] = bob.profile.opened.engine.links.activeLinks();
  const refusals: number[] = [];
  tapRecords(activeLink!.link, ({ type, body }) => {
    if (type === RECORD.nack) refusals.push(parseNack(body).reason);
  });
  const over = await sealed(new Uint8Array(CONTENT_BYTES + 1));
  await sends(await sealed(new Uint8Array(CONTENT_BYTES)), over, over, await text(4, 'and on'));
  await bob.send('Ann', 'by itself');
  await town.delivered(bob, 'Ann');
  expect(refusals).toEqual([NACK.tooLarge, NACK.tooLarge]);
  expect(bob.profile.opened.engine.links.activeLinks()).toEqual([activeLink]);
  expect((await ann.history('Bob')).map(({ kind, body }) => [kind, body])).toEqual([
    ['unknown', ''],
    ['text', 'and on'],
    ['text', 'by itself'],
  ]);
});

it('a time that no date can be made of is replaced by the time it came, also in a database that has it', async () => {
  await sends(
    await sealed(encodeCbor({ t: 'text', at: Number.MAX_SAFE_INTEGER, seq: 2, body: 'from no day there is' })),
  );
  const [stored] = ann.profile.opened.store.messages.page(
    directConversation((await ann.contact('Bob')).id),
    null,
    1,
    1e6,
  ).messages;
  expect(stored!.at).toBe(stored!.receivedAt);
  await ann.profile.opened.store.journal.write(() =>
    ann.profile.opened.store.messages.append({
      ...stored!,
      id: randomId(random) as MessageId,
      at: Number.MAX_SAFE_INTEGER,
    }),
  );
  const [now, earlier] = await ann.history('Bob');
  for (const message of [now!, earlier!]) {
    expect(message).toMatchObject({
      body: 'from no day there is',
      at: stored!.receivedAt,
      arrivedAt: stored!.receivedAt,
    });
  }
});

it('a late message goes into the hole that misses it, and no more is said to be missing than is', async () => {
  const [two, three, four, five, six] = await Promise.all([2, 3, 4, 5, 6].map((seq) => text(seq)));
  await sends(two!, six!);
  expect(await seen()).toEqual([
    ['2', 0],
    ['6', 3],
  ]);
  await ann.send('Bob', 'in between');
  ann.events.length = 0;
  await sends(four!);
  expect(await seen()).toEqual([
    ['2', 0],
    ['4', 1],
    ['6', 1],
  ]);
  const changed = ann.events.flatMap((event) => (event.event === 'message.changed' ? [event.data.message] : []));
  expect(changed).toMatchObject([{ body: '6', missing: 1 }]);
  await sends(five!, three!);
  expect(await seen()).toEqual(['2', '3', '4', '5', '6'].map((body) => [body, 0]));
  expect((await ann.history('Bob')).at(-1)?.body).toBe('in between');
});

it('who is added anew on both sides, one after the other, counts anew behind all there is', async () => {
  const say = (...texts: string[]): Promise<void> => bob.send('Ann', ...texts);
  await say('1', '2', '3', '4', '5', '6', '7', '8');
  await town.delivered(bob, 'Ann');
  await ann.run('contact.remove', { contact: (await ann.contact('Bob')).id });
  await ann.add(bob, 'Bob');
  await town.online(ann, 'Bob');
  await say('9', '10', '11');
  await town.received(ann, 'Bob', 3);
  await bob.run('contact.remove', { contact: (await bob.contact('Ann')).id });
  await bob.add(ann, 'Ann');
  await town.online(bob, 'Ann');
  await say('new 1', 'new 2', 'new 3', 'new 4');
  await town.received(ann, 'Bob', 7);
  expect(await seen()).toEqual(['9', '10', '11', 'new 1', 'new 2', 'new 3', 'new 4'].map((body) => [body, 0]));
});

it('a late message of a newer count goes into the hole of that count', async () => {
  for (const seq of [2, 3, 4, 5, 6, 7, 8]) await sends(await text(seq));
  // An old database put back: the same numbers, for other messages, and now in disorder.
  const [four, five, seven] = await Promise.all([4, 5, 7].map((seq) => text(seq, `again ${seq}`)));
  await sends(four!, seven!, five!);
  expect((await seen()).slice(-3)).toEqual([
    ['again 4', 0],
    ['again 5', 0],
    ['again 7', 1],
  ]);
});

it('an old session that ends in the very moment in which it is looked for is one that is not there', async () => {
  const { engine, store } = ann.profile.opened;
  const [contact] = engine.roster.list();
  // At the first look at the clock, at the second …: until it is looked at no more.
  for (let at = 0, looks = 1; looks > at; at += 1) {
    looks = 0;
    const envelope = await text(at + 10);
    await store.journal.write(() => engine.sessions.retire(devicesOf(contact!)[0]));
    Object.defineProperty(ann, 'wrongBy', {
      configurable: true,
      get: () => ((looks += 1) > at ? 2 * OLD_SESSION_MS : 0),
    });
    await sends(envelope);
    Object.defineProperty(ann, 'wrongBy', { configurable: true, writable: true, value: 0 });
    await town.until(() => bob.profile.opened.engine.links.activeLinks().length === 1);
    await town.online(ann, 'Bob');
  }
  await bob.send('Ann', 'and on');
  await town.until(async () => (await seen()).some(([body]) => body === 'and on'));
});
