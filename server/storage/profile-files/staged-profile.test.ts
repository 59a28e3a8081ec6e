import { directConversation } from '../rows/conversation-rowids.ts';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  contactRecord,
  newMessage,
  primitives,
  quickArgon2,
  tempStore,
  type TempStore,
} from '../../testing/disk/temp-store.ts';
import type { Store } from '../profile-store.ts';
import { buildProfile, withScratchStore } from './staged-profile.ts';

let temp: TempStore;
let options: { folder: string; primitives: typeof primitives; argon2: typeof quickArgon2 };
beforeEach(() => {
  temp = tempStore();
  options = { folder: temp.folder, primitives, argon2: quickArgon2 };
});
afterEach(() => temp.remove());

async function fill(store: Store): Promise<void> {
  await store.journal.write(() => {
    store.contacts.put(contactRecord(1));
    store.messages.append(newMessage(contactRecord(1).id, 1));
  });
}

const become = (adopt: () => void): Promise<void> => Promise.resolve().then(adopt);

describe('a profile built beside', () => {
  it('is there with all that was written, under its passphrase', async () => {
    await buildProfile(options, 'secret', fill, become);
    expect(readdirSync(temp.folder).sort()).toEqual(['keys.json', 'keys.previous.json', 'loom.db.new']);
    await expect(temp.open('wrong')).rejects.toMatchObject({ code: 'wrong-passphrase' });
    const store = await temp.open('secret');
    expect(store.contacts.list()).toHaveLength(1);
    expect(store.messages.last(directConversation(contactRecord(1).id))?.seq).toBe(1);
    await expect(buildProfile(options, '', fill, become)).rejects.toThrow('already');
  });

  it('is not there at all when writing it fails, and may be tried again', async () => {
    const bug = new Error('a bug');
    const spoilt = async (store: Store): Promise<void> => {
      await fill(store);
      throw bug;
    };
    const failed = buildProfile(options, '', spoilt, become);
    await expect(failed).rejects.toBe(bug);
    expect(readdirSync(temp.folder)).toEqual([]);
    // What is left of another database must not be taken for this one's log.
    writeFileSync(`${temp.path}-wal`, 'stale');
    await buildProfile(options, '', fill, become);
    expect((await temp.open()).contacts.list()).toHaveLength(1);
  });
});

it('a store for a while is sealed, and leaves nothing', async () => {
  const seen = await withScratchStore(options, async (store) => {
    await fill(store);
    expect(store.passphraseSet).toBe(true);
    return store.contacts.list().length;
  });
  expect(seen).toBe(1);
  expect(existsSync(`${temp.folder}/scratch`)).toBe(false);
  await expect(withScratchStore(options, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
  expect(readdirSync(temp.folder)).toEqual([]);
});
