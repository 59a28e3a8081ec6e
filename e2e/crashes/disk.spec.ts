// Disks that refuse, under real processes: nothing is acknowledged that is not durable, one notice says so, nothing is
// lost, and it goes on by itself when the disk does.
import { expect, test } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { befriended, expectWhole, Person, type Trouble } from './pair.ts';
import { SmallDisk } from './small-disk.ts';

/** How often `storage.changed` was told by one person's Loom, and what. */
async function notices(person: Person, during: () => Promise<void>): Promise<string[]> {
  const control = await person.daemon.control();
  const told: string[] = [];
  control.onEvent((event) => {
    if (event.event === 'storage.changed') told.push(event.data.storage);
  });
  await control.request('events.subscribe', { cursor: null, boot: null });
  await during();
  control.close();
  return told;
}

/** They are each other's contacts and write; some of it has arrived. */
async function bothWrite(ann: Person, bob: Person): Promise<void> {
  await befriended(ann, bob);
  ann.startWriting();
  bob.startWriting();
  await expect.poll(async () => (await bob.texts('in')).length).toBeGreaterThan(20);
}

const storageOf = (person: Person) => async () => (await person.status()).storage;

// SQLite is told of any write that fails in the same way, whatever the reason.
for (const trouble of ['ENOSPC write', 'EIO sync'] as const satisfies readonly Trouble[]) {
  const tag = trouble === 'EIO sync' ? '@slow' : [];
  test(
    `while the disk answers ${trouble}, nothing is acknowledged; after it, everything is there`,
    { tag },
    async () => {
      const [ann, bob] = [new Person('ann'), new Person('bob')];
      try {
        await bothWrite(ann, bob);

        const told = await notices(bob, async () => {
          bob.trouble = trouble;
          await expect.poll(storageOf(bob)).toBe('failing');
          await sleep(1000);
          expect(await storageOf(bob)()).toBe('failing');
          bob.trouble = null;
          await expect.poll(storageOf(bob)).toBe('ok');
        });
        expect(told).toEqual(['failing', 'ok']);

        // And once more, with an end that nobody could prepare for: an ACK too early would be a message lost.
        bob.trouble = trouble;
        await expect.poll(storageOf(bob)).toBe('failing');
        await bob.daemon.kill();
        bob.trouble = null;
        await bob.daemon.start();
        await Promise.all([ann.stopWriting(), bob.stopWriting()]);
        await expectWhole(ann, bob);
      } finally {
        await ann.remove();
        await bob.remove();
      }
    },
  );
}

test(
  'a disk that is really full, or read-only: said at the start, and nothing is damaged',
  { tag: '@slow' },
  async () => {
    const [ann, bob] = [new Person('ann'), new Person('bob')];
    const disk = await SmallDisk.over(bob.daemon.dataDir, 8);
    test.skip(!disk, 'needs Linux, root and unshare');
    if (!disk) return;
    bob.daemon.disk = disk;
    try {
      await bothWrite(ann, bob);
      disk.fill();
      await expect.poll(storageOf(bob)).toBe('failing');
      disk.empty();
      await expect.poll(storageOf(bob)).toBe('ok');
      await Promise.all([ann.stopWriting(), bob.stopWriting()]);
      await expectWhole(ann, bob);

      // A start on a full disk either runs, and says so, or ends with one sentence.
      await bob.daemon.kill();
      disk.fill();
      await bob.daemon.start().then(
        () => bob.daemon.kill(),
        (error: unknown) => expect(String(error)).toContain('ended with 1'),
      );
      disk.empty();

      disk.readOnly = true;
      const [program = '', ...args] = bob.daemon.commandLine;
      const refused = spawnSync(program, args, { encoding: 'utf8' });
      expect(refused.status).toBe(5);
      expect(refused.stderr).toContain('No permission');
      disk.readOnly = false;
      await bob.daemon.start();
      await expectWhole(ann, bob);
    } finally {
      await ann.remove();
      await bob.remove();
      disk.remove();
    }
  },
);

test(
  'a start on a disk that refuses ends with one sentence, and the next one finds everything',
  { tag: '@slow' },
  async () => {
    const [ann, bob] = [new Person('ann'), new Person('bob')];
    try {
      await bothWrite(ann, bob);
      await Promise.all([ann.stopWriting(), bob.stopWriting()]);
      for (const trouble of ['EIO make', 'EIO sync'] as const) {
        await bob.daemon.kill();
        bob.trouble = trouble;
        const [program = '', ...args] = bob.daemon.commandLine;
        const refused = spawnSync(program, args, { encoding: 'utf8', timeout: 3000 });
        // It ends with what a person can do, or it runs and says that the disk refuses.
        if (!refused.error) {
          expect([trouble, refused.status, refused.stderr]).toEqual([trouble, 1, expect.stringMatching(/[Dd]isk/)]);
          expect(refused.stderr).not.toContain('bug');
        }
        bob.trouble = null;
        await bob.daemon.start();
      }
      await expectWhole(ann, bob);
    } finally {
      await ann.remove();
      await bob.remove();
    }
  },
);
