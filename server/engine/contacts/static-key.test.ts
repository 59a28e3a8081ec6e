// Cards and introductions that name a person's identity and somebody else's static key: the person comes through all the same.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactId } from '../../contract/ids.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { parseStaticPublicKey, type StaticPublicKey } from '../../crypto/keys.ts';
import { asStaticKey } from '../../testing/keys.ts';
import { signCertificate } from '../../protocol/certificate.ts';
import { encodeToken, parseToken } from '../../protocol/token.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { WirePeer } from '../../testing/network/wire-peer.ts';
import { judgeKey } from './static-key.ts';

const primitives = choosePrimitives(undefined);
const other = parseStaticPublicKey(primitives.x25519KeyPair(primitives.random(32)).publicKey)!;

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann');
  bob = await town.make('Bob');
});
afterEach(() => town.end());

const us = (loom: TestLoom) => loom.profile.opened.engine.us;
const record = (loom: TestLoom, id: ContactId): ContactRecord => loom.profile.opened.engine.roster.get(id);

/** A card of theirs with another static key. */
async function altered(loom: TestLoom): Promise<string> {
  const { token } = await loom.run('identity.token');
  const { identityKey } = parseToken(primitives, token);
  return encodeToken(primitives, { version: 1, identityKey, staticKey: other });
}

/** An invite of theirs as it is, or with another static key that they certify. */
async function inviteOf(loom: TestLoom, changes: { generation: number } | null = null): Promise<string> {
  const { token } = await loom.run('invite.create', {});
  const parsed = parseToken(primitives, token);
  if (parsed.version !== 2) throw new Error('no invite');
  if (!changes) return token;
  const statement = { staticKey: other, device: 0, generation: changes.generation };
  const certificate = signCertificate(primitives, us(loom).keys.identityKey.privateKey, statement);
  return encodeToken(primitives, { ...parsed, ...statement, certificate });
}

describe('a card with a wrong static key', () => {
  it('leaves the true person unreachable until they dial, who then is taken at the same generation', async () => {
    const { id } = await ann.run('contact.add', { token: await altered(bob), name: 'Bob', address: bob.address });
    await town.pass(3_000);
    expect((await ann.contact('Bob')).connection).not.toBe('online');
    await bob.add(ann, 'Ann');
    await town.online(ann, 'Bob');
    await town.online(bob, 'Ann');
    expect(record(ann, id)).toMatchObject({ staticKey: us(bob).keys.staticKey.publicKey, generation: 0 });
    await bob.send('Ann', 'it is I');
    await town.received(ann, 'Bob', 1);
  });

  it('is mended by the right card, which keeps the contact, its name and what waits for it', async () => {
    const { id } = await ann.run('contact.add', { token: await altered(bob), name: 'Bobby' });
    await ann.send('Bobby', 'early');
    const { token } = await bob.run('identity.token');
    const again = { token, name: 'Bob', address: bob.address };
    expect(await ann.run('contact.add', again)).toMatchObject({ id, name: 'Bobby', queued: 1 });
    await expect(ann.run('contact.add', again)).rejects.toMatchObject({ code: 'contact-exists' });
    await bob.run('contact.add', { token: (await ann.run('identity.token')).token, name: 'Ann' });
    await town.received(bob, 'Ann', 1);
  });

  it('is mended by an invite, whose certificate proves its key', async () => {
    await ann.run('contact.add', { token: await altered(bob), name: 'Bob', address: bob.address });
    await ann.run('contact.add', { token: await inviteOf(bob), name: 'Bob' });
    await town.online(ann, 'Bob');
    await town.online(bob, 'Ann');
  });

  it('does not keep two from meeting by code, which proves the key', async () => {
    const { id } = await ann.run('contact.add', { token: await altered(bob), name: 'Bob' });
    await bob.run('network.visibility', { mode: 'everyone' });
    const { token } = await bob.run('identity.token');
    await ann.run('pairing.start', { token, address: bob.address });
    await town.until(async () => (await bob.run('pairing.get'))?.state.kind === 'showing');
    const shown = (await bob.run('pairing.get'))!.state;
    await town.until(async () => (await ann.run('pairing.get'))?.state.kind === 'wanting');
    await ann.run('pairing.enter', { code: shown.kind === 'showing' ? shown.code : '' });
    await town.online(ann, 'Bob');
    expect(record(ann, id)).toMatchObject({ staticKey: us(bob).keys.staticKey.publicKey, verified: true });
  });
});

describe('a key that was proven', () => {
  it('gives way to no card', async () => {
    const { id } = await ann.add(bob, 'Bob');
    await bob.add(ann, 'Ann');
    await town.online(ann, 'Bob');
    const token = await altered(bob);
    const key = us(bob).keys.staticKey.publicKey;
    await bob.stop();
    await town.until(async () => (await ann.contact('Bob')).connection !== 'online');
    await expect(ann.run('contact.add', { token, name: 'B' })).rejects.toMatchObject({ code: 'contact-exists' });
    expect(record(ann, id).staticKey).toEqual(key);
  });

  it('stays proven over a restart', async () => {
    const { id } = await ann.add(bob, 'Bob');
    await bob.add(ann, 'Ann');
    await town.online(ann, 'Bob');
    await ann.stop();
    await ann.start();
    expect(record(ann, id).certificate).toEqual(us(bob).certificate);
  });

  it('gives way to an invite of a higher generation', async () => {
    const { id } = await ann.run('contact.add', { token: await inviteOf(bob), name: 'Bob' });
    await ann.run('contact.add', { token: await inviteOf(bob, { generation: 0 }), name: 'Bob' });
    expect(record(ann, id).staticKey).toEqual(us(bob).keys.staticKey.publicKey);
    await ann.run('contact.add', { token: await inviteOf(bob, { generation: 1 }), name: 'Bob' });
    expect(record(ann, id)).toMatchObject({ staticKey: other, generation: 1 });
  });
});

describe('a contact stored before certificates were', () => {
  /** As an older Loom left it. */
  async function old(changes: Partial<ContactRecord>): Promise<string> {
    const { id } = await ann.run('contact.add', { token: await altered(bob), name: 'Bob' });
    const { engine } = ann.profile.opened;
    await engine.options.store.journal.write(() => engine.roster.put({ ...record(ann, id), ...changes }));
    return id;
  }

  it('that was linked once gives way to no card', async () => {
    await old({ lastSeen: 1 });
    const { token } = await bob.run('identity.token');
    await expect(ann.run('contact.add', { token, name: 'Bob' })).rejects.toMatchObject({ code: 'contact-exists' });
  });

  it('gives way to the person themselves, but to no key of an older generation', async () => {
    const wire = new WirePeer(town.network, '192.0.2.66');
    const { id } = await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' });
    const { engine } = ann.profile.opened;
    const aged = { ...record(ann, id), staticKey: other, generation: 2, lastSeen: 1 };
    await engine.options.store.journal.write(() => engine.roster.put(aged));
    const stale = await wire.dial(ann, { hello: { gen: 1 } });
    await town.until(() => stale.closed);
    expect(record(ann, id)).toMatchObject({ staticKey: other, generation: 2 });
    const fresh = await wire.dial(ann, { hello: { gen: 2 } });
    await town.until(() => fresh.hello !== null);
    expect(record(ann, id).staticKey).toEqual(wire.identity.keys.staticKey.publicKey);
  });
});

describe('which key is believed', () => {
  const certificate = new Uint8Array(64);
  const [one, two] = [1, 2].map((byte) => asStaticKey(new Uint8Array(32).fill(byte))) as [
    StaticPublicKey,
    StaticPublicKey,
  ];
  const known = { staticKey: one, device: 0, generation: 3 };
  it.each([
    ['unproven', 'itself, certified', { ...known }, {}, 'taken'],
    ['unproven', 'another', { ...known }, { staticKey: two }, 'taken'],
    ['unproven', 'another, older', { ...known }, { staticKey: two, generation: 2 }, 'refused'],
    ['unproven', 'itself, older', { ...known }, { generation: 2 }, 'kept'],
    ['proven', 'itself', { ...known, certificate }, {}, 'kept'],
    ['proven', 'itself, older', { ...known, certificate }, { generation: 2 }, 'kept'],
    ['proven', 'another', { ...known, certificate }, { staticKey: two }, 'refused'],
    ['proven', 'another, newer', { ...known, certificate }, { staticKey: two, generation: 4 }, 'taken'],
    ['proven', 'itself, newer', { ...known, certificate }, { generation: 4 }, 'taken'],
    ['unproven', 'that of another device', { ...known }, { device: 1, generation: 9 }, 'refused'],
  ] as const)('%s: %s', (_, __, has, shown, judgement) => {
    expect(judgeKey(has, { ...known, certificate, ...shown })).toBe(judgement);
  });
});
