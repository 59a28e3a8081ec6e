import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { cpSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventName } from '../../contract/events.ts';
import { anyId } from '../../testing/ids.ts';
import { asStaticKey } from '../../testing/keys.ts';
import { CONTACT_REQUESTS, STRANGER_LINK_MS } from '../../protocol/limits.ts';
import type { Hello } from '../../protocol/hello.ts';
import { TestLoom, Town } from '../../testing/test-loom.ts';
import { WirePeer } from '../../testing/network/wire-peer.ts';

let town: Town;

beforeEach(() => {
  town = new Town();
});

afterEach(() => town.end());

const count = (loom: TestLoom, name: EventName): number => loom.events.filter(({ event }) => event === name).length;

const numbered = (label: string, length: number): string[] => Array.from({ length }, (_, i) => `${label} ${i}`);

describe('a conversation', () => {
  it('goes both ways, is acknowledged, and shows what is unread', async () => {
    const { ann, bob } = await town.pair();
    await ann.send('Bob', 'hello', 'are you there?');
    await town.received(bob, 'Ann', 2);
    await town.delivered(ann, 'Bob');
    await bob.send('Ann', 'yes');
    await town.received(ann, 'Bob', 1);
    expect(await bob.texts('Ann', 'in')).toEqual(['hello', 'are you there?']);
    const contact = await bob.contact('Ann');
    expect(contact).toMatchObject({ queued: 0 });
    expect(await bob.conversation('Ann')).toMatchObject({ unread: 2, lastMessage: { body: 'yes', direction: 'out' } });
    expect(await bob.run('message.read', { conversation: contact.conversation })).toMatchObject({ unread: 0 });
    expect((await bob.history('Ann')).map(({ state }) => state).slice(0, 2)).toEqual(['read', 'read']);
  });

  it('keeps messages for someone who is away, and delivers them in order when they are back', async () => {
    const { ann, bob } = await town.pair();
    await bob.stop();
    await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
    const texts = numbered('while away', 300);
    await ann.send('Bob', ...texts);
    expect(await ann.contact('Bob')).toMatchObject({ queued: 300 });
    expect((await ann.history('Bob')).every(({ state }) => state === 'queued')).toBe(true);
    await bob.start();
    await town.received(bob, 'Ann', 300);
    await town.delivered(ann, 'Bob');
    expect(await bob.texts('Ann', 'in')).toEqual(texts);
    expect(await ann.contact('Bob')).toMatchObject({ queued: 0 });
  });

  it('begins before they have added us, and arrives once they have', async () => {
    const ann = await town.make('Ann');
    const bob = await town.make('Bob');
    await ann.add(bob, 'Bob');
    await ann.send('Bob', 'first');
    await town.until(async () => (await ann.contact('Bob')).connection === 'waiting');
    await bob.add(ann, 'Ann');
    await town.received(bob, 'Ann', 1);
    expect(await bob.texts('Ann', 'in')).toEqual(['first']);
    expect(await bob.run('request.list')).toEqual([]);
  });

  it('resumes its session after a restart of either side, and after a new one loses nothing', async () => {
    const { ann, bob } = await town.pair();
    await ann.send('Bob', 'before');
    await town.received(bob, 'Ann', 1);
    for (const loom of [ann, bob]) {
      const since = loom.events.length;
      await loom.stop();
      await loom.start();
      await town.online(ann, 'Bob');
      await town.online(bob, 'Ann');
      const established = loom.events.slice(since).filter(({ event }) => event === 'session.established');
      expect(established.map(({ data }) => data)).toMatchObject([{ resumed: true }]);
    }
    await ann.send('Bob', 'after');
    await town.received(bob, 'Ann', 2);
    expect(await bob.texts('Ann', 'in')).toEqual(['before', 'after']);
  });

  it('makes a new session by itself when an old copy of the database is put back', async () => {
    const { ann, bob } = await town.pair();
    await ann.send('Bob', 'one');
    await bob.send('Ann', 'two');
    await town.delivered(ann, 'Bob');
    await town.delivered(bob, 'Ann');
    await bob.stop();
    const copy = `${bob.folder}-copy`;
    cpSync(bob.folder, copy, { recursive: true });
    await bob.start();
    await town.online(bob, 'Ann');
    await bob.send('Ann', 'three', 'four');
    await town.delivered(bob, 'Ann');
    await bob.stop();
    rmSync(bob.folder, { recursive: true });
    cpSync(copy, bob.folder, { recursive: true });
    rmSync(copy, { recursive: true });
    const since = bob.events.length;
    await bob.start();
    await town.online(bob, 'Ann');
    await bob.send('Ann', 'five');
    await ann.send('Bob', 'six');
    await town.delivered(bob, 'Ann');
    await town.delivered(ann, 'Bob');
    const established = bob.events.slice(since).filter(({ event }) => event === 'session.established');
    expect(established.map(({ data }) => data)).toMatchObject([{ resumed: false }]);
    expect(await ann.texts('Bob', 'in')).toEqual(['two', 'three', 'four', 'five']);
    expect(await bob.texts('Ann', 'in')).toEqual(['one', 'six']);
    expect((await ann.history('Bob')).every(({ missing }) => missing === 0)).toBe(true);
  });

  it('sends one message when a request is repeated, and refuses another text under the same id', async () => {
    const { ann, bob } = await town.pair();
    const { id } = await ann.contact('Bob');
    const mid = anyId('ab'.repeat(16));
    const first = await ann.run('message.send', { conversation: directConversation(id), body: 'once', id: mid });
    await town.received(bob, 'Ann', 1);
    const again = await ann.run('message.send', { conversation: directConversation(id), body: 'once', id: mid });
    expect(again.id).toBe(first.id);
    await expect(
      ann.run('message.send', { conversation: directConversation(id), body: 'other', id: mid }),
    ).rejects.toMatchObject({
      code: 'message-id-taken',
    });
    await town.pass(1000);
    expect(await bob.texts('Ann', 'in')).toEqual(['once']);
  });

  it('refuses what cannot be sent, at the door', async () => {
    const { ann } = await town.pair();
    const { id } = await ann.contact('Bob');
    const refused = (body: string): Promise<unknown> =>
      ann.run('message.send', { conversation: directConversation(id), body }).catch((e: unknown) => e);
    expect(await refused('')).toMatchObject({ code: 'message-empty' });
    expect(await refused('a'.repeat(256 * 1024 + 1))).toMatchObject({ code: 'message-too-large' });
    expect(await refused('ü'.repeat(128 * 1024 + 1))).toMatchObject({ code: 'message-too-large' });
    expect(await refused('\ud800')).toMatchObject({ code: 'bad-request' });
    expect(await ann.history('Bob')).toEqual([]);
  });

  it('carries the longest text there may be, and every character', async () => {
    const { ann, bob } = await town.pair();
    const texts = ['ü'.repeat(128 * 1024), '👩‍👩‍👧‍👦 \u202e عربي\n\n\ttab', 'a\u0000b'];
    await ann.send('Bob', ...texts);
    await town.received(bob, 'Ann', 3);
    expect(await bob.texts('Ann', 'in')).toEqual(texts);
  });
});

describe('links', () => {
  it('converge to one when both dial at once', async () => {
    const { ann, bob } = await town.pair();
    for (let round = 0; round < 20; round += 1) {
      town.network.reset();
      await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
      const [toBob, toAnn] = [await ann.contact('Bob'), await bob.contact('Ann')];
      await Promise.all([
        ann.run('contact.connect', { contact: toBob.id }),
        bob.run('contact.connect', { contact: toAnn.id }),
      ]);
      await town.online(ann, 'Bob');
      await town.online(bob, 'Ann');
      await town.pass(3000);
      expect((await ann.run('network.status')).links).toHaveLength(1);
      expect((await bob.run('network.status')).links).toHaveLength(1);
      await ann.send('Bob', `a${round}`);
      await bob.send('Ann', `b${round}`);
    }
    await town.received(bob, 'Ann', 20);
    await town.received(ann, 'Bob', 20);
    expect(await bob.texts('Ann', 'in')).toEqual(Array.from({ length: 20 }, (_, i) => `a${i}`));
    expect(await ann.texts('Bob', 'in')).toEqual(Array.from({ length: 20 }, (_, i) => `b${i}`));
  });

  it('lose and double nothing when the network is cut in the middle of bursts', async () => {
    const { ann, bob } = await town.pair();
    for (let round = 0; round < 10; round += 1) {
      const sends = [ann.send('Bob', ...numbered(`a${round}`, 20)), bob.send('Ann', ...numbered(`b${round}`, 20))];
      await town.pass(20 * (round % 4));
      town.network.reset();
      await Promise.all(sends);
      await town.pass(500);
    }
    await town.received(ann, 'Bob', 200);
    await town.received(bob, 'Ann', 200);
    await town.delivered(ann, 'Bob');
    await town.delivered(bob, 'Ann');
    expect(await bob.texts('Ann', 'in')).toEqual(await ann.texts('Bob', 'out'));
    expect(await ann.texts('Bob', 'in')).toEqual(await bob.texts('Ann', 'out'));
  });

  it('are found dead when the other side falls silent, and come back', async () => {
    const { ann, bob } = await town.pair();
    town.network.isCut = true;
    await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
    await town.until(async () => (await bob.contact('Ann')).connection !== 'online');
    await ann.send('Bob', 'into the void');
    town.network.isCut = false;
    await town.received(bob, 'Ann', 1);
    expect(await bob.texts('Ann', 'in')).toEqual(['into the void']);
  });
});

describe('strangers', () => {
  it('ask, are accepted under a name of our choice, and are linked', async () => {
    const ann = await town.make('Ann');
    const bob = await town.make('Bob');
    await ann.add(bob, 'Bob');
    await ann.send('Bob', 'may I?');
    await town.until(async () => (await bob.run('request.list')).length === 1);
    const [request] = await bob.run('request.list');
    expect(request).toMatchObject({ name: 'Ann', address: ann.address });
    expect(await bob.run('contact.list')).toEqual([]);
    await bob.run('request.accept', { request: request!.id, name: 'Ann from work' });
    await town.received(bob, 'Ann from work', 1);
    expect(await bob.run('request.list')).toEqual([]);
    expect(await bob.texts('Ann from work', 'in')).toEqual(['may I?']);
  });

  it('are sent away after a minute, and ask only once', async () => {
    const ann = await town.make('Ann');
    const bob = await town.make('Bob');
    await ann.add(bob, 'Bob');
    await town.until(async () => (await bob.run('request.list')).length === 1);
    await town.until(() => count(bob, 'request.changed') > 0);
    const before = count(bob, 'request.changed');
    await town.pass(STRANGER_LINK_MS + 20_000);
    expect(await bob.run('request.list')).toHaveLength(1);
    expect(count(bob, 'request.changed')).toBe(before);
  });

  it('learn nothing when blocked, and can be let in later', async () => {
    const ann = await town.make('Ann');
    const bob = await town.make('Bob');
    await ann.add(bob, 'Bob');
    await ann.send('Bob', 'hello?');
    await town.until(async () => (await bob.run('request.list')).length === 1);
    const [request] = await bob.run('request.list');
    await bob.run('request.block', { request: request!.id });
    await town.pass(70_000);
    expect(await bob.run('request.list')).toEqual([]);
    expect(await bob.texts('Ann', 'in')).toEqual([]);
    expect(await ann.contact('Bob')).toMatchObject({ connection: 'waiting', queued: 1 });
    const blocked = await bob.contact('Ann');
    await bob.run('contact.block', { contact: blocked.id, blocked: false });
    await bob.run('contact.address', { contact: blocked.id, address: ann.address });
    await town.received(bob, 'Ann', 1);
  });

  it('cannot fill more places than there are', async () => {
    const bob = await town.make('Bob');
    const { requests } = bob.profile.opened.engine;
    for (let i = 0; i < CONTACT_REQUESTS + 10; i += 1) {
      const ik = new Uint8Array(32).fill(i + 1) as Hello['ik'];
      const cert = new Uint8Array(64);
      const hello: Hello = { v: 2, ik, device: 0, gen: 0, cert, port: 1, contact: true, session: null, features: 0 };
      await requests.greeted(hello, asStaticKey(new Uint8Array(32).fill(1)), null);
    }
    expect(await bob.run('request.list')).toHaveLength(CONTACT_REQUESTS);
  });
});

describe('contacts', () => {
  it('are refused with the reason: own token, known token, no name, bad address', async () => {
    const { ann, bob } = await town.pair();
    const { token } = await bob.run('identity.token');
    const own = await ann.run('identity.token');
    const refused = (params: { token: string; name: string; address?: string }): Promise<unknown> =>
      ann.run('contact.add', params).catch((e: unknown) => e);
    expect(await refused({ token: own.token, name: 'Me' })).toMatchObject({ code: 'token-own' });
    expect(await refused({ token, name: 'Bob' })).toMatchObject({ code: 'contact-exists' });
    expect(await refused({ token, name: '  ' })).toMatchObject({ code: 'name-empty' });
    for (const name of ['ü'.repeat(65), '👩‍👩‍👧‍👦'.repeat(21), `o${'\u0308'.repeat(1000)}`])
      expect(await refused({ token, name })).toMatchObject({ code: 'name-too-long' });
    expect(await refused({ token, name: '\u200b \u00ad' })).toMatchObject({ code: 'name-empty' });
    expect(await refused({ token, name: 'Bob', address: 'example.com:80' })).toMatchObject({ code: 'address-invalid' });
    expect(await refused({ token: token.slice(1), name: 'Bob' })).toMatchObject({ code: 'token-prefix' });
    expect(await refused({ token: token.slice(0, -2), name: 'Bob' })).toMatchObject({ code: 'token-length' });
  });

  it('show the same safety number on both sides', async () => {
    const { ann, bob } = await town.pair();
    const ours = await ann.run('contact.safety', { contact: (await ann.contact('Bob')).id });
    const theirs = await bob.run('contact.safety', { contact: (await bob.contact('Ann')).id });
    expect(ours.number).toMatch(/^\d{60}$/);
    expect(ours).toEqual(theirs);
  });

  it('that are blocked hear and say nothing; unblocked, all that waited comes', async () => {
    const { ann, bob } = await town.pair();
    const { id } = await bob.contact('Ann');
    await bob.run('contact.block', { contact: id, blocked: true });
    await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
    await ann.send('Bob', 'are you cross?');
    await town.pass(5000);
    expect(await bob.texts('Ann', 'in')).toEqual([]);
    await expect(bob.send('Ann', 'no')).rejects.toMatchObject({ code: 'contact-blocked' });
    await bob.run('contact.block', { contact: id, blocked: false });
    await town.received(bob, 'Ann', 1);
  });

  it('that are blocked are not dialled, whatever address they are given', async () => {
    const ann = await town.make('Ann');
    const wire = new WirePeer(town.network, '192.0.2.66');
    const calls = await wire.listen();
    const { id } = await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
    await ann.run('contact.block', { contact: id, blocked: true });
    await ann.run('contact.address', { contact: id, address: wire.address });
    await town.pass(3000);
    expect(calls).toEqual([]);
    expect((await ann.contact('Wire')).connection).toBe('offline');
    await ann.run('contact.block', { contact: id, blocked: false });
    await town.until(() => calls.length > 0);
  });

  it('that are removed are gone with all they said, and become strangers', async () => {
    const { ann, bob } = await town.pair();
    await ann.send('Bob', 'hello');
    await town.delivered(ann, 'Bob');
    const { id } = await bob.contact('Ann');
    await bob.run('contact.remove', { contact: id });
    expect(await bob.run('contact.list')).toEqual([]);
    await expect(bob.run('message.page', { conversation: directConversation(id) })).rejects.toMatchObject({
      code: 'conversation-unknown',
    });
    await town.until(async () => (await bob.run('request.list')).length === 1);
    await bob.add(ann, 'Ann again');
    await ann.send('Bob', 'hello again');
    await town.received(bob, 'Ann again', 1);
    const [message] = await bob.history('Ann again');
    expect(message).toMatchObject({ body: 'hello again', missing: 0 });
  });

  it('learn our presence key, and those left learn a new one when somebody is removed', async () => {
    const { ann, bob } = await town.pair();
    const carl = await town.make('Carl');
    await ann.add(carl, 'Carl');
    await carl.add(ann, 'Ann');
    const keyOfAnn = (loom: TestLoom): string | undefined =>
      loom.profile.opened.engine.roster
        .list()
        .map(({ presenceKey }) => presenceKey && Buffer.from(presenceKey).toString('hex'))[0] ?? undefined;
    const ownKey = (): string => Buffer.from(ann.profile.opened.engine.own.presenceKey).toString('hex');
    await town.until(() => keyOfAnn(bob) === ownKey() && keyOfAnn(carl) === ownKey());
    const before = ownKey();
    await ann.run('contact.remove', { contact: (await ann.contact('Carl')).id });
    await town.until(() => ownKey() !== before && keyOfAnn(bob) === ownKey());
    expect(keyOfAnn(carl)).toBe(before);
    expect(await bob.history('Ann')).toEqual([]);
    expect(await ann.contact('Bob')).toMatchObject({ queued: 0 });
  });
});

describe('the vault', () => {
  it('locks and unlocks: everything stops, everything is back', async () => {
    const { ann, bob } = await town.pair();
    await expect(ann.run('vault.lock')).rejects.toMatchObject({ code: 'not-allowed' });
    await ann.run('vault.passphrase', { current: '', next: 'correct horse' });
    await ann.run('vault.lock');
    expect(await ann.run('status.get')).toMatchObject({ state: 'locked', network: null });
    await expect(ann.run('contact.list')).rejects.toMatchObject({ code: 'locked' });
    await town.until(async () => (await bob.contact('Ann')).connection !== 'online');
    await bob.send('Ann', 'waiting for you');
    await expect(ann.run('vault.unlock', { passphrase: 'wrong' })).rejects.toMatchObject({ code: 'wrong-passphrase' });
    await ann.run('vault.unlock', { passphrase: 'correct horse' });
    await town.received(ann, 'Bob', 1);
    await ann.stop();
    await ann.start();
    expect(ann.profile.state).toBe('locked');
    await ann.run('vault.unlock', { passphrase: 'correct horse' });
    expect(await ann.texts('Bob', 'in')).toEqual(['waiting for you']);
  });

  it('asks for an identity first, and makes only one', async () => {
    const loom = new TestLoom(town.network, town.clock, '192.0.2.99');
    town.looms.push(loom);
    await loom.start();
    expect(await loom.run('identity.get')).toBeNull();
    await expect(loom.run('contact.list')).rejects.toMatchObject({ code: 'no-identity' });
    await expect(loom.run('identity.create', { name: ' ', passphrase: '' })).rejects.toMatchObject({
      code: 'name-empty',
    });
    const [one, two] = await Promise.allSettled([loom.create('One'), loom.create('Two')]);
    expect([one.status, two.status]).toEqual(['fulfilled', 'rejected']);
    expect(await loom.run('identity.get')).toMatchObject({ name: 'One', passphraseSet: false });
  });
});
