// Presence keys are told by messages nobody sees: few of them, in the end the newest one, and never a hole in the numbers.
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ContactId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { Link } from '../links/link.ts';
import { devicesOf } from '../contacts/devices.ts';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;
let contact: ContactId;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  await town.pass(500);
  contact = (await ann.contact('Bob')).id;
});
afterEach(() => town.end());

const ours = (): string => toHex(ann.profile.opened.engine.own.presenceKey);
/** The one that Bob has of Ann's. */
const theirs = (): string => {
  const [record] = bob.profile.opened.engine.roster.list();
  return record?.presenceKey ? toHex(record.presenceKey) : '';
};
const waiting = (): number =>
  ann.profile.opened.store.outbox.pending({ contact, device: 0 }, 0, 999).filter(({ as }) => as !== 'profile').length;
const missing = async (): Promise<number> =>
  (await bob.history('Ann')).reduce((sum, message) => sum + message.missing, 0);

it('one waits at most, however often the key is renewed and told meanwhile, and the newest one comes', async () => {
  await bob.stop();
  await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
  const { engine } = ann.profile.opened;
  for (let i = 0; i < 20; i += 1) await engine.renewPresence();
  for (let i = 0; i < 20; i += 1) await engine.outbox.sendPresence(contact);
  expect(waiting()).toBe(1);
  await ann.send('Bob', 'after all of them');
  await bob.start();
  await town.received(bob, 'Ann', 1);
  await town.until(() => theirs() === ours());
  await town.until(() => waiting() === 0);
  await ann.send('Bob', 'and on');
  await town.received(bob, 'Ann', 2);
  expect(await missing()).toBe(0);
});

it('one waits at most when sessions are made anew and nothing is acknowledged', async () => {
  const silence = vi.spyOn(Link.prototype, 'acknowledge').mockImplementation(() => undefined);
  const { store, engine } = ann.profile.opened;
  for (let i = 0; i < 5; i += 1) {
    const session = engine.sessions.currentId(devicesOf(engine.roster.get(contact))[0]);
    await store.journal.write(() => engine.sessions.retire(devicesOf(engine.roster.get(contact))[0]));
    for (const { link } of engine.links.activeLinks()) link.destroy();
    await town.until(
      () => ![null, session].includes(engine.sessions.currentId(devicesOf(engine.roster.get(contact))[0])),
    );
    await town.pass(200);
    expect(waiting()).toBe(1);
  }
  silence.mockRestore();
  for (const { link } of engine.links.activeLinks()) link.destroy();
  await town.until(() => waiting() === 0);
  expect(theirs()).toBe(ours());
});

it('the newest one comes after a restart of both, with texts before and behind, and over a number that was taken back', async () => {
  await bob.stop();
  await ann.send('Bob', 'one', 'wrong');
  await ann.profile.opened.engine.renewPresence();
  await ann.send('Bob', 'two');
  const wrong = (await ann.history('Bob')).find(({ body }) => body === 'wrong');
  await ann.run('message.delete', { conversation: directConversation(contact), author: 'me', id: wrong!.id });
  await ann.profile.opened.engine.renewPresence();
  ann.kill();
  await ann.start();
  await ann.profile.opened.engine.renewPresence();
  await bob.start();
  await town.received(bob, 'Ann', 2);
  await town.until(() => theirs() === ours());
  await town.until(() => waiting() === 0);
  expect(await bob.texts('Ann', 'in')).toEqual(['one', 'two']);
  expect(await missing()).toBe(0);
});

it('who is unblocked is told the key that was renewed when they were blocked, and who is blocked is not', async () => {
  const before = theirs();
  expect(before).toBe(ours());
  await ann.run('contact.block', { contact, blocked: true });
  await town.until(() => ours() !== before);
  await town.pass(2_000);
  expect(theirs()).toBe(before);
  expect(waiting()).toBe(0);
  await ann.run('contact.block', { contact, blocked: false });
  await town.online(ann, 'Bob');
  await town.until(() => theirs() === ours());
});
