// Real processes killed while they write, and a disk that is full: what was reported as durable is there afterwards, and
// what belongs together is there together.
import { directConversation } from './rows/conversation-rowids.ts';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtProgram, type BuiltProgram } from '../testing/built-program.ts';
import { lastNumbered } from '../testing/disk/numbered-messages.ts';
import { contactRecord, idOf, tempStore, type TempStore } from '../testing/disk/temp-store.ts';
import { Database } from './database.ts';
import { removeStaleLock } from './profile-store.ts';

const CONTACT = idOf(1);
/** Messages to a commit, where the disk is full. */
const BATCH = 5;
/** More by hand: `KILLS=500 npx vitest …`. */
const KILLS = Number(process.env.KILLS ?? 8);

let writer: BuiltProgram;
let temp: TempStore;

beforeAll(async () => {
  writer = await builtProgram(new URL('../testing/disk/storage-writer.ts', import.meta.url));
  temp = tempStore();
  const store = await temp.create();
  await store.journal.write(() => store.contacts.put(contactRecord(1)));
  store.close();
});
afterAll(() => {
  temp.remove();
  writer.remove();
});

/** Lets the writer run until it has said `lines` lines or ended by itself, kills it, and returns all it said. */
async function runWriter(first: number, batch: number, lines: number, limitKiB?: number): Promise<string[]> {
  const program = [process.execPath, writer.path, temp.folder, String(first), String(batch)];
  const child = limitKiB
    ? spawn('bash', ['-c', `ulimit -f ${limitKiB}; exec "$@"`, 'bash', ...program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
    : spawn(program[0]!, program.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  }
  const [code, signal] = (await ended) as [number | null, string | null];
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  return said;
}

/** Opens what was left, and checks it as a whole. @returns the number of the last message. */
async function recovered(): Promise<number> {
  await expect(temp.open()).rejects.toMatchObject({ code: 'in-use' });
  removeStaleLock(temp.folder);
  const store = await temp.open();
  const last = lastNumbered(store);
  expect(temp.damaged).toEqual([]);
  store.close();
  const database = new Database(temp.path);
  expect(database.rows('SELECT count(*) AS n FROM pragma_integrity_check')[0]?.number('n')).toBe(1);
  expect(database.rows("SELECT 1 FROM pragma_integrity_check WHERE integrity_check = 'ok'")).toHaveLength(1);
  database.close();
  return last;
}

test(`of ${KILLS} processes killed while writing, none loses a message it had reported`, async () => {
  let last = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const batch = [1, 3, 10, 40][round % 4]!;
    const said = await runWriter(last + 1, batch, 1 + ((round * 37) % 60));
    const reported = Number(said.at(-1));
    expect(said).toEqual(said.map((_, index) => String(last + 1 + index)));
    last = await recovered();
    expect(last).toBeGreaterThanOrEqual(reported);
  }
});

test.skipIf(process.platform === 'win32')('a full disk refuses writes, and loses none of those before', async () => {
  const before = await (async () => {
    const store = await temp.open();
    const last = store.messages.last(directConversation(CONTACT))?.seq ?? 0;
    store.close();
    return last;
  })();
  const said = await runWriter(before + 1, BATCH, Infinity, 3000);
  const refusal = said.pop();
  const reported = Number(said.at(-1) ?? before);
  expect(refusal).toBe(`refused write-failed after ${reported}`);
  // The refused commit may stand in the log as a whole, where only what follows it could not be written.
  expect([reported, reported + BATCH]).toContain(await recovered());
});
