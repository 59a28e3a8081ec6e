// A passphrase changed while two people talk: everything is sealed anew meanwhile, said in percents, over any lock.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Town, type TestLoom } from '../../testing/test-loom.ts';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann', { passphrase: 'the old one' });
  bob = await town.make('Bob');
  await ann.add(bob, 'Bob');
  await bob.add(ann, 'Ann');
  await town.online(ann, 'Bob');
  await town.online(bob, 'Ann');
});
afterEach(() => town.end());

async function resealing(loom: TestLoom): Promise<number | null | undefined> {
  const identity = await loom.run('identity.get');
  expect((await loom.run('status.get')).resealing).toBe(identity?.resealing);
  return identity?.resealing;
}

it('messages flow while everything is sealed anew, and it is said until it is done', async () => {
  for (let number = 0; number < 250; number += 1) await bob.send('Ann', `before ${number}`);
  await town.received(ann, 'Bob', 250);
  const told: (number | null)[] = [];
  ann.profile.events.subscribe((message) => {
    if (message.event === 'identity.changed') told.push(message.data.identity.resealing);
  });
  const identity = await ann.run('vault.passphrase', { current: 'the old one', next: 'the new one' });
  expect(identity.resealing).toBe(0);
  await bob.send('Ann', 'meanwhile');
  await ann.send('Bob', 'meanwhile, too');
  await town.received(ann, 'Bob', 251);
  await town.received(bob, 'Ann', 1);
  await town.until(async () => (await resealing(ann)) === null);
  expect([told[0], told.at(-1)]).toEqual([0, null]);
  await ann.run('vault.lock');
  expect((await ann.run('status.get')).resealing).toBe(null);
  await expect(ann.run('vault.unlock', { passphrase: 'the old one' })).rejects.toMatchObject({
    code: 'wrong-passphrase',
  });
  await ann.run('vault.unlock', { passphrase: 'the new one' });
  expect(await resealing(ann)).toBe(null);
  expect((await ann.texts('Bob', 'in')).at(-1)).toBe('meanwhile');
});

it('a lock in the middle ends it for now; unlocking goes on', async () => {
  for (let number = 0; number < 250; number += 1) await bob.send('Ann', `before ${number}`);
  await town.received(ann, 'Bob', 250);
  const changed = ann.run('vault.passphrase', { current: 'the old one', next: 'the new one' });
  const locked = ann.run('vault.lock');
  expect((await changed).resealing).toBe(0);
  await locked;
  await ann.run('vault.unlock', { passphrase: 'the new one' });
  expect(await resealing(ann)).not.toBe(null);
  await town.until(async () => (await resealing(ann)) === null);
  expect(await ann.texts('Bob', 'in')).toHaveLength(250);
});
