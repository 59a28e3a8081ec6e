// Search by what a person sees of it: two Looms that write to each other, and the command of the contract.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PAGE_HITS } from '../../contract/limits.ts';
import type { SearchHit, SearchPage } from '../../contract/model.ts';
import { turns } from '../../testing/passing-time.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { MessageSearch } from './message-search.ts';
import { SEGMENT_BYTES } from './segment.ts';

const PASSPHRASE = 'correct horse battery';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
});
afterEach(async () => {
  vi.restoreAllMocks();
  await town.end();
});

/** Once everything stored is in the index. */
async function search(loom: TestLoom, text: string, rest: { cursor?: number } = {}): Promise<SearchPage> {
  for (;;) {
    const page = await loom.run('search.query', { text, ...rest });
    if (page.searched !== 'filling') return page;
    await turns(2);
  }
}

const textOf = ({ parts }: SearchHit): string => parts.map(({ text }) => text).join('');

async function found(loom: TestLoom, text: string): Promise<string[]> {
  return (await search(loom, text)).hits.map(textOf);
}

/** In one transaction, or a few. */
async function sendMany(loom: TestLoom, to: string, texts: readonly string[]): Promise<void> {
  const { conversation } = await loom.contact(to);
  await Promise.all(texts.map((body) => loom.run('message.send', { conversation, body })));
}

async function exchange(): Promise<void> {
  await ann.send('Bob', 'Shall we have tea?');
  await town.received(bob, 'Ann', 1);
  await bob.send('Ann', 'Green TEA at https://tea.example/menu');
  await town.received(ann, 'Bob', 1);
}

async function deleteFrom(loom: TestLoom, who: string, body: string): Promise<void> {
  const { conversation, author, id } = (await loom.history(who)).find((each) => each.body === body)!;
  await loom.run('message.delete', { conversation, author, id });
}

describe('searching', () => {
  it('finds what both said and what was noted, newest first, with marks, now and after a restart', async () => {
    await exchange();
    const notes = await ann.run('conversation.notes');
    await ann.run('message.send', { conversation: notes.id, body: 'buy téa' });
    for (const again of [false, true]) {
      if (again) {
        await ann.stop();
        await ann.start();
      }
      const { hits, next, searched } = await search(ann, 'tea');
      expect(hits.map(textOf)).toEqual(['buy téa', 'Green TEA at https://tea.example/menu', 'Shall we have tea?']);
      expect([next, searched]).toEqual([null, 'all']);
      const [theirs] = (await ann.history('Bob')).filter(({ direction }) => direction === 'in');
      const { conversation, author, id, position, at, arrivedAt } = theirs!;
      const facts = { conversation, author, id, position, at, arrivedAt, direction: 'in' };
      expect(hits[1]).toMatchObject({
        ...facts,
        parts: [{ text: 'Green ' }, { text: 'TEA', marked: true }, {}, {}, {}],
      });
    }
  });

  it('is narrowed by operators and to one conversation', async () => {
    await exchange();
    const notes = await ann.run('conversation.notes');
    await ann.run('message.send', { conversation: notes.id, body: 'notes about tea' });
    expect(await found(ann, 'tea from:bob')).toEqual(['Green TEA at https://tea.example/menu']);
    expect(await found(ann, 'tea from:me in:bob')).toEqual(['Shall we have tea?']);
    expect(await found(ann, 'in:notes')).toEqual(['notes about tea']);
    expect(await found(ann, 'has:link')).toEqual(['Green TEA at https://tea.example/menu']);
    const { conversation } = await ann.contact('Bob');
    for (const [name, bytes] of [
      ['tea house.png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01'],
      ['tea list.txt', 'Darjeeling'],
    ] as const) {
      const path = join(ann.folder, name);
      writeFileSync(path, bytes, 'latin1');
      await ann.run('file.sendPath', { conversation, path });
    }
    expect(await found(ann, 'has:file')).toEqual(['tea list.txt', 'tea house.png']);
    expect(await found(ann, 'tea has:image')).toEqual(['tea house.png']);
    expect(await found(ann, 'tea before:2000')).toEqual([]);
    expect(await found(ann, 'tea after:1990')).toHaveLength(5);
    expect(await found(ann, 'tea after:2300')).toEqual([]);
    const { hits } = await ann.run('search.query', { text: 'tea', conversation: notes.id });
    expect(hits.map(textOf)).toEqual(['notes about tea']);
    const nowhere = ann.run('search.query', { text: 'tea', conversation: 'f'.repeat(32) as typeof notes.id });
    await expect(nowhere).rejects.toMatchObject({ code: 'conversation-unknown' });
  });

  it('finds who was introduced', async () => {
    const cem = await town.make('Cem');
    await bob.add(cem, 'Cem Özdemir');
    await cem.add(bob, 'Bob');
    await town.online(bob, 'Cem Özdemir');
    const ids = await Promise.all(['Ann', 'Cem Özdemir'].map(async (name) => (await bob.contact(name)).id));
    await bob.run('contact.introduce', { contact: ids[0]!, other: ids[1]! });
    await town.until(async () => (await ann.history('Bob')).length > 0);
    expect(await found(ann, 'ozdemir')).toEqual(['Cem Özdemir']);
  });

  it('comes page by page', async () => {
    const texts = Array.from({ length: PAGE_HITS + 3 }, (_, at) => `number ${at}`);
    await sendMany(ann, 'Bob', texts);
    const first = await search(ann, 'number');
    expect(first.hits.map(textOf)).toEqual(texts.toReversed().slice(0, PAGE_HITS));
    const second = await search(ann, 'number', { cursor: first.next! });
    expect(second.hits.map(textOf)).toEqual(texts.toReversed().slice(PAGE_HITS));
    expect(second.next).toBeNull();
  });
});

describe('what is gone', () => {
  it('is not found: a message, a conversation, a contact; and what comes after that is', async () => {
    await exchange();
    await search(ann, 'tea');
    await deleteFrom(ann, 'Bob', 'Shall we have tea?');
    expect(await found(ann, 'tea')).toEqual(['Green TEA at https://tea.example/menu']);
    const { id, conversation } = await ann.contact('Bob');
    await ann.run('conversation.clear', { conversation });
    expect(await found(ann, 'tea')).toEqual([]);
    await ann.send('Bob', 'tea again');
    expect(await found(ann, 'tea')).toEqual(['tea again']);
    await ann.run('contact.remove', { contact: id });
    expect(await found(ann, 'tea')).toEqual([]);
    // Their rows are gone, and their numbers are given anew.
    await ann.add(bob, 'Bob');
    await ann.send('Bob', 'tea at last');
    expect(await found(ann, 'tea')).toEqual(['tea at last']);
  });

  it('leaves no byte in the index: one that was deleted, and all of them once it is locked', async () => {
    const buffers: Buffer[] = [];
    const allocate = Buffer.allocUnsafeSlow.bind(Buffer);
    vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) => {
      const buffer = allocate(size);
      buffers.push(buffer);
      return buffer;
    });
    const held = (text: string): boolean => buffers.some((buffer) => buffer.includes(text));
    const cem = await town.make('Cem', { passphrase: PASSPHRASE });
    const { id: conversation } = await cem.run('conversation.notes');
    const [first] = await Promise.all(
      ['the first secret', 'the second secret', 'x'.repeat(200_000)].map((body) =>
        cem.run('message.send', { conversation, body }),
      ),
    );
    expect(await found(cem, 'secret')).toEqual(['the second secret', 'the first secret']);
    expect([held('first secret'), held('second secret')]).toEqual([true, true]);
    await cem.run('message.delete', { conversation, author: 'me', id: first!.id });
    expect([held('first secret'), held('second secret')]).toEqual([false, true]);
    await cem.run('vault.lock');
    expect([held('secret'), held('xxxx')]).toEqual([false, false]);
    await expect(cem.run('search.query', { text: 'secret' })).rejects.toMatchObject({ code: 'locked' });
  });
});

describe('the bounds of the index', () => {
  it('fills newest first, in slices that leave turns to others, and says what it has not looked through', async () => {
    const { store, engine } = ann.profile.opened;
    await sendMany(
      ann,
      'Bob',
      Array.from({ length: 300 }, (_, at) => `many ${at}`),
    );
    const clock = { now: () => 0, after: () => () => undefined, monotonic: () => (now += 1) };
    let now = 0;
    const slow = new MessageSearch({ ...engine, store, clock, events: ann.profile.events });
    slow.start();
    await turns(1);
    const early = await slow.query({ text: 'many' });
    expect(early.searched).toBe('filling');
    expect(early.hits.map(textOf)[0]).toBe('many 299');
    await ann.send('Bob', 'many more');
    await deleteFrom(ann, 'Bob', 'many 1');
    await town.until(async () => (await slow.query({ text: 'many' })).searched === 'all');
    expect((await slow.query({ text: 'many 1' })).hits.map(textOf)).not.toContain('many 1');
    expect((await slow.query({ text: 'many more' })).hits).toHaveLength(1);
    expect((await slow.query({ text: '"many 0"' })).hits).toHaveLength(1);
    slow.stop();
  });

  it('holds the newest when there is no room for all, and says so', async () => {
    const { store, engine } = ann.profile.opened;
    const long = 'y'.repeat(256 * 1024 - 20);
    await sendMany(
      ann,
      'Bob',
      Array.from({ length: 40 }, (_, at) => `${at} ${long}`),
    );
    const maxBytes = SEGMENT_BYTES / 2;
    const small = new MessageSearch({ ...engine, store, clock: town.clock, events: ann.profile.events, maxBytes });
    small.start();
    await town.until(async () => (await small.query({ text: 'y' })).searched === 'newest');
    expect(small.size).toBeLessThan(3 * SEGMENT_BYTES);
    const { hits } = await small.query({ text: 'y' });
    expect(textOf(hits[0]!)).toMatch(/^39 y/);
    expect(hits.length).toBeGreaterThan(1);
    expect(hits.length).toBeLessThan(40);
    small.stop();
  });
});
