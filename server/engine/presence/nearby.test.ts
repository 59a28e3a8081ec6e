// Whole Looms that look for each other by real multicast DNS on loopback; messages travel in memory. One clock for all,
// moved in steps between which packets arrive.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contact } from '../../contract/model.ts';
import { Neighbourhood } from '../../testing/mdns/mdns-loopback.ts';
import { TestLoom } from '../../testing/test-loom.ts';
import { MemoryNetwork } from '../../transport/memory.ts';

const HOST = '127.0.0.1';

let street: Neighbourhood;
let network: MemoryNetwork;
let looms: TestLoom[];
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  street = new Neighbourhood();
  network = new MemoryNetwork();
  looms = [];
  ann = await loom('Ann');
  bob = await loom('Bob');
});

afterEach(async () => {
  for (const each of looms) await each.remove();
  await street.close();
});

async function loom(name: string): Promise<TestLoom> {
  const { discovery } = street.neighbour(name);
  const started = await new TestLoom(network, street.clock, HOST, { discovery, peerPort: 4000 + looms.length }).start();
  looms.push(started);
  return started.create(name);
}

/** On a port that nobody knows. */
function elsewhere(name: string): TestLoom {
  const { discovery } = street.neighbour(name);
  const moved = new TestLoom(network, street.clock, HOST, { discovery, peerPort: 5000 + looms.length });
  looms.push(moved);
  return moved;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2000; i += 1) {
    if (await holds()) return;
    await street.pass(50);
  }
  throw new Error('waited in vain');
}

/** Without an address. */
async function add(who: TestLoom, other: TestLoom, name: string): Promise<Contact> {
  const { token } = await other.run('identity.token');
  return who.run('contact.add', { token, name });
}

async function online(who: TestLoom): Promise<boolean> {
  const contacts = await who.run('contact.list');
  return contacts.length > 0 && contacts.every(({ connection }) => connection === 'online');
}

async function meet(): Promise<void> {
  await add(ann, bob, 'Bob');
  await add(bob, ann, 'Ann');
  await until(async () => (await online(ann)) && (await online(bob)));
}

describe("two who have only each other's token", () => {
  it('meet, once both have added the other', async () => {
    await add(ann, bob, 'Bob');
    await street.pass(5_000);
    expect(await ann.run('peer.list')).toEqual([]);
    await add(bob, ann, 'Ann');
    await until(async () => (await online(ann)) && (await online(bob)));
    // From here on they know each other's presence key.
    await bob.stop();
    await until(async () => (await ann.run('peer.list')).length === 0);
    await bob.start();
    await until(async () => (await ann.run('peer.list')).length === 1 && (await online(ann)));
  });

  it('still see each other when one of them has renewed the presence key', async () => {
    await meet();
    const carol = await loom('Carol');
    const { id } = await add(ann, carol, 'Carol');
    await ann.run('contact.remove', { contact: id });
    // Bob got the new key inside the session: without it he would not see her after a restart.
    await street.pass(3_000);
    await bob.stop();
    await bob.start();
    await until(async () => (await bob.run('peer.list')).length === 1);
  });
});

it('who comes back from a backup is found by contacts, though all addresses and presence keys are others by now', async () => {
  await meet();
  const file = join(bob.folder, 'bob.backup');
  await bob.run('backup.create', { file, passphrase: 'sealed', current: '' });
  await bob.stop();
  await ann.stop();
  const [moved, again] = [elsewhere('Ann elsewhere'), elsewhere('Bob again')];
  const snapshot = ann.snapshot();
  moved.restore(snapshot);
  snapshot.remove();
  await moved.start();
  await again.start();
  await again.run('backup.restore', { file, opens: 'sealed', passphrase: '' });
  await until(async () => (await online(again)) && (await online(moved)));
  expect(await moved.run('request.list')).toEqual([]);
});

it('who comes back from the phrase alone, elsewhere, is found by contacts while visible to everyone', async () => {
  await meet();
  const { words } = await bob.run('phrase.show', { passphrase: '' });
  await bob.stop();
  const again = await elsewhere('Bob again').start();
  await again.run('identity.restore', { phrase: words.join(' '), name: 'Bob', passphrase: '' });
  await again.run('network.visibility', { mode: 'everyone' });
  await until(async () => (await again.run('request.list')).length === 1);
  const [request] = await again.run('request.list');
  await again.run('request.accept', { request: request!.id, name: '' });
  await until(async () => (await online(again)) && (await online(ann)));
});

describe('being visible to everyone', () => {
  it('shows a name as far as an advert has room, in whole characters', async () => {
    const character = 'கூ';
    await ann.run('identity.rename', { name: character.repeat(64) });
    await ann.run('network.visibility', { mode: 'everyone' });
    await until(async () => (await bob.run('people.list')).length > 0);
    expect((await bob.run('people.list'))[0]?.name).toBe(character.repeat(41));
  });

  it('lists people with name and token, who can be paired with by that alone', async () => {
    await ann.run('network.visibility', { mode: 'everyone' });
    await until(async () => (await bob.run('people.list')).length === 1);
    const [person] = await bob.run('people.list');
    const { token } = await ann.run('identity.token');
    expect(person).toMatchObject({ name: 'Ann', token, contact: null });
    expect(bob.events.some(({ event }) => event === 'people.changed')).toBe(true);
    expect(await ann.run('people.list')).toEqual([]);
    await bob.run('pairing.start', { token: person!.token });
    await until(async () => (await bob.run('pairing.get'))?.state.kind === 'wanting');
    const state = (await ann.run('pairing.get'))?.state;
    await bob.run('pairing.enter', { code: state?.kind === 'showing' ? state.code : '' });
    await until(async () => (await online(ann)) && (await online(bob)));
    expect(await bob.contact('Ann')).toMatchObject({ verified: true });
  });

  it('lists contacts who are met, too, so that a code can verify them', async () => {
    await meet();
    await ann.run('network.visibility', { mode: 'everyone' });
    const { id } = await bob.contact('Ann');
    await until(async () => (await bob.run('people.list')).some(({ contact }) => contact === id));
  });

  it('leads a contact to where they are, and leaves out whoever is blocked', async () => {
    const { id } = await add(bob, ann, 'Ann');
    await ann.run('network.visibility', { mode: 'everyone' });
    await until(async () => (await bob.run('people.list')).some(({ contact }) => contact === id));
    // Ann has not added Bob: his dial arrives as a request.
    await until(async () => (await ann.run('request.list')).length === 1);
    await bob.run('contact.block', { contact: id, blocked: true });
    expect(await bob.run('people.list')).toEqual([]);
  });
});

describe('off', () => {
  it('neither shows us nor lets us see, until it is on again', async () => {
    await meet();
    await until(async () => (await bob.run('peer.list')).length === 1);
    const off = await ann.run('network.visibility', { mode: 'off' });
    expect(off.visibility.mode).toBe('off');
    await until(async () => (await bob.run('peer.list')).length === 0);
    expect(await ann.run('network.status')).toMatchObject({ discovery: { status: 'off' } });
    expect(await ann.run('peer.list')).toEqual([]);
    // Those who are linked stay so.
    expect(await online(bob)).toBe(true);
    await ann.run('network.visibility', { mode: 'contacts' });
    await until(async () => (await bob.run('peer.list')).length === 1);
    expect(await ann.run('network.status')).toMatchObject({ discovery: { status: 'on' } });
  });

  it('is remembered for each network, and being visible to everyone ends with it', async () => {
    await meet();
    const mode = async (): Promise<string> => (await ann.run('network.status')).visibility.mode;
    const moveTo = async (network: string): Promise<void> => {
      ann.network = network;
      await street.pass(3_000);
    };
    await ann.run('network.visibility', { mode: 'off' });
    await moveTo('café');
    expect(await mode()).toBe('contacts');
    await ann.run('network.visibility', { mode: 'everyone' });
    await moveTo('home');
    expect(await mode()).toBe('off');
    await moveTo('café');
    expect(await mode()).toBe('contacts');
    await ann.stop();
    ann.network = 'home';
    await ann.start();
    expect(await mode()).toBe('off');
    await until(async () => (await bob.run('peer.list')).length === 0);
  });
});
