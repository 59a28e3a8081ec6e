import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { until } from '../../testing/passing-time.ts';
import { TestLoom } from '../../testing/test-loom.ts';
import { MemoryNetwork } from '../../transport/memory.ts';

let network: MemoryNetwork;
let clock: FakeClock;
let looms: TestLoom[];

beforeEach(() => {
  network = new MemoryNetwork();
  clock = new FakeClock();
  looms = [];
});

afterEach(async () => {
  for (const loom of looms) await loom.remove();
});

async function start(host: string): Promise<TestLoom> {
  const loom = new TestLoom(network, clock, host);
  looms.push(loom);
  return loom.start();
}

const phraseOf = async (loom: TestLoom): Promise<readonly string[]> =>
  (await loom.run('phrase.show', { passphrase: '' })).words;

const asked = (words: readonly string[], ...numbers: number[]): { number: number; word: string }[] =>
  numbers.map((number) => ({ number, word: words[number - 1]! }));

describe('the recovery phrase', () => {
  it('is shown to who has the passphrase, and to nobody else', async () => {
    const loom = await start('192.0.2.1');
    await loom.run('identity.create', { name: 'Ann', passphrase: 'long enough' });
    for (const passphrase of ['', 'wrong']) {
      await expect(loom.run('phrase.show', { passphrase })).rejects.toMatchObject({ code: 'wrong-passphrase' });
    }
    expect((await loom.run('phrase.show', { passphrase: 'long enough' })).words).toHaveLength(24);
    await loom.run('vault.lock');
    await expect(loom.run('phrase.show', { passphrase: 'long enough' })).rejects.toMatchObject({ code: 'locked' });
  });

  it('is checked by three of its words, right after it was shown', async () => {
    const loom = await (await start('192.0.2.1')).create('Ann');
    const blind = { words: asked(Array<string>(24).fill('abandon'), 1, 2, 3) };
    await expect(loom.run('phrase.check', blind)).rejects.toMatchObject({ code: 'phrase-not-shown' });
    const words = await phraseOf(loom);
    const wrong = [...asked(words, 3, 24), { number: 9, word: words[8] === 'zoo' ? 'zone' : 'zoo' }];
    expect(await loom.run('phrase.check', { words: wrong })).toEqual({ wrong: [9] });
    const loud = asked(words, 3, 9, 24).map(({ number, word }) => ({ number, word: ` ${word.toUpperCase()}` }));
    expect(await loom.run('phrase.check', { words: loud })).toEqual({ wrong: [] });
    const same = { words: asked(words, 3, 3, 3) };
    await expect(loom.run('phrase.check', same)).rejects.toMatchObject({ code: 'bad-request' });
    clock.advance(15 * 60_000);
    await expect(loom.run('phrase.check', { words: loud })).rejects.toMatchObject({ code: 'phrase-not-shown' });
  });

  it('gives the same identity and token in a new profile, for good', async () => {
    const ann = await (await start('192.0.2.1')).create('Ann');
    const phrase = (await phraseOf(ann)).join(' ');
    const again = await start('192.0.2.2');
    const identity = await again.run('identity.restore', { phrase, name: 'Ann again', passphrase: '' });
    expect(identity).toEqual({ ...(await ann.run('identity.get')), name: 'Ann again' });
    expect(await again.run('identity.token')).toEqual(await ann.run('identity.token'));
    expect((await phraseOf(again)).join(' ')).toBe(phrase);
    await again.stop();
    await again.start();
    expect(await again.run('identity.get')).toEqual(identity);
    const once = again.run('identity.restore', { phrase, name: 'Ann', passphrase: '' });
    await expect(once).rejects.toMatchObject({ code: 'identity-exists' });
  });

  it('says what is wrong with words that are none, and changes nothing', async () => {
    const loom = await start('192.0.2.1');
    const before = readdirSync(loom.folder);
    const words = 'abandon '.repeat(23);
    const wrong = [
      [words, { code: 'phrase-length' }],
      [`${words}arrt`, { code: 'phrase-word', at: 24 }],
      [`${words}zoo`, { code: 'phrase-checksum' }],
    ] as const;
    for (const [phrase, error] of wrong) {
      const restored = loom.run('identity.restore', { phrase, name: 'Ann', passphrase: '' });
      await expect(restored).rejects.toMatchObject(error);
    }
    const nameless = loom.run('identity.restore', { phrase: `${words}art`, name: ' ', passphrase: '' });
    await expect(nameless).rejects.toMatchObject({ code: 'name-empty' });
    expect(loom.profile.state).toBe('new');
    expect(readdirSync(loom.folder)).toEqual(before);
  });

  it('is not hindered by what a restoring that was killed has left', async () => {
    const loom = await start('192.0.2.1');
    await loom.stop();
    mkdirSync(join(loom.folder, 'beginning', 'loom.db.lock'), { recursive: true });
    writeFileSync(join(loom.folder, 'beginning', 'keys.json'), '{}');
    writeFileSync(join(loom.folder, 'loom.db.new'), 'half');
    await loom.start();
    expect(existsSync(join(loom.folder, 'beginning'))).toBe(false);
    await loom.run('identity.restore', { phrase: `${'abandon '.repeat(23)}art`, name: 'Ann', passphrase: '' });
    expect(loom.profile.state).toBe('ready');
    expect(existsSync(join(loom.folder, 'beginning'))).toBe(false);
  });
});

it('lets a contact meet the restored identity again: asked, accepted, and nothing of theirs is lost', async () => {
  const ann = await (await start('192.0.2.1')).create('Ann');
  const bob = await (await start('192.0.2.2')).create('Bob');
  const { id: bobId } = await ann.add(bob, 'Bob');
  const { id: annId } = await bob.add(ann, 'Ann');
  const online = (loom: TestLoom, name: string): Promise<void> =>
    until(clock, async () => (await loom.contact(name)).connection === 'online');
  await online(ann, 'Bob');
  await online(bob, 'Ann');
  await ann.run('message.send', { conversation: directConversation(bobId), body: 'before' });
  await bob.run('message.send', { conversation: directConversation(annId), body: 'from the machine that is lost' });
  await until(clock, async () => (await ann.contact('Bob')).queued === 0 && (await bob.contact('Ann')).queued === 0);

  const phrase = (await phraseOf(bob)).join(' ');
  await bob.stop();
  await until(clock, async () => (await ann.contact('Bob')).connection !== 'online');
  for (const body of ['while away 1', 'while away 2'])
    await ann.run('message.send', { conversation: directConversation(bobId), body });

  const restored = await start('192.0.2.2');
  await restored.run('identity.restore', { phrase, name: 'Bob', passphrase: '' });
  await until(clock, async () => (await restored.run('request.list')).length === 1);
  const [request] = await restored.run('request.list');
  expect(request).toMatchObject({ name: 'Ann' });
  expect(await ann.contact('Bob')).toMatchObject({ queued: 2 });
  await restored.run('request.accept', { request: request!.id, name: '' });
  await online(ann, 'Bob');
  await until(clock, async () => (await restored.texts('Ann', 'in')).length === 2);
  expect(await restored.texts('Ann', 'in')).toEqual(['while away 1', 'while away 2']);
  await restored.run('message.send', {
    conversation: (await restored.contact('Ann')).conversation,
    body: 'here again',
  });
  await until(clock, async () => (await ann.texts('Bob', 'in')).length === 2);
  expect(await ann.texts('Bob', 'in')).toEqual(['from the machine that is lost', 'here again']);
  await until(clock, async () => (await ann.contact('Bob')).queued === 0);
  expect((await ann.run('contact.list')).length).toBe(1);
  expect((await ann.history('Bob')).some(({ missing }) => missing > 0)).toBe(false);
});
