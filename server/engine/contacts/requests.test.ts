// What a person may do with a request, between whole Looms over a network in memory.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactRequest } from '../../contract/model.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { pass, until } from '../../testing/passing-time.ts';
import { TestLoom } from '../../testing/test-loom.ts';
import { MemoryNetwork } from '../../transport/memory.ts';

let clock: FakeClock;
let looms: TestLoom[];
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  clock = new FakeClock();
  const network = new MemoryNetwork();
  looms = ['192.0.2.1', '192.0.2.2'].map((host) => new TestLoom(network, clock, host));
  [ann, bob] = looms as [TestLoom, TestLoom];
  await (await ann.start()).create('Ann');
  await (await bob.start()).create('Bob');
});

afterEach(async () => {
  for (const loom of looms) await loom.remove();
});

/** Bob has Ann's code, and his Loom has been there with it. */
async function asked(): Promise<ContactRequest> {
  await bob.add(ann, 'Ann');
  await until(clock, async () => (await ann.run('request.list')).length === 1);
  return (await ann.run('request.list'))[0]!;
}

/** He comes again, as after any start. */
async function again(): Promise<void> {
  await bob.stop();
  await bob.start();
  await pass(clock, 120_000);
}

describe('a request that is ignored', () => {
  it('is shown no more, also when they come again and after a start', async () => {
    const { id } = await asked();
    await ann.run('request.ignore', { request: id });
    expect(await ann.run('request.list')).toEqual([]);
    ann.events.length = 0;
    await again();
    await bob.run('identity.rename', { name: 'Robert' });
    await again();
    expect(ann.events.filter(({ event }) => event === 'request.changed')).toEqual([]);
    await ann.stop();
    await ann.start();
    await again();
    expect(await ann.run('request.list')).toEqual([]);
    expect(await ann.run('contact.list')).toEqual([]);
  });

  it('is answered by adding their code all the same', async () => {
    const { id } = await asked();
    await ann.run('request.ignore', { request: id });
    await ann.add(bob, 'Bob');
    await until(clock, async () => (await ann.contact('Bob')).connection === 'online');
  });

  it('cannot be one that is gone', async () => {
    const { id } = await asked();
    await ann.run('request.accept', { request: id, name: '' });
    await expect(ann.run('request.ignore', { request: id })).rejects.toMatchObject({ code: 'request-unknown' });
  });
});

describe('a request that is blocked', () => {
  it('becomes a blocked contact, and their code is refused by that name', async () => {
    const { id } = await asked();
    const blocked = await ann.run('request.block', { request: id });
    expect(blocked).toMatchObject({ name: 'Bob', blocked: true, addedBy: 'request' });
    await expect(ann.add(bob, 'Bob')).rejects.toMatchObject({ code: 'contact-blocked' });
  });

  it('is a request again when that is taken back, and can be accepted', async () => {
    const request = await asked();
    const { id } = await ann.run('request.block', { request: request.id });
    await ann.run('request.reopen', { contact: id });
    expect(await ann.run('contact.list')).toEqual([]);
    const [reopened] = await ann.run('request.list');
    expect(reopened).toMatchObject({ name: 'Bob', publicKey: request.publicKey, address: request.address });
    await ann.run('request.accept', { request: reopened!.id, name: '' });
    await until(clock, async () => (await ann.contact('Bob')).connection === 'online');
  });

  it('alone can be taken back so', async () => {
    await asked();
    const { id } = await ann.add(bob, 'Bob');
    await ann.run('contact.block', { contact: id, blocked: true });
    await expect(ann.run('request.reopen', { contact: id })).rejects.toMatchObject({ code: 'request-unknown' });
  });
});
