// A message is known by its conversation, its author and its id together: a contact may answer under an id of ours, and
// neither of the two may then be taken for the other.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Message } from '../../contract/model.ts';
import { anyId } from '../../testing/ids.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;
/** As Ann has them, all three under one id but the second. */
let all: readonly Message[];

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  await ann.send('Bob', 'mine');
  await town.received(bob, 'Ann', 1);
  const [{ id } = { id: anyId('') }] = await ann.history('Bob');
  await bob.send('Ann', 'between');
  await bob.run('message.send', { conversation: (await bob.contact('Ann')).conversation, body: 'yours?', id });
  await town.received(ann, 'Bob', 2);
  all = await ann.history('Bob');
});
afterEach(() => town.end());

const refOf = ({ author, id }: Message): Pick<Message, 'author' | 'id'> => ({ author, id });

it('both of one id are there, each under its own reference', () => {
  expect(all.map(({ body }) => body)).toEqual(['mine', 'between', 'yours?']);
  expect(all[0]!.id).toBe(all[2]!.id);
  expect(refOf(all[0]!)).not.toEqual(refOf(all[2]!));
});

it('a page before one of them is not the page before the other', async () => {
  const { id: contact, conversation } = await ann.contact('Bob');
  const before = async (message: Message): Promise<string[]> => {
    const page = await ann.run('message.page', {
      conversation,
      before: refOf(message),
      limit: 10,
    });
    return page.messages.map(({ body }) => body);
  };
  expect(await before(all[0]!)).toEqual([]);
  expect(await before(all[2]!)).toEqual(['mine', 'between']);
  const theirs = { author: contact, id: (await bob.history('Ann')).at(-1)!.id };
  await ann.run('message.delete', { conversation, ...theirs });
  expect(await ann.texts('Bob', 'out')).toEqual(['mine']);
  await expect(
    ann.run('message.page', { conversation, before: { author: contact, id: anyId('0'.repeat(32)) } }),
  ).rejects.toMatchObject({ code: 'message-unknown' });
});

it('what is told of ours says that it is ours', async () => {
  await town.until(() => ann.events.some(({ event, data }) => event === 'message.state' && data.state === 'delivered'));
  const told = ann.events.filter(({ event }) => event === 'message.state').map(({ data }) => data);
  expect(told.length).toBeGreaterThan(0);
  for (const data of told) expect(data).toMatchObject({ author: 'me', id: all[0]!.id });
});
