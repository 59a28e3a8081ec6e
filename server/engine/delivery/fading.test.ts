// Messages that disappear: between two real Looms, over restarts, wrong clocks and backups.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationId } from '../../contract/ids.ts';
import type { Conversation, Message } from '../../contract/model.ts';
import * as contract from '../../contract/limits.ts';
import * as wire from '../../protocol/limits.ts';
import { StorageError } from '../../storage/errors.ts';
import { newMessage } from '../../testing/disk/temp-store.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { isLater } from './kinds/timer.ts';

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
});
afterEach(() => town.end());

const sides = (): readonly (readonly [TestLoom, string])[] => [
  [ann, 'Bob'],
  [bob, 'Ann'],
];

async function set(loom: TestLoom, name: string, seconds: number): Promise<Conversation> {
  const { id } = await loom.conversation(name);
  return loom.run('conversation.timer', { conversation: id, seconds });
}

async function bothHave(seconds: number): Promise<void> {
  await town.until(async () => {
    const timers = await Promise.all(sides().map(async ([loom, name]) => (await loom.conversation(name)).timer));
    return timers.every((timer) => timer === seconds);
  });
}

async function say(loom: TestLoom, name: string, to: TestLoom, back: string, body: string): Promise<void> {
  await loom.send(name, body);
  await town.until(async () => (await to.texts(back, 'in')).includes(body));
  await town.until(async () => (await find(loom, name, body)).state === 'delivered');
}

async function find(loom: TestLoom, name: string, body: string): Promise<Message> {
  const found = (await loom.history(name)).find((message) => message.body === body);
  if (!found) throw new Error(`no message "${body}"`);
  return found;
}

async function has(loom: TestLoom, name: string, body: string): Promise<boolean> {
  return (await loom.history(name)).some((message) => message.body === body);
}

async function read(loom: TestLoom, name: string): Promise<void> {
  await loom.run('message.read', { conversation: (await loom.conversation(name)).id });
}

async function gone(loom: TestLoom, name: string, body: string): Promise<void> {
  await town.until(async () => !(await has(loom, name, body)));
}

describe('a timer', () => {
  it('is set for both, and said by a line that names who', async () => {
    expect(await set(ann, 'Bob', 3600)).toMatchObject({ timer: 3600 });
    await bothHave(3600);
    const change = { kind: 'change', change: { timer: 3600 } };
    expect((await ann.history('Bob')).at(-1)).toMatchObject({ ...change, author: 'me' });
    expect((await bob.history('Ann')).at(-1)).toMatchObject({ ...change, direction: 'in' });
    await set(bob, 'Ann', 0);
    await bothHave(0);
    await say(ann, 'Bob', bob, 'Ann', 'stays');
    expect(await find(bob, 'Ann', 'stays')).not.toHaveProperty('disappears');
  });

  it('set to what it is says nothing, and out of bounds is refused', async () => {
    await set(ann, 'Bob', 60);
    await set(ann, 'Bob', 60);
    expect((await ann.history('Bob')).filter(({ kind }) => kind === 'change')).toHaveLength(1);
    for (const seconds of [59, 4 * 7 * 24 * 3600 + 1, -1, 61.5]) {
      await expect(set(ann, 'Bob', seconds)).rejects.toThrow();
    }
  });

  it('that both set while apart is the same for both, also when a clock is ten years off', async () => {
    for (const wrong of [0, 10 * 365 * DAY, -10 * 365 * DAY]) {
      bob.wrongBy = wrong;
      await bob.stop();
      await set(ann, 'Bob', 3600);
      await ann.stop();
      await bob.start();
      await set(bob, 'Ann', 86_400);
      await ann.start();
      await town.until(async () => {
        const [one, other] = await Promise.all(sides().map(([loom, name]) => loom.conversation(name)));
        const lines = await Promise.all(sides().map(async ([loom, name]) => (await loom.history(name)).length));
        return one!.timer === other!.timer && lines[0] === lines[1];
      });
      // Whoever sets it next is heard, wherever the clocks stand.
      await set(ann, 'Bob', 0);
      await bothHave(0);
      await set(bob, 'Ann', 600);
      await bothHave(600);
    }
  });

  it('of two settings takes the later, of two at once the shorter, in any order', () => {
    const settings = [
      { after: 0, at: 5 },
      { after: 60, at: 5 },
      { after: 3600, at: 5 },
      { after: 0, at: 4 },
    ];
    for (const order of [settings, settings.toReversed()]) {
      const last = order.reduce((known, setting) => (isLater(setting, known) ? setting : known), { after: 0, at: 0 });
      expect(last).toEqual({ after: 60, at: 5 });
    }
  });

  it('gives way to the next on both sides, though a clock is a century ahead or back in 1970', async () => {
    for (const wrong of [100 * 365 * DAY, DAY - town.clock.now()]) {
      bob.wrongBy = wrong;
      await set(bob, 'Ann', 60);
      await bothHave(60);
      await set(ann, 'Bob', 0);
      await bothHave(0);
      await set(bob, 'Ann', 600);
      await bothHave(600);
    }
    // Each by its own clock: what is said now stands below what was said before.
    const stored = (await ann.history('Bob')).map(({ arrivedAt }) => arrivedAt);
    expect(Math.max(...stored)).toBeLessThanOrEqual(town.clock.now());
  });

  it('is kept over a restart', async () => {
    await set(ann, 'Bob', 3600);
    await ann.stop();
    await ann.start();
    expect(await ann.conversation('Bob')).toMatchObject({ timer: 3600 });
    await ann.send('Bob', 'brief');
    expect(await find(ann, 'Bob', 'brief')).toMatchObject({ disappears: { after: 3600 } });
  });

  it('of notes runs from when they are written', async () => {
    const { id: conversation } = await ann.run('conversation.notes', {});
    await ann.run('conversation.timer', { conversation, seconds: 60 });
    await ann.run('message.send', { conversation, body: 'brief note' });
    await town.pass(59 * 1000);
    const bodies = async (of: ConversationId): Promise<string[]> =>
      (await ann.run('message.page', { conversation: of, limit: 50 })).messages.map(({ body }) => body);
    expect(await bodies(conversation)).toContain('brief note');
    await town.pass(1000);
    await town.until(async () => !(await bodies(conversation)).includes('brief note'));
  });
});

it('has the bounds of the wire', () => {
  expect([contract.TIMER_SECONDS, contract.TIMER_SECONDS_MOST]).toEqual([wire.TIMER_SECONDS, wire.TTL_SECONDS]);
});

describe('a text that disappears', () => {
  beforeEach(async () => {
    await set(ann, 'Bob', 60);
    await bothHave(60);
  });

  it('goes at its author’s from delivery, at its reader’s from reading', async () => {
    await say(ann, 'Bob', bob, 'Ann', 'brief');
    expect(await find(bob, 'Ann', 'brief')).toMatchObject({ disappears: { after: 60, at: null } });
    await town.pass(MINUTE);
    await gone(ann, 'Bob', 'brief');
    expect(await has(bob, 'Ann', 'brief')).toBe(true);
    await read(bob, 'Ann');
    const { disappears } = await find(bob, 'Ann', 'brief');
    expect(disappears?.at).toBeGreaterThan(town.clock.now() + MINUTE - 1000);
    await town.pass(MINUTE);
    await gone(bob, 'Ann', 'brief');
    expect(bob.events.some(({ event }) => event === 'message.deleted')).toBe(true);
  });

  it('waits for delivery, however long that takes', async () => {
    await bob.stop();
    await ann.send('Bob', 'later');
    town.clock.jump(2 * DAY);
    expect(await has(ann, 'Bob', 'later')).toBe(true);
    await bob.start();
    await town.until(async () => (await bob.texts('Ann', 'in')).includes('later'));
    await town.pass(MINUTE);
    await gone(ann, 'Bob', 'later');
    expect(await has(bob, 'Ann', 'later')).toBe(true);
  });

  it('whose time ends while Loom is closed is not there when it opens', async () => {
    await say(ann, 'Bob', bob, 'Ann', 'brief');
    await read(bob, 'Ann');
    await bob.stop();
    town.clock.jump(DAY);
    await bob.start();
    expect(await has(bob, 'Ann', 'brief')).toBe(false);
    expect((await bob.run('search.query', { text: 'brief' })).hits).toEqual([]);
  });

  it('of a contact that was removed keeps nothing from opening, when a crash has left some of them', async () => {
    await say(ann, 'Bob', bob, 'Ann', 'brief');
    const { id } = await ann.contact('Bob');
    const { engine, store } = ann.profile.opened;
    // What follows in pieces is not reached.
    await store.journal.write(() => engine.roster.remove(id));
    ann.kill();
    town.clock.jump(DAY);
    await ann.start();
    expect(await ann.run('contact.list')).toEqual([]);
  });

  it('goes four megabytes at a time when many long ones are due', async () => {
    const { store, engine } = bob.profile.opened;
    const { id } = await bob.contact('Ann');
    const content = new Uint8Array(256 * 1024);
    const fading = { life: MINUTE, until: town.clock.now() + MINUTE };
    await store.journal.write(() => {
      for (let i = 0; i < 64; i += 1) store.messages.append(newMessage(id, 1000 + i, { content, fading }));
    });
    town.clock.jump(2 * MINUTE);
    const before = store.journal.commits;
    await engine.fading.start();
    expect(store.messages.fading.run(0).messages).toEqual([]);
    expect(store.journal.commits).toBeGreaterThanOrEqual(before + 4);
  });

  it('leaves search, and is not stored again', async () => {
    await say(ann, 'Bob', bob, 'Ann', 'brief');
    await read(bob, 'Ann');
    await town.until(async () => (await bob.run('search.query', { text: 'brief' })).hits.length === 1);
    await town.pass(MINUTE);
    await gone(bob, 'Ann', 'brief');
    expect((await bob.run('search.query', { text: 'brief' })).hits).toEqual([]);
    await bob.stop();
    await bob.start();
    await town.pass(1000);
    expect(await has(bob, 'Ann', 'brief')).toBe(false);
  });

  it('lives no longer than once more when the clock is set back, in a running Loom and over a restart', async () => {
    await say(ann, 'Bob', bob, 'Ann', 'one');
    await read(bob, 'Ann');
    bob.wrongBy = -365 * DAY;
    await town.pass(3 * MINUTE);
    await gone(bob, 'Ann', 'one');
    bob.wrongBy = 0;
    await say(ann, 'Bob', bob, 'Ann', 'two');
    await read(bob, 'Ann');
    await bob.stop();
    bob.wrongBy = -365 * DAY;
    await bob.start();
    await town.pass(3 * MINUTE);
    await gone(bob, 'Ann', 'two');
  });

  it('lives no longer though the disk refuses just when the clock was set back', async () => {
    await say(ann, 'Bob', bob, 'Ann', 'brief');
    await read(bob, 'Ann');
    const { journal } = bob.profile.opened.store;
    const write = journal.write.bind(journal);
    bob.wrongBy = -365 * DAY;
    journal.write = () => Promise.reject(new StorageError('write-failed', 'the disk is full'));
    await town.pass(2 * MINUTE);
    journal.write = write;
    expect(await has(bob, 'Ann', 'brief')).toBe(true);
    await town.pass(4 * MINUTE);
    await gone(bob, 'Ann', 'brief');
  });

  it('lives no longer when the clock was years ahead only while it was read', async () => {
    await say(ann, 'Bob', bob, 'Ann', 'brief');
    bob.wrongBy = 365 * DAY;
    await read(bob, 'Ann');
    bob.wrongBy = 0;
    await town.pass(3 * MINUTE);
    await gone(bob, 'Ann', 'brief');
  });

  it('is answered to as to one that was deleted, and takes edits and reactions along', async () => {
    await say(ann, 'Bob', bob, 'Ann', 'brief');
    const { conversation, author, id } = await find(bob, 'Ann', 'brief');
    await read(bob, 'Ann');
    await set(bob, 'Ann', 0);
    await bothHave(0);
    await bob.run('message.send', { conversation, body: 'answer', replyTo: { author, id } });
    await bob.run('message.react', { conversation, author, id, emoji: '👍' });
    await ann.run('message.edit', { ...refOf(await find(ann, 'Bob', 'brief')), body: 'brief!' });
    await town.until(() => has(bob, 'Ann', 'brief!'));
    await town.pass(MINUTE);
    for (const [loom, name] of sides()) {
      await gone(loom, name, 'brief!');
      expect(await find(loom, name, 'answer')).toMatchObject({ reply: { is: 'deleted', text: '' } });
    }
  });

  it('takes no act along that has been delivered, nor what takes it back', async () => {
    await say(ann, 'Bob', bob, 'Ann', 'brief');
    const text = refOf(await find(ann, 'Bob', 'brief'));
    await ann.run('message.edit', { ...text, body: 'brief!' });
    await town.until(() => has(bob, 'Ann', 'brief!'));
    const { store } = ann.profile.opened;
    await town.until(() => store.outbox.acts().length === 0);
    expect(store.messages.fading.run(0).messages.map(({ message }) => message.id)).toEqual([text.id]);
    await bob.stop();
    await ann.run('message.delete', { ...text, everyone: true });
    expect(store.outbox.acts()).toHaveLength(1);
    expect(store.messages.fading.run(0).messages).toEqual([]);
  });

  it('is there for a minute at least, whatever they say', async () => {
    await set(bob, 'Ann', 0);
    const { id } = await bob.conversation('Ann');
    await bob.profile.opened.engine.outbox.send(id, { t: 'text', body: 'a wink', ttl: 1 });
    await town.until(() => has(ann, 'Bob', 'a wink'));
    expect(await find(ann, 'Bob', 'a wink')).toMatchObject({ disappears: { after: 60 } });
  });

  it('is sent once under one id, whatever the timer is by then', async () => {
    const { id: conversation } = await ann.conversation('Bob');
    const id = 'ab'.repeat(16) as Message['id'];
    const first = await ann.run('message.send', { conversation, body: 'once', id });
    await set(ann, 'Bob', 0);
    expect(await ann.run('message.send', { conversation, body: 'once', id })).toMatchObject({
      position: first.position,
    });
  });
});

function refOf({ conversation, author, id }: Message): Pick<Message, 'conversation' | 'author' | 'id'> {
  return { conversation, author, id };
}
