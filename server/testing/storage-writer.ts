// A process that stores messages as fast as it can, in a folder that exists already, and says which are durable: one
// line on its output for each. It is there to be killed.
import { writeSync } from 'node:fs';
import { openStore } from '../storage/profile-store.ts';
import { idOf, newMessage, primitives } from './temp-store.ts';

const [folder = '', first = '', batch = ''] = process.argv.slice(2);
const contact = idOf(1);

// A file system that is full: without a listener the limit's signal would end the process instead.
process.on('SIGXFSZ', () => undefined);

const store = await openStore({ folder, primitives }, '');
let seq = Number(first);
try {
  for (;;) {
    const written: Promise<number>[] = [];
    for (let n = 0; n < Number(batch); n += 1, seq += 1) written.push(write(seq));
    writeSync(1, `${(await Promise.all(written)).join('\n')}\n`);
  }
} catch (error) {
  // What was stored before can still be read.
  const last = store.messages.last(contact)?.seq ?? 0;
  writeSync(
    1,
    `refused ${error instanceof Error && 'code' in error ? String(error.code) : 'otherwise'} after ${last}\n`,
  );
  process.kill(process.pid, 'SIGKILL');
}

/** As sending a message does: counter, ratchet, message and envelope in one transaction. */
function write(number: number): Promise<number> {
  return store.journal.write(() => {
    const content = new Uint8Array(number % 7 === 0 ? 9000 : 200).fill(number);
    store.contacts.setOutSeq(contact, number);
    store.sessions.save(contact, 0, { id: idOf(2), role: 'current', since: number, state: content });
    const order = store.messages.append(newMessage(contact, number, { direction: 'out', content }));
    store.outbox.put({ contact, id: idOf(number), order, hidden: false, session: idOf(2), envelope: content });
    return number;
  });
}
