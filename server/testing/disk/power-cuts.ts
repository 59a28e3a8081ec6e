// Cuts the power of a recorded disk after any of its acts, and looks at what can be opened afterwards: always what one
// transaction left, never less than was reported as durable.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { Database } from '../../storage/database.ts';
import { StorageError } from '../../storage/errors.ts';
import { inspectProfile, openStore, type Store } from '../../storage/profile-store.ts';
import { lastNumbered, writeNumbered } from './numbered-messages.ts';
import { Disk, recordDisk, type Act, type Fate } from './recorded-disk.ts';
import { contactRecord, idOf, primitives, quickArgon2, tempFolder, tempStore } from './temp-store.ts';

/** What has been reported as durable, and what is under way. */
interface Told {
  readonly exists: boolean;
  /** The last message stored, and the last of the transaction that is under way. */
  readonly stored: number;
  readonly begun: number;
  readonly passphrase: string;
  readonly nextPassphrase: string;
}

export interface Recording {
  readonly acts: readonly Act[];
  /** By mark, from 1. */
  readonly told: readonly Told[];
}

const start: Told = { exists: false, stored: 0, begun: 0, passphrase: '', nextPassphrase: '' };

/** A profile made, written to, given other passphrases, closed and opened again: all that its disk was told. */
export async function recordProfile(transactions: number): Promise<Recording> {
  const temp = tempStore();
  const disk = recordDisk(temp.folder);
  const told: Told[] = [];
  let now = start;
  const tell = (changes: Partial<Told>): void => {
    now = { ...now, ...changes };
    disk.mark(told.push(now));
  };
  try {
    let store = await temp.create();
    tell({ exists: true });
    await store.journal.write(() => store.contacts.put(contactRecord(1)));
    for (let done = 0; done < transactions; done += 1) {
      // Every third holds several messages.
      const numbers = Array.from({ length: done % 3 === 2 ? 4 : 1 }, (_, index) => now.stored + 1 + index);
      tell({ begun: numbers.at(-1)! });
      // Now and then the log is emptied into the database.
      if (done % 10 === 3) void store.journal.write(() => store.sessions.remove(idOf(1), 0, idOf(99)));
      await Promise.all(numbers.map((number) => writeNumbered(store, number)));
      tell({ stored: now.begun });
      // A passphrase is set, and soon removed: with one, each opening takes a thread of its own.
      if (done % 10 >= 8) {
        tell({ nextPassphrase: done % 10 === 8 ? `passphrase ${done}` : '' });
        await store.changePassphrase(now.passphrase, now.nextPassphrase);
        tell({ passphrase: now.nextPassphrase });
        // Through with it once both have been.
        while (done % 10 === 9 && (await store.resealer.step()));
      }
      if (done % 10 === 7) store = await temp.reopen(now.passphrase);
    }
    store.close();
  } finally {
    disk.stop();
    temp.remove();
  }
  return { acts: disk.acts, told };
}

/**
 * Cuts the power after each act, once for each fate that `fatesOf` its number gives, and opens what is left.
 * @returns how many times. @throws what is wrong with what was left, which act and which fate.
 */
export async function cutEverywhere(
  { acts, told }: Recording,
  fatesOf: (act: number) => readonly Fate[],
): Promise<number> {
  const disk = new Disk();
  let cuts = 0;
  for (const [index, act] of acts.entries()) {
    disk.do(act);
    if (act.kind === 'mark') continue;
    for (const [number, fate] of fatesOf(index).entries()) {
      const known = told[disk.mark - 1] ?? start;
      await cut(disk, fate, known, cuts % 8 === 0).catch((error: unknown) => {
        throw new Error(`after act ${index} of ${acts.length}, fate ${number}`, { cause: error });
      });
      cuts += 1;
    }
  }
  return cuts;
}

async function cut(disk: Disk, fate: Fate, told: Told, thorough: boolean): Promise<void> {
  const folder = tempFolder();
  try {
    disk.leave(folder, fate);
    if (inspectProfile(folder) === 'new') {
      assert.equal(told.exists, false);
      return;
    }
    const store = await open(folder, told);
    const last = lastNumbered(store);
    assert.ok(last === told.stored || last === told.begun, `${last} messages of ${told.stored} or ${told.begun}`);
    if (thorough) await goOn(store, last);
    store.close();
    if (thorough) checkIntegrity(`${folder}/loom.db`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function open(folder: string, { passphrase, nextPassphrase }: Told): Promise<Store> {
  const damaged: unknown[] = [];
  const onDamaged = (row: unknown): void => void damaged.push(row);
  const options = { folder, primitives, argon2: quickArgon2, onDamaged };
  const openWith = async (given: string): Promise<Store> => {
    const store = await openStore(options, given);
    assert.deepEqual(damaged, []);
    return store;
  };
  if (passphrase === nextPassphrase) return openWith(passphrase);
  return openWith(nextPassphrase).catch((error: unknown) => {
    if (error instanceof StorageError && error.code === 'wrong-passphrase') return openWith(passphrase);
    throw error;
  });
}

/** A start writes as before. */
async function goOn(store: Store, last: number): Promise<void> {
  if (!store.contacts.get(idOf(1))) return;
  await writeNumbered(store, last + 1);
  while (await store.resealer.step());
  assert.equal(lastNumbered(store), last + 1);
}

function checkIntegrity(path: string): void {
  const database = new Database(path);
  assert.equal(database.rows("SELECT 1 FROM pragma_integrity_check WHERE integrity_check = 'ok'").length, 1);
  database.close();
}
