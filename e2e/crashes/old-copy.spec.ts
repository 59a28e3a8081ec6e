// Yesterday's copy of a profile put back: sessions are made anew without anybody's help, what was lost with the days in
// between costs at most one quiet line, and everything written from then on arrives.
import { expect, test } from '@playwright/test';
import { cpSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { befriended, Person } from './pair.ts';

/** Texts written since `copied`, in order. */
const since = (copied: readonly string[], texts: readonly string[]): string[] =>
  texts.filter((text) => !copied.includes(text));

const byNumber = (a: string, b: string): number => Number(a.split(' ')[1]) - Number(b.split(' ')[1]);

for (const offline of [0, 60]) {
  test(
    `an old copy is put back, and ${offline} texts are written in it before anybody is met`,
    { tag: '@slow' },
    async () => {
      const [ann, bob] = [new Person('ann'), new Person('bob')];
      const yesterday = `${bob.daemon.folder}.yesterday`;
      try {
        await befriended(ann, bob);
        const both = async (work: () => Promise<void>): Promise<void> => {
          ann.startWriting();
          bob.startWriting();
          await work();
          await Promise.all([ann.stopWriting(), bob.stopWriting()]);
          await expect.poll(async () => (await ann.status()).queued + (await bob.status()).queued).toBe(0);
        };
        await both(async () => {
          await sleep(500);
        });
        await bob.daemon.stop();
        cpSync(bob.daemon.folder, yesterday, { recursive: true });
        await bob.daemon.start();
        await both(async () => {
          await sleep(700);
        });
        const [annHad, bobHad] = [await ann.texts('in'), await bob.texts('in')];

        await bob.daemon.stop();
        await ann.daemon.stop();
        rmSync(bob.daemon.folder, { recursive: true });
        cpSync(yesterday, bob.daemon.folder, { recursive: true });
        await bob.daemon.start();
        const before = bob.said.length;
        if (offline > 0) {
          bob.startWriting();
          await expect.poll(() => bob.said.length - before).toBeGreaterThanOrEqual(offline);
          await bob.stopWriting();
        }
        const met = performance.now();
        await ann.daemon.start();
        if (offline > 0) {
          await expect.poll(async () => (await bob.status()).queued).toBe(0);
          const healed = `${Math.round(performance.now() - met)} ms from the start of the other`;
          test.info().annotations.push({ type: 'healed', description: healed });
        }
        await both(async () => {
          await sleep(300);
        });

        // Whatever was written after the copy arrived once; what came before is as it was.
        const fromBob = await ann.texts('in');
        expect(fromBob.slice(0, annHad.length)).toEqual(annHad);
        // Texts under keys that were used up once already are asked for again, and come behind the others.
        const arrived = since(annHad, fromBob);
        expect(offline > 0 ? arrived.toSorted(byNumber) : arrived).toEqual(bob.said.slice(before));
        expect(since(bobHad, await bob.texts('in'))).toEqual(since(bobHad, ann.said));
        for (const person of [ann, bob]) expect(await person.gaps()).toBeLessThanOrEqual(1);
      } finally {
        await ann.remove();
        await bob.remove();
        rmSync(yesterday, { recursive: true, force: true });
      }
    },
  );
}
