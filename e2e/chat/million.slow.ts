// A history of a million messages, imported, backed up, verified and restored by real Looms: how long it takes, that it is
// told while it lasts, and that memory does not grow with the history. LOOM_MESSAGES chooses another number.
import { expect, test } from '@playwright/test';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task } from '../../server/contract/model.ts';
import type { ControlClient } from '../../server/http/control/control-client.ts';
import { OriginalDatabase, person, seed } from '../../server/testing/disk/original-loom.ts';
import { Daemon } from '../support/daemon.ts';

const MESSAGES = Number(process.env.LOOM_MESSAGES ?? 1_000_000);
const CONTACTS = 100;
const PEAK_MIB = 200;
/** Of a hundred percents, so many are told at least: several fall together where work comes in large pieces. */
const TOLD = 50;
const OPENS = { passphrase: 'sealed', current: '' };

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-million-'));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

function originalDatabase(path: string): void {
  const database = new OriginalDatabase(path).identity(seed(1));
  for (let number = 0; number < CONTACTS; number += 1) database.contact(person(number + 2), `Contact ${number}`);
  const messages = `
    INSERT INTO messages
    WITH RECURSIVE counted(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM counted WHERE i + 1 < ?)
    SELECT printf('00000000-0000-4000-8000-%012x', i), public_key, iif(i % 2, public_key, ?), public_key,
      'message ' || i || ' ' || hex(zeroblob(i % 100)), 1600000000 + i, 1
    FROM counted JOIN contacts ON contacts.rowid = 1 + i % ?`;
  database.run(messages, MESSAGES, database.us.ik, CONTACTS).close();
}

/** The most memory the process has had in use at once so far, MiB. */
function peakOf(pid: number): number {
  const [, peak = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(peak) / 1024;
}

/** In a process that has done nothing else. */
async function measured(
  daemon: Daemon,
  what: string,
  work: (control: ControlClient) => Promise<unknown>,
): Promise<void> {
  const { pid } = await daemon.start();
  const [idle, from] = [peakOf(pid), performance.now()];
  const told: Task[] = [];
  await daemon.ask(async (control) => {
    control.onEvent((message) => {
      if (message.event === 'task.changed' && message.data.task) told.push(message.data.task);
    });
    await control.request('events.subscribe', { cursor: null, boot: null });
    await work(control);
  });
  const [seconds, peak] = [(performance.now() - from) / 1000, peakOf(pid)];
  console.log(`${what}: ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MiB at most, ${idle.toFixed(0)} MiB before`);
  const percents = told.map(({ percent }) => percent);
  expect(percents).toEqual([...new Set(percents)].sort((a, b) => a - b));
  expect(percents.length, 'percents told').toBeGreaterThan(TOLD);
  expect(peak, `MiB while ${what}`).toBeLessThan(PEAK_MIB);
  await daemon.stop();
}

test('a long history is brought, sealed, verified and restored in little memory, and told while it lasts', async () => {
  test.skip(process.platform !== 'linux', 'peaks of memory are read from /proc');
  const [path, file] = [join(folder, 'loom.db'), join(folder, 'ann.backup')];
  originalDatabase(path);
  const [ann, again] = [new Daemon('ann'), new Daemon('again')];
  try {
    await measured(ann, 'looking', async (control) => {
      expect(await control.request('import.inspect', { file: path })).toMatchObject({
        messages: MESSAGES,
        skipped: [],
      });
    });
    await measured(ann, 'importing', (control) =>
      control.request('import.run', { file: path, name: 'Ann', passphrase: '' }),
    );
    await measured(ann, 'backing up', async (control) => {
      const made = await control.request('backup.create', { file, ...OPENS });
      expect(made).toMatchObject({ contacts: CONTACTS, messages: MESSAGES, damaged: 0 });
    });
    console.log(
      `${(statSync(path).size / 2 ** 20).toFixed(0)} MiB as a database, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB sealed`,
    );
    await measured(ann, 'verifying', (control) =>
      control.request('backup.verify', { file, passphrase: OPENS.passphrase }),
    );
    await measured(again, 'restoring', (control) =>
      control.request('backup.restore', { file, opens: OPENS.passphrase, passphrase: '' }),
    );
    await again.start();
    await again.ask(async (control) => {
      const [first] = await control.request('contact.list', {});
      const { messages } = await control.request('message.page', { conversation: first!.conversation, limit: 1 });
      expect(messages[0]?.body).toMatch(/^message \d+ /);
    });
  } finally {
    await ann.remove();
    await again.remove();
  }
});
