// What goes by itself: old keys when nobody uses their session, and what a removed contact leaves.
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactId } from '../../contract/ids.ts';
import { encodeCbor } from '../../protocol/cbor/cbor.ts';
import { OLD_SESSION_MS, SKIPPED_KEY_MS } from '../../protocol/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import { parseState } from '../../protocol/session-state.ts';
import type { SessionRecord } from '../../storage/tables/sessions.ts';
import { Database } from '../../storage/database.ts';
import { idOf, newMessage } from '../../testing/disk/temp-store.ts';
import { turns } from '../../testing/passing-time.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { devicesOf } from '../contacts/devices.ts';

const HOUR_MS = 60 * 60 * 1000;

let town: Town;
let ann: TestLoom;
let bob: TestLoom;
let contact: ContactId;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  await town.pass(500);
  contact = (await ann.contact('Bob')).id;
});
afterEach(() => town.end());

const kept = (): SessionRecord[] => ann.profile.opened.store.sessions.load(contact, 0);
const skipped = (): number =>
  kept().reduce((sum, { state }) => {
    const { ratchet } = parseState(state);
    return sum + (ratchet.kind === 'turning' ? ratchet.skipped.size : 0);
  }, 0);

async function hours(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += HOUR_MS) {
    town.clock.advance(HOUR_MS);
    await turns(2);
  }
  await turns(10);
}

describe('keys that nobody uses', () => {
  /** Of two envelopes only the second comes; then nobody is there any more. */
  async function loseOne(): Promise<void> {
    const { engine, store } = bob.profile.opened;
    const [theirs] = engine.roster.list();
    const envelopes = await store.journal.write(() =>
      [7, 8].map((seq) => {
        const content = encodeCbor({ t: 'text', at: 5, seq, body: 'x' });
        return engine.sessions.encrypt(devicesOf(theirs!)[0], idOf(seq), content)!.envelope;
      }),
    );
    engine.links.activeLinks()[0]!.link.send(RECORD.envelope, envelopes[1]!);
    await town.received(ann, 'Bob', 1);
    await bob.stop();
  }

  it('of messages that never came go after a fortnight, without a link', async () => {
    await loseOne();
    await hours(SKIPPED_KEY_MS - HOUR_MS);
    expect(skipped()).toBe(1);
    await hours(2 * HOUR_MS);
    expect(skipped()).toBe(0);
  });

  it('go at the start, when it was due while nobody ran', async () => {
    await loseOne();
    await ann.stop();
    town.clock.advance(SKIPPED_KEY_MS + HOUR_MS);
    await ann.start();
    await turns(10);
    expect(skipped()).toBe(0);
  });

  it('of an old session go after a week', async () => {
    const { engine, store } = ann.profile.opened;
    await store.journal.write(() => engine.sessions.retire(devicesOf(engine.roster.get(contact))[0]));
    town.network.reset();
    // Two, or three when both dialled at once and one of the new ones gave way.
    await town.until(() => kept().length >= 2);
    await town.online(ann, 'Bob');
    await bob.stop();
    await hours(OLD_SESSION_MS - HOUR_MS);
    expect(new Set(kept().map(({ role }) => role))).toEqual(new Set(['current', 'old']));
    await hours(2 * HOUR_MS);
    expect(kept().map(({ role }) => role)).toEqual(['current']);
  });

  it('of an old session go as well when the clock was ahead as it was replaced', async () => {
    const { engine, store } = ann.profile.opened;
    ann.wrongBy = 10 * 365 * 24 * HOUR_MS;
    await store.journal.write(() => engine.sessions.retire(devicesOf(engine.roster.get(contact))[0]));
    town.network.reset();
    await town.until(() => kept().length >= 2);
    ann.wrongBy = 0;
    await hours(2 * HOUR_MS);
    expect(kept().map(({ role }) => role)).toEqual(['current']);
  });
});

describe('a contact with a long conversation', () => {
  const MANY = 3000;

  beforeEach(async () => {
    const { store } = ann.profile.opened;
    await store.journal.write(() => {
      for (let number = 1; number <= MANY; number += 1) store.messages.append(newMessage(contact, 10_000 + number));
    });
  });

  const left = (): number => {
    const database = new Database(`${ann.folder}/loom.db`);
    const [row] = database.rows(`SELECT count(*) AS n FROM message`);
    database.close();
    return row!.number('n');
  };

  it('is gone at once, and what it leaves goes in pieces, over a kill in the middle', async () => {
    const { journal } = ann.profile.opened.store;
    const before = journal.commits;
    await ann.run('contact.remove', { contact });
    expect(await ann.run('contact.list')).toEqual([]);
    await expect(ann.run('message.page', { conversation: directConversation(contact) })).rejects.toMatchObject({
      code: 'conversation-unknown',
    });
    await turns(3);
    expect(journal.commits).toBeGreaterThan(before + 1);
    ann.kill();
    const rest = left();
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(MANY);
    await ann.start();
    expect(await ann.run('contact.list')).toEqual([]);
    await town.until(() => ann.profile.opened.store.contacts.removed().length === 0);
    await ann.stop();
    expect(left()).toBe(0);
  });

  it('may come back meanwhile, with nothing of before', async () => {
    await ann.run('contact.remove', { contact });
    await ann.add(bob, 'Bob again');
    await town.online(ann, 'Bob again');
    await bob.send('Ann', 'hello again');
    await town.received(ann, 'Bob again', 1);
    await town.until(() => ann.profile.opened.store.contacts.removed().length === 0);
    expect(await ann.texts('Bob again', 'in')).toEqual(['hello again']);
  });
});
