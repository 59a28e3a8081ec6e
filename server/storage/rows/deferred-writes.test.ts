import { afterEach, beforeEach, expect, test } from 'vitest';
import { contactRecord, idOf, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';
import type { Store } from '../profile-store.ts';
import type { SessionRecord } from '../tables/sessions.ts';

const CONTACT = idOf(1);
const SESSION = idOf(9);

let temp: TempStore;
let store: Store;
/** How often a state was serialised. */
let serialised: number;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  serialised = 0;
  await store.journal.write(() => store.contacts.put(contactRecord(1)));
});
afterEach(() => temp.remove());

/** A session that has taken so many steps. */
function session(steps: number): SessionRecord {
  return {
    ...{ id: SESSION, role: 'current', since: 1 },
    get state() {
      serialised += 1;
      return new Uint8Array(40).fill(steps);
    },
  };
}

function step(steps: number): void {
  store.sessions.save(CONTACT, 0, session(steps));
  store.contacts.setOutSeq(CONTACT, steps);
}

/** What stands on the disk: steps of the session, null without one, and the counter. */
async function stored(): Promise<[number | null, number | undefined]> {
  store = await temp.reopen();
  return [store.sessions.load(CONTACT, 0)[0]?.state[0] ?? null, store.contacts.get(CONTACT)?.outSeq];
}

const fails = (): never => {
  throw new Error('a bug');
};

test('of the steps of one transaction only the last is written', async () => {
  await Promise.all([1, 2, 3].map((steps) => store.journal.write(() => step(steps))));
  expect(serialised).toBe(1);
  expect(await stored()).toEqual([3, 3]);
});

test('is seen by who reads in between, and stays', async () => {
  const first = store.journal.write(() => step(1));
  expect(store.sessions.load(CONTACT, 0)[0]?.state[0]).toBe(1);
  expect(store.contacts.get(CONTACT)?.outSeq).toBe(1);
  await Promise.all([first, store.journal.write(() => step(2))]);
  expect(await stored()).toEqual([2, 2]);
});

test.each([
  ['unread', () => undefined],
  ['read in the work that is undone', () => store.sessions.load(CONTACT, 0)],
])('goes with the work that put it off, %s; what came before stays', async (_, read) => {
  const first = store.journal.write(() => step(1));
  const undone = store.journal.write(() => {
    step(2);
    read();
    fails();
  });
  await Promise.all([first, expect(undone).rejects.toThrow('a bug')]);
  expect(await stored()).toEqual([1, 1]);
});

test('of a contact that is removed nothing is written, unless the removal is undone', async () => {
  const first = store.journal.write(() => step(1));
  const undone = store.journal.write(() => {
    store.contacts.remove(CONTACT);
    fails();
  });
  await Promise.all([first, expect(undone).rejects.toThrow('a bug')]);
  expect(store.sessions.load(CONTACT, 0)).toHaveLength(1);

  const second = store.journal.write(() => step(2));
  await Promise.all([second, store.journal.write(() => store.contacts.remove(CONTACT))]);
  expect(await stored()).toEqual([null, undefined]);
});

test('a removed session does not come back with the commit', async () => {
  const first = store.journal.write(() => step(1));
  await Promise.all([first, store.journal.write(() => store.sessions.remove(CONTACT, 0, SESSION))]);
  expect(await stored()).toEqual([null, 1]);
});

test('a contact that is written whole has the counters it is written with', async () => {
  const first = store.journal.write(() => step(7));
  await Promise.all([first, store.journal.write(() => store.contacts.put(contactRecord(1, { outSeq: 3 })))]);
  expect(await stored()).toEqual([7, 3]);
});

test('what cannot be written costs the whole transaction, and all are told', async () => {
  const before = store.contacts.get(CONTACT)?.outSeq;
  const bad: SessionRecord = {
    ...{ id: idOf(8), role: 'current', since: 1 },
    get state() {
      return fails();
    },
  };
  const works = [() => store.sessions.save(CONTACT, 0, bad), () => step(2)].map((work) => store.journal.write(work));
  for (const { status } of await Promise.allSettled(works)) expect(status).toBe('rejected');
  expect(await stored()).toEqual([null, before]);
});
