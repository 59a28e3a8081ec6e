// A conversation that can be checked as a whole: message n is stored as sending one does, with counter, ratchet state and
// envelope in one transaction, and each of them says n.
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import assert from 'node:assert/strict';
import type { Store } from '../../storage/profile-store.ts';
import { deviceOf, idOf, newMessage, outboxFacts, refOf } from './temp-store.ts';

const CONTACT = idOf(1);
const SESSION = idOf(2);

/** Resolves when it is durable. The contact is there already. */
export function writeNumbered(store: Store, number: number): Promise<number> {
  return store.journal.write(() => {
    const content = new Uint8Array(number % 7 === 0 ? 9000 : 200).fill(number);
    store.contacts.setOutSeq(CONTACT, number);
    store.sessions.save(CONTACT, 0, { id: SESSION, role: 'current', since: number, state: content.slice() });
    const position = store.messages.append(newMessage(CONTACT, number, { direction: 'out', content }));
    const facts = outboxFacts({ contact: CONTACT, id: idOf(number), seq: number, position, hidden: false });
    store.outbox.add({ ...facts, session: SESSION, envelope: content });
    // Now and then one of the small tables changes with it.
    if (number % 4 === 0) store.settings.put('last', number);
    return number;
  });
}

/**
 * No message is missing before the last, and counter, ratchet and outbox are those of the last.
 * @returns its number. @throws AssertionError.
 */
export function lastNumbered(store: Store): number {
  const last = store.messages.last(directConversation(CONTACT))?.seq ?? 0;
  const rows = store.outbox.pending(deviceOf(CONTACT), 0, last + 10);
  assert.deepEqual(
    rows.map(({ id }) => id),
    Array.from({ length: last }, (_, index) => idOf(index + 1)),
  );
  assert.ok(rows.every(({ envelope }) => envelope));
  assert.equal(store.messages.get(refOf(CONTACT, 'out', idOf(1)))?.seq ?? 0, Math.min(1, last));
  assert.equal(store.outbox.count(CONTACT), last);
  assert.equal(store.contacts.get(CONTACT)?.outSeq ?? 0, last);
  assert.equal(store.sessions.load(CONTACT, 0)[0]?.since ?? 0, last);
  assert.equal(store.settings.get('last') ?? 0, last - (last % 4));
  assert.deepEqual(store.rowSet.noticed, []);
  return last;
}
