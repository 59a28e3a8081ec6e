// Ann knows Bob and Carl, and tells them of each other.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactId, PersonId } from '../../contract/ids.ts';
import type { IntroducedCard } from '../../protocol/content/kinds/introduce.ts';
import type { Message } from '../../contract/model.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;
let carl: TestLoom;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  carl = await town.make('Carl');
  await ann.add(carl, 'Carl the smith');
  await carl.add(ann, 'Ann');
  await town.online(ann, 'Carl the smith');
});
afterEach(() => town.end());

const cardOf = ({ profile }: TestLoom) => {
  const { keys, device, generation: gen, certificate: cert } = profile.opened.engine.us;
  return { ik: keys.identityKey.publicKey, sk: keys.staticKey.publicKey, device, gen, cert };
};

async function introduce(): Promise<void> {
  const [contact, other] = [(await ann.contact('Bob')).id, (await ann.contact('Carl the smith')).id];
  await ann.run('contact.introduce', { contact, other });
}

async function received(loom: TestLoom): Promise<Message> {
  await town.until(async () => (await loom.history('Ann')).some(({ kind }) => kind === 'introduction'));
  return (await loom.history('Ann')).find(({ kind }) => kind === 'introduction')!;
}

/** Ann says of somebody what she should not. */
const introduceBy = async (contact: ContactId, card: IntroducedCard): Promise<void> => {
  const { conversations, outbox } = ann.profile.opened.engine;
  await outbox.send(conversations.directWith(contact), { t: 'introduce', ...card });
};

const accept = async (loom: TestLoom, name = ''): Promise<string> => {
  const { conversation, author, id } = await received(loom);
  return (await loom.run('introduction.accept', { conversation, author: author as PersonId, id, name })).id;
};

describe('an introduction', () => {
  it('says who, and once both have accepted, they talk; each knows who vouched', async () => {
    await introduce();
    const atBob = await received(bob);
    const { publicKey } = (await carl.run('identity.get'))!;
    expect(atBob).toMatchObject({ body: '', direction: 'in', introduced: { name: 'Carl the smith', publicKey } });
    await accept(bob);
    await accept(carl, 'Bob the builder');
    const anns = (await ann.run('identity.get'))!.publicKey;
    expect(await bob.contact('Carl the smith')).toMatchObject({
      publicKey,
      addedBy: 'introduction',
      introducedBy: anns,
      verified: false,
    });
    // Where they are, discovery or a person says.
    await bob.run('contact.address', { contact: (await bob.contact('Carl the smith')).id, address: carl.address });
    await town.online(bob, 'Carl the smith');
    await bob.send('Carl the smith', 'Ann says you have an anvil');
    await town.received(carl, 'Bob the builder', 1);
    expect((await ann.history('Bob')).map(({ kind, direction }) => [kind, direction])).toEqual([
      ['introduction', 'out'],
    ]);
  });

  it('adds nobody by itself, nobody twice, and never ourselves', async () => {
    await introduce();
    await received(bob);
    expect(await bob.run('contact.list')).toHaveLength(1);
    await accept(bob);
    await expect(accept(bob)).rejects.toMatchObject({ code: 'contact-exists' });
    const { conversation, author } = await received(bob);
    await ann.send('Bob', 'only a text');
    await town.received(bob, 'Ann', 2);
    const last = (await bob.history('Ann')).at(-1)!;
    await expect(
      bob.run('introduction.accept', { conversation, author: author as PersonId, id: last.id, name: '' }),
    ).rejects.toMatchObject({
      code: 'message-unknown',
    });
    await introduceBy((await ann.contact('Bob')).id, { ...cardOf(bob), name: 'You' });
    await town.received(bob, 'Ann', 3);
    const own = (await bob.history('Ann')).at(-1)!;
    await expect(
      bob.run('introduction.accept', { conversation, author: author as PersonId, id: own.id, name: '' }),
    ).rejects.toMatchObject({
      code: 'token-own',
    });
  });

  it('is not made of one, or of somebody blocked', async () => {
    const { id } = await ann.contact('Bob');
    await expect(ann.run('contact.introduce', { contact: id, other: id })).rejects.toMatchObject({
      code: 'bad-request',
    });
    const other = (await ann.contact('Carl the smith')).id;
    await ann.run('contact.block', { contact: other, blocked: true });
    await expect(introduce()).rejects.toMatchObject({ code: 'contact-blocked' });
  });

  it('is not made of somebody whose key nothing has proven yet', async () => {
    const dora = await town.make('Dora');
    await ann.run('contact.add', { token: (await dora.run('identity.token')).token, name: 'Dora' });
    const [contact, other] = [(await ann.contact('Bob')).id, (await ann.contact('Dora')).id];
    await expect(ann.run('contact.introduce', { contact, other })).rejects.toMatchObject({
      code: 'introduction-unmet',
    });
    expect(await ann.history('Bob')).toEqual([]);
    await dora.add(ann, 'Ann');
    await town.online(ann, 'Dora');
    await ann.run('contact.introduce', { contact, other });
    await accept(bob);
  });

  it.each([
    ['keys that are none', { ik: new Uint8Array(32), sk: new Uint8Array(32) }],
    ['another static key', { sk: new Uint8Array(32).fill(9) }],
    ['a higher generation', { gen: 1 }],
    ['another device', { device: 1 }],
    ['a certificate of nobody', { cert: new Uint8Array(64) }],
  ])('with %s is added by nobody, and bars nobody', async (_, lie) => {
    const { id } = await ann.contact('Bob');
    await introduceBy(id, { ...cardOf(carl), ...lie, name: 'Carl' });
    await expect(accept(bob)).rejects.toMatchObject({ code: 'introduction-key' });
    expect(await bob.run('contact.list')).toHaveLength(1);
    await bob.add(carl, 'Carl');
    await carl.add(bob, 'Bob');
    await town.online(bob, 'Carl');
  });

  it('that waits can be taken back', async () => {
    await bob.stop();
    await introduce();
    const { conversation, author, id } = (await ann.history('Bob')).at(-1)!;
    await ann.run('message.delete', { conversation, author, id });
    await bob.start();
    await ann.send('Bob', 'hello');
    await town.received(bob, 'Ann', 1);
    expect((await bob.history('Ann')).map(({ kind, missing }) => [kind, missing])).toEqual([['text', 0]]);
  });
});
