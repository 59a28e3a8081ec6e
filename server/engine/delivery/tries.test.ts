// What is told of a message's way: each time it was sent, and where to; bounded.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MessageInfo, MessageRef } from '../../contract/model.ts';
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { idOf } from '../../testing/disk/temp-store.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { TRIED_MESSAGES, TRIES, Tries } from './tries.ts';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
});
afterEach(() => town.end());

async function info(loom: TestLoom, name: string): Promise<MessageInfo> {
  const { conversation, author, id } = (await loom.history(name)).at(-1) as MessageRef;
  return loom.run('message.info', { conversation, author, id });
}

it('one that waits was not sent; one that got lost was sent again, to where they are', async () => {
  town.network.hold(ann.host, bob.host);
  await ann.send('Bob', 'lost');
  await town.until(async () => (await info(ann, 'Bob')).tries.length === 1);
  // What is under way is gone, and so is the link.
  town.network.tear(ann.host, bob.host, 0);
  town.network.heal();
  await town.received(bob, 'Ann', 1);
  await town.delivered(ann, 'Bob');
  const { storedAt, tries, deliveredAt } = await info(ann, 'Bob');
  expect(tries.length).toBeGreaterThan(1);
  expect(tries.every(({ address }) => address.startsWith(`${bob.host}:`))).toBe(true);
  const times = [storedAt, ...tries.map(({ at }) => at), deliveredAt!];
  expect(times).toEqual([...times].sort((one, other) => one - other));
  // Of theirs nothing is known.
  expect((await info(bob, 'Ann')).tries).toEqual([]);
  await bob.stop();
  await town.until(() => ann.profile.opened.engine.links.all().length === 0);
  await ann.send('Bob', 'waits');
  expect((await info(ann, 'Bob')).tries).toEqual([]);
});

it('the newest of the newest messages are remembered', () => {
  const clock = new FakeClock();
  const tries = new Tries(clock);
  const message = (number: number) => ({ conversation: directConversation(idOf(1)), id: idOf(number) });
  for (let time = 0; time <= TRIES; time += 1) {
    clock.advance(1);
    tries.sent(message(1), `192.0.2.${time}:1`);
  }
  expect(tries.of(message(1))).toHaveLength(TRIES);
  expect(tries.of(message(1)).at(-1)).toEqual({ at: clock.now(), address: `192.0.2.${TRIES}:1` });
  for (let number = 2; number < TRIED_MESSAGES + 1; number += 1) tries.sent(message(number), '192.0.2.1:1');
  expect(tries.of(message(1))).toHaveLength(TRIES);
  tries.sent(message(TRIED_MESSAGES + 1), '192.0.2.1:1');
  expect(tries.of(message(1))).toEqual([]);
  expect(tries.of(message(2))).toHaveLength(1);
});
