// A process that stores messages as fast as it can, in a folder that exists already, and says which are durable: one
// line on its output for each. It is there to be killed.
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { writeSync } from 'node:fs';
import { openStore } from '../../storage/profile-store.ts';
import { writeNumbered } from './numbered-messages.ts';
import { idOf, primitives } from './temp-store.ts';

const [folder = '', first = '', batch = ''] = process.argv.slice(2);
const contact = idOf(1);

// A file system that is full: without a listener the limit's signal would end the process instead.
process.on('SIGXFSZ', () => undefined);

const store = await openStore({ folder, primitives }, '');
let seq = Number(first);
try {
  for (;;) {
    const written: Promise<number>[] = [];
    for (let n = 0; n < Number(batch); n += 1, seq += 1) written.push(writeNumbered(store, seq));
    writeSync(1, `${(await Promise.all(written)).join('\n')}\n`);
  }
} catch (error) {
  // What was stored before can still be read.
  const last = store.messages.last(directConversation(contact))?.seq ?? 0;
  writeSync(
    1,
    `refused ${error instanceof Error && 'code' in error ? String(error.code) : 'otherwise'} after ${last}\n`,
  );
  process.kill(process.pid, 'SIGKILL');
}
