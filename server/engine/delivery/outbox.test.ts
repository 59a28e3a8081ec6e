import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { choosePrimitives } from '../../crypto/choose.ts';
import { toHex } from '../../crypto/bytes.ts';
import { anyId } from '../../testing/ids.ts';
import { encodeNack, NACK, RECORD } from '../../protocol/records.ts';
import { Database } from '../../storage/database.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { devicesOf } from '../contacts/devices.ts';

const primitives = choosePrimitives(undefined);

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
});
afterEach(() => town.end());

it('counts the refusals of what is under way, and of nothing else', async () => {
  const [theirs] = bob.profile.opened.engine.links.activeLinks();
  const [activeLink] = ann.profile.opened.engine.links.activeLinks();
  for (let i = 0; i < 2000; i += 1)
    theirs!.link.send(RECORD.nack, encodeNack(primitives.random(16), NACK.cannotDecrypt));
  await town.pass(100);
  expect(activeLink!.refusals.size).toBe(0);
  expect(activeLink!.link.closed).toBe(false);
});

it('a message whose row is damaged costs itself alone: it is not sent, the others are', async () => {
  await bob.stop();
  await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
  const ids = [1, 2, 3].map((number) => anyId(number.toString(16).padStart(32, '0')));
  const { id: contact, conversation } = await ann.contact('Bob');
  for (const id of ids) await ann.run('message.send', { conversation, body: `message ${id}`, id });
  await ann.stop();
  ruin(ann, `author = 0 AND id = x'${ids[1]!}'`);
  await ann.start();
  // Another session: everything is encrypted anew, from the rows.
  await ann.profile.opened.store.journal.write(() => {
    const { roster, sessions } = ann.profile.opened.engine;
    sessions.retire(devicesOf(roster.get(contact))[0]);
  });
  await bob.start();
  await town.received(bob, 'Ann', 2);
  expect((await bob.history('Ann')).map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  await town.until(() => ann.profile.opened.store.outbox.pending({ contact, device: 0 }, 0, 9).length === 0);
  const again = ann.run('message.send', { conversation: directConversation(contact), body: 'message', id: ids[1]! });
  await expect(again).rejects.toMatchObject({ code: 'message-id-taken' });
  await ann.send('Bob', 'goes on');
  await town.received(bob, 'Ann', 3);
  expect(ann.events.filter(({ event }) => event === 'storage.changed')).toEqual([]);
});

it('the acknowledgement of a message whose row is damaged takes it off the list', async () => {
  await town.pass(500);
  town.network.hold(ann.host, bob.host);
  const { id: contact } = await ann.contact('Bob');
  const { id } = await ann.run('message.send', {
    conversation: directConversation(contact),
    body: 'ruined on the way',
  });
  await ann.stop();
  ruin(ann, `id = x'${id}'`);
  town.network.heal();
  await ann.start();
  await town.received(bob, 'Ann', 1);
  await town.until(() => ann.profile.opened.store.outbox.pending({ contact, device: 0 }, 0, 9).length === 0);
  expect(ann.events.filter(({ event }) => event === 'storage.changed')).toEqual([]);
});

it('typing is told when it changes', async () => {
  const told = (): boolean[] =>
    ann.events.flatMap((event) => (event.event === 'typing.changed' ? [event.data.typing] : []));
  const [activeLink] = bob.profile.opened.engine.links.activeLinks();
  for (const typing of [1, 1, 1, 0, 0, 1]) activeLink!.link.send(RECORD.typing, Uint8Array.of(typing));
  await town.pass(100);
  expect(told()).toEqual([true, false, true]);
  activeLink!.link.destroy();
  await town.pass(100);
  expect(told()).toEqual([true, false, true, false]);
});

it('typing without end is not told without end', async () => {
  const [activeLink] = bob.profile.opened.engine.links.activeLinks();
  for (let i = 0; i < 2000; i += 1) activeLink!.link.send(RECORD.typing, Uint8Array.of(i % 2));
  await town.pass(100);
  const told = ann.events.filter(({ event }) => event === 'typing.changed').length;
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThan(40);
});

/** Damages what some messages say, as a bad sector does. */
function ruin(loom: TestLoom, where: string): void {
  const database = new Database(`${loom.folder}/loom.db`);
  database.transaction(() => {
    const changed = database.change(`UPDATE message SET body = x'${toHex(new Uint8Array(200))}' WHERE ${where}`);
    expect(changed).toBe(1);
  });
  database.close();
}
