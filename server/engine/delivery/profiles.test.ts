// What people say of themselves: told to contacts alone, once, and in the end the newest; never an entry of a conversation.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Contact, Identity } from '../../contract/model.ts';
import type { ContactId } from '../../contract/ids.ts';
import * as contract from '../../contract/limits.ts';
import {
  ABOUT_BYTES,
  PICTURE_BYTES,
  PICTURE_SIDE,
  PROFILE_NAME_BYTES,
  PROFILES_PER_DAY,
} from '../../protocol/limits.ts';
import type { ContentOf } from '../../protocol/content/content.ts';
import { png } from '../../testing/pictures.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { Link } from '../links/link.ts';

const face = (fill: number, side = 256): string =>
  Buffer.from(png(side, side, { length: 2_000, fill })).toString('base64');

let town: Town;
let ann: TestLoom;
let bob: TestLoom;
/** Bob, to Ann. */
let contact: ContactId;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  await town.until(async () => (await seen()).ownName === 'Ann');
  contact = (await ann.contact('Bob')).id;
  await quiet();
});
afterEach(() => town.end());

/** Ann, to Bob. */
const seen = (): Promise<Contact> => bob.contact('Ann');
const describeAnn = (said: { name?: string; about?: string; picture?: string | null }): Promise<Identity> =>
  ann.run('identity.describe', said);

async function picture(): Promise<string | null> {
  return (await bob.run('contact.picture', { contact: (await seen()).id })).picture;
}

const waiting = (): number => ann.profile.opened.store.outbox.pending({ contact, device: 0 }, 0, 999).length;
const profilesWaiting = (): number =>
  ann.profile.opened.store.outbox.pending({ contact, device: 0 }, 0, 999).filter(({ as }) => as === 'profile').length;
const numbered = (): number => ann.profile.opened.engine.roster.get(contact).outSeq;
const quiet = (): Promise<void> => town.until(() => waiting() === 0);

/** All there is of a link is gone, and it comes again by itself. */
async function linkAnew(): Promise<void> {
  for (const { link } of ann.profile.opened.engine.links.activeLinks()) link.destroy();
  await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
  await town.online(ann, 'Bob');
  await town.pass(500);
}

describe('a profile', () => {
  it('reaches a contact who is linked, whole, changed and taken back again', async () => {
    const own = await describeAnn({ name: 'Ann Lee', about: '  In the\ngarden ', picture: face(1) });
    expect(own).toMatchObject({ name: 'Ann Lee', about: 'In the garden' });
    expect(own.picture).toMatch(/^[0-9a-f]{32}$/);
    await town.until(async () => (await seen()).ownName === 'Ann Lee');
    expect(await seen()).toMatchObject({ name: 'Ann', about: 'In the garden', picture: own.picture });
    expect(await picture()).toBe(face(1));
    expect((await ann.run('identity.picture')).picture).toBe(face(1));

    const other = await describeAnn({ picture: face(2) });
    expect(other).toMatchObject({ about: 'In the garden' });
    expect(other.picture).not.toBe(own.picture);
    await town.until(async () => (await seen()).picture === other.picture);
    expect(await picture()).toBe(face(2));

    await describeAnn({ about: '', picture: null });
    await town.until(async () => (await seen()).picture === null);
    expect(await seen()).toMatchObject({ ownName: 'Ann Lee', about: '' });
    expect(await picture()).toBeNull();
    expect(bob.profile.opened.store.pictures.get((await seen()).id)).toBeNull();
  });

  it('is no entry: nothing is unread, nothing stands in the conversation, and no number is missing', async () => {
    bob.events.length = 0;
    await describeAnn({ picture: face(1) });
    await town.until(async () => (await seen()).picture !== null);
    await ann.send('Bob', 'hello');
    await town.received(bob, 'Ann', 1);
    expect(await bob.conversation('Ann')).toMatchObject({ unread: 1 });
    expect((await bob.history('Ann')).map(({ body, missing }) => [body, missing])).toEqual([['hello', 0]]);
    expect((await ann.history('Bob')).map(({ body }) => body)).toEqual(['hello']);
    expect(bob.events.filter(({ event }) => event === 'message.received')).toHaveLength(1);
    expect(
      bob.events.some(({ event, data }) => event === 'contact.changed' && JSON.stringify(data).length > 2_000),
    ).toBe(false);
  });

  it('is there after a restart, and is not told again to whom has it', async () => {
    const { picture: id } = await describeAnn({ about: 'Here', picture: face(1) });
    await town.until(async () => (await seen()).picture === id);
    await quiet();
    const before = numbered();
    for (let again = 0; again < 3; again += 1) await linkAnew();
    await bob.stop();
    await bob.start();
    await town.online(ann, 'Bob');
    await ann.stop();
    await ann.start();
    await town.online(ann, 'Bob');
    await town.pass(500);
    expect(numbered()).toBe(before);
    expect(await seen()).toMatchObject({ about: 'Here', picture: id });
    expect(await ann.run('identity.get')).toMatchObject({ about: 'Here', picture: id });
  });

  it('waits for nobody: who comes back is told the newest alone', async () => {
    await bob.stop();
    await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
    const before = numbered();
    for (let change = 1; change <= 20; change += 1)
      await describeAnn({ about: `line ${change}`, picture: face(change) });
    expect(waiting()).toBe(0);
    await bob.start();
    await town.until(async () => (await seen()).about === 'line 20');
    expect(await picture()).toBe(face(20));
    expect(numbered()).toBe(before + 1);
  });

  it('one waits at most, and what was taken back meanwhile is not sent', async () => {
    const silence = vi.spyOn(Link.prototype, 'acknowledge').mockImplementation(() => undefined);
    await describeAnn({ picture: face(1) });
    await town.until(async () => (await seen()).picture !== null);
    for (let change = 2; change < 9; change += 1) await describeAnn({ picture: face(change) });
    expect(profilesWaiting()).toBe(1);
    for (const { link } of ann.profile.opened.engine.links.activeLinks()) link.destroy();
    await bob.stop();
    await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
    await describeAnn({ picture: null });
    expect(profilesWaiting()).toBe(0);
    silence.mockRestore();
    await bob.start();
    await town.until(async () => (await seen()).picture === null);
    await quiet();
    await ann.send('Bob', 'on');
    await town.received(bob, 'Ann', 1);
    expect((await bob.history('Ann')).map(({ missing }) => missing)).toEqual([0]);
  });

  it('that changes while one is on its way follows its acknowledgement', async () => {
    const { links } = ann.profile.opened.engine;
    const [told] = [describeAnn({ about: 'first' }), describeAnn({ about: 'second' })];
    await told;
    expect(links.activeLinksOf(contact)).toHaveLength(1);
    await town.until(async () => (await seen()).about === 'second');
    await quiet();
  });

  it('goes back to what it was, and the contact sees that', async () => {
    await describeAnn({ about: 'A' });
    await town.until(async () => (await seen()).about === 'A');
    await quiet();
    const silence = vi.spyOn(Link.prototype, 'acknowledge').mockImplementation(() => undefined);
    await describeAnn({ about: 'B' });
    await town.until(async () => (await seen()).about === 'B');
    for (const { link } of ann.profile.opened.engine.links.activeLinks()) link.destroy();
    await describeAnn({ about: 'A' });
    silence.mockRestore();
    await town.until(async () => (await seen()).about === 'A');
  });

  it('is told again in a new session, as to who comes back without it', async () => {
    const old = bob.snapshot();
    await bob.send('Ann', 'under a number that comes again');
    await town.delivered(bob, 'Ann');
    await describeAnn({ about: 'New' });
    await town.until(async () => (await seen()).about === 'New');
    await quiet();
    await bob.stop();
    bob.restore(old);
    await bob.start();
    expect(await seen()).toMatchObject({ about: '' });
    await bob.send('Ann', 'what makes the sessions part');
    await town.until(async () => (await seen()).about === 'New');
  });

  it('is not told to who is blocked, and then to who no longer is', async () => {
    await ann.run('contact.block', { contact, blocked: true });
    await describeAnn({ about: 'Secret' });
    await town.pass(2_000);
    expect(await seen()).toMatchObject({ about: '' });
    expect(waiting()).toBe(0);
    await ann.run('contact.block', { contact, blocked: false });
    await town.until(async () => (await seen()).about === 'Secret');
  });

  it('is not told to somebody who is no contact', async () => {
    const carl = await town.make('Carl');
    await describeAnn({ about: 'Mine', picture: face(1) });
    await carl.add(ann, 'Ann');
    await town.until(async () => (await ann.run('request.list')).length === 1);
    await town.pass(1_000);
    expect(await carl.contact('Ann')).toMatchObject({ ownName: '', about: '', picture: null });
    const [request] = await ann.run('request.list');
    await ann.run('request.accept', { request: request!.id, name: '' });
    await town.until(async () => (await carl.contact('Ann')).about === 'Mine');
  });

  it('goes with the contact it is of', async () => {
    await describeAnn({ picture: face(1) });
    await town.until(async () => (await seen()).picture !== null);
    const { id } = await seen();
    const { pictures } = bob.profile.opened.store;
    expect(pictures.get(id)).not.toBeNull();
    await bob.run('contact.remove', { contact: id });
    expect(pictures.get(id)).toBeNull();
  });

  it('is not told to a Loom that would show it as a message', async () => {
    await describeAnn({ about: 'Now' });
    await town.until(async () => (await seen()).about === 'Now');
    await quiet();
    const { links } = ann.profile.opened.engine;
    for (const link of links.activeLinksOf(contact)) Object.assign(link, { features: 1 });
    const before = numbered();
    await describeAnn({ about: 'Later' });
    await town.pass(500);
    expect(numbered()).toBe(before);
    await linkAnew();
    await town.until(async () => (await seen()).about === 'Later');
  });
});

describe('what we say of ourselves', () => {
  it('keeps all of what is said of it at once, and the key that is made at the same time', async () => {
    const before = ann.profile.opened.engine.own.presenceKey;
    const renewed = ann.profile.opened.engine.own.renewPresenceKey();
    await Promise.all([renewed, describeAnn({ about: 'Here' }), describeAnn({ picture: face(7) })]);
    expect(ann.profile.opened.engine.own.presenceKey).not.toEqual(before);
    expect(await ann.run('identity.get', {})).toMatchObject({ about: 'Here' });
    expect(ann.profile.opened.engine.own.picture).not.toBe(null);
  });

  it('has bounds that the wire has, too', () => {
    expect(contract).toMatchObject({ OWN_NAME_BYTES: PROFILE_NAME_BYTES, ABOUT_BYTES, PICTURE_BYTES });
  });

  it.each([
    ['a line too long', { about: 'a'.repeat(141) }, 'about-too-long'],
    ['a line of too many marks', { about: `a${'\u0301'.repeat(40)}` }, 'about-too-long'],
    ['no name', { name: ' ' }, 'name-empty'],
    [
      'a picture of a byte too many',
      { picture: Buffer.from(png(9, 9, { length: PICTURE_BYTES + 1 })).toString('base64') },
      'picture-too-large',
    ],
    ['a picture of a pixel too many', { picture: face(1, PICTURE_SIDE + 1) }, 'picture-invalid'],
    ['a text for a picture', { picture: Buffer.from('<svg/>').toString('base64') }, 'picture-invalid'],
  ])('is refused with %s, and stays', async (_, said, code) => {
    await expect(describeAnn(said)).rejects.toMatchObject({ code });
    expect(await ann.run('identity.get')).toMatchObject({ name: 'Ann', about: '', picture: null });
  });

  it('takes the largest picture, and the longest line of any script', async () => {
    const picture = Buffer.from(png(PICTURE_SIDE, PICTURE_SIDE, { length: PICTURE_BYTES, fill: 7 })).toString('base64');
    await describeAnn({ about: '€'.repeat(46), picture });
    await town.until(async () => (await seen()).about === '€'.repeat(46));
    expect((await bob.run('contact.picture', { contact: (await seen()).id })).picture).toBe(picture);
  });

  it('has a name of any length, of which contacts get what a profile holds', async () => {
    const name = '名'.repeat(40);
    await describeAnn({ name });
    await town.until(async () => (await seen()).ownName === '名'.repeat(21));
    expect(await ann.run('identity.get')).toMatchObject({ name });
  });
});

describe('what a contact says', () => {
  it('brings a picture again that was lost here, in the next session', async () => {
    await describeAnn({ picture: face(3) });
    await town.until(async () => (await picture()) === face(3));
    const { store, engine } = bob.profile.opened;
    const { id, device } = await bob.contact('Ann').then(({ id: each }) => engine.roster.get(each));
    await store.journal.write(() => store.pictures.put(id, null));
    expect(await picture()).toBe(null);
    await store.journal.write(() => engine.sessions.retire({ contact: id, device, ik: engine.roster.get(id).ik }));
    await linkAnew();
    await town.until(async () => (await picture()) === face(3));
  });

  /** As if Ann's Loom had sent it, under this number. */
  async function say(said: Partial<ContentOf<'profile'>>, seq = 1_000): Promise<void> {
    const { engine, store } = bob.profile.opened;
    const { id, conversation } = await seen();
    const content: ContentOf<'profile'> = { t: 'profile', name: 'Ann', at: 1, seq, ...said };
    const act = { conversation, author: id, id: 'aa'.repeat(16) as never, seq, at: 1, receivedAt: 1 };
    const told = await store.journal.write(() => engine.entries.apply(content, act));
    told?.();
  }

  it('is made fit to be shown', async () => {
    await say({ name: '\u200b\u200d', about: `one\u2028two\u0000${'\u0301'.repeat(60)}` });
    expect(await seen()).toMatchObject({ ownName: '' });
    const { about } = await seen();
    expect(about).toMatch(/^one two/);
    expect(about).not.toMatch(/[\p{Cc}\p{Zl}]/u);
    expect(about.length).toBeLessThan(50);
  });

  it('counts without a picture that says it is larger than it may be, or says nothing', async () => {
    for (const large of [png(PICTURE_SIDE + 1, 1), png(1, PICTURE_SIDE + 1), Uint8Array.of(0xff, 0xd8, 0xff, 0xda)]) {
      await say({ about: `${large.length}`, picture: large });
      expect(await seen()).toMatchObject({ about: `${large.length}`, picture: null });
    }
    await say({ about: 'small', picture: png(PICTURE_SIDE, PICTURE_SIDE) });
    expect(await seen()).toMatchObject({ about: 'small' });
    expect((await seen()).picture).not.toBeNull();
  });

  it('is that with the larger number, in whatever order they come', async () => {
    const { engine, store } = bob.profile.opened;
    const { id } = await seen();
    await store.journal.write(() => engine.roster.setInSeq(id, 2_000));
    await say({ about: 'later' }, 1_500);
    await say({ about: 'earlier' }, 1_400);
    expect(await seen()).toMatchObject({ about: 'later' });
    // They count anew: what comes in order is the latest there is.
    await store.journal.write(() => engine.roster.setInSeq(id, 3));
    await say({ about: 'anew' }, 3);
    expect(await seen()).toMatchObject({ about: 'anew' });
  });

  it(`is taken ${PROFILES_PER_DAY} times a day, and again as the day goes on`, async () => {
    const dropped = (): number => bob.profile.opened.engine.entries.dropped;
    // One was taken as they met.
    for (let time = 1; time < PROFILES_PER_DAY; time += 1) await say({ about: `${time}` }, 1_000 + time);
    expect(dropped()).toBe(0);
    expect(await seen()).toMatchObject({ about: `${PROFILES_PER_DAY - 1}` });
    await say({ about: 'one over', picture: png(9, 9) }, 2_000);
    expect(dropped()).toBe(1);
    expect(await seen()).toMatchObject({ about: `${PROFILES_PER_DAY - 1}`, picture: null });
    // What says nothing new costs nothing.
    await say({ about: `${PROFILES_PER_DAY - 1}` }, 2_001);
    expect(dropped()).toBe(1);
    town.clock.advance(60 * 60 * 1000);
    await say({ about: 'an hour later' }, 2_002);
    expect(await seen()).toMatchObject({ about: 'an hour later' });
  });
});
