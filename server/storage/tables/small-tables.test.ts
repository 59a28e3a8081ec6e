// Identity, sessions, requests and settings.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asIdentityKey, asPresenceKey, asStaticKey } from '../../testing/keys.ts';
import { contactRecord, idOf, plain, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';
import type { IdentityRecord } from './identity.ts';
import type { InviteRecord } from './invites.ts';
import type { Store } from '../profile-store.ts';
import type { RequestRecord } from './requests.ts';
import type { SessionRecord } from './sessions.ts';

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  await store.journal.write(() => {
    for (const number of [1, 2]) store.contacts.put(contactRecord(number));
  });
});
afterEach(() => temp.remove());

describe('identity', () => {
  const identity: IdentityRecord = {
    masterSeed: new Uint8Array(32).fill(1),
    presenceKey: asPresenceKey(new Uint8Array(32).fill(2)),
    name: 'Ada',
    device: 0,
    generation: 0,
    createdAt: 1_800_000_000_000,
  };

  test('is none at first, then the one saved last', async () => {
    expect(store.identity.load()).toBeNull();
    await store.journal.write(() => store.identity.save(identity));
    await store.journal.write(() => store.identity.save({ ...identity, name: 'Ada L.' }));
    store = await temp.reopen();
    expect(plain(store.identity.load()!)).toEqual({ ...identity, name: 'Ada L.' });
  });

  test('does not print its secrets', async () => {
    await store.journal.write(() => store.identity.save(identity));
    const { masterSeed, presenceKey } = store.identity.load()!;
    expect(String(masterSeed) + String(presenceKey)).toBe('[redacted][redacted]');
  });
});

describe('sessions', () => {
  const session = (number: number, role: 'current' | 'old'): SessionRecord => ({
    id: idOf(number),
    role,
    since: 1_800_000_000_000 + number,
    state: new Uint8Array(500).fill(number),
  });

  test('are kept apart by contact and device', async () => {
    await store.journal.write(() => {
      store.sessions.save(idOf(1), 0, session(1, 'old'));
      store.sessions.save(idOf(1), 0, session(2, 'current'));
      store.sessions.save(idOf(1), 1, session(3, 'current'));
      store.sessions.save(idOf(2), 0, session(2, 'old'));
    });
    store = await temp.reopen();
    expect(store.sessions.load(idOf(1), 0).map(plain)).toEqual([session(1, 'old'), session(2, 'current')]);
    expect(store.sessions.load(idOf(1), 1).map(plain)).toEqual([session(3, 'current')]);
    expect(store.sessions.load(idOf(2), 0).map(plain)).toEqual([session(2, 'old')]);
    expect(store.sessions.load(idOf(2), 1)).toEqual([]);
  });

  test('are replaced and removed', async () => {
    const newer = (): SessionRecord => ({ ...session(1, 'old'), state: new Uint8Array(2000).fill(9) });
    await store.journal.write(() => {
      for (const number of [1, 2]) store.sessions.save(idOf(1), 0, session(number, 'current'));
      store.sessions.save(idOf(1), 0, newer());
      store.sessions.remove(idOf(1), 0, idOf(2));
      store.sessions.remove(idOf(1), 0, idOf(3));
    });
    expect(store.sessions.load(idOf(1), 0).map(plain)).toEqual([newer()]);
  });
});

describe('requests', () => {
  const request = (number: number, address: string | null = null): RequestRecord => ({
    id: idOf(number),
    ik: asIdentityKey(new Uint8Array(32).fill(number)),
    staticKey: asStaticKey(new Uint8Array(32).fill(number + 1)),
    device: 0,
    generation: 2,
    name: `Stranger ${number}`,
    address,
    at: 1_800_000_000_000 + number,
  });

  test('come back oldest first, and are found by id and identity key', async () => {
    await store.journal.write(() => {
      for (const number of [5, 3, 4]) store.requests.put(request(number, number === 3 ? '10.0.0.3:4040' : null));
    });
    store = await temp.reopen();
    expect(store.requests.list()).toEqual([request(5), request(3, '10.0.0.3:4040'), request(4)]);
    expect(store.requests.get(idOf(4))).toEqual(request(4));
    expect(store.requests.byIdentity(request(5).ik)).toEqual(request(5));
    expect([store.requests.get(idOf(9)), store.requests.byIdentity(request(9).ik)]).toEqual([null, null]);
    expect(store.requests.count()).toBe(3);
  });

  test('are replaced and removed', async () => {
    await store.journal.write(() => {
      for (const number of [1, 2]) store.requests.put(request(number));
      store.requests.put({ ...request(1), name: 'Renamed' });
      store.requests.remove(idOf(2));
    });
    expect(store.requests.list()).toEqual([{ ...request(1), name: 'Renamed' }]);
  });
});

describe('settings', () => {
  test('hold anything CBOR carries', async () => {
    const value = { on: true, list: [1, 'two', null], bytes: Uint8Array.of(1, 2), at: 1_800_000_000_000, ratio: 0.5 };
    await store.journal.write(() => {
      store.settings.put('theme', 'dark');
      store.settings.put('theme', 'light');
      store.settings.put('rich', value);
      store.settings.put('nothing', null);
    });
    store = await temp.reopen();
    expect(store.settings.get('theme')).toBe('light');
    expect(store.settings.get('rich')).toEqual(value);
    expect(store.settings.get('nothing')).toBeNull();
    expect(store.settings.get('never put')).toBeUndefined();
  });
});

describe('invites', () => {
  const invite = (number: number, changes: Partial<InviteRecord> = {}): InviteRecord => ({
    id: idOf(number),
    secret: new Uint8Array(16).fill(number),
    token: `LOOM-${number}`,
    createdAt: 1_800_000_000_000 + number,
    expiresAt: null,
    revokedAt: null,
    used: null,
    ...changes,
  });

  test('are listed oldest first, replaced, and removed', async () => {
    await store.journal.write(() => {
      for (const number of [3, 1, 2]) store.invites.put(invite(number));
      store.invites.put(invite(3, { used: { at: 5, ik: asIdentityKey(new Uint8Array(32).fill(9)) } }));
      store.invites.remove(idOf(1));
    });
    store = await temp.reopen();
    const used = { at: 5, ik: asIdentityKey(new Uint8Array(32).fill(9)) };
    expect(store.invites.list().map(plain)).toEqual([invite(3, { used }), invite(2)]);
    expect(store.invites.get(idOf(1))).toBeNull();
    expect(String(store.invites.get(idOf(2))!.secret)).toBe('[redacted]');
  });
});
