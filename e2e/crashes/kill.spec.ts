// What a killed process may cost: nothing. No browser here: real processes, driven over their control sockets.
import { expect, test } from '@playwright/test';
import { rmSync } from 'node:fs';
import { HungUpError } from '../../server/http/control/control-client.ts';
import { seededNumbers } from '../../server/testing/seeded-random.ts';
import { killOften, noRestarts, told } from './kills.ts';
import { befriended, expectWhole, Person } from './pair.ts';

/** The long form kills ten thousand times. */
const KILLS = 6;

test(`${KILLS} times kill -9 of either side while both write loses, doubles and disorders nothing`, async () => {
  test.setTimeout(240_000);
  const [ann, bob] = [new Person('ann'), new Person('bob')];
  const random = seededNumbers('kill');
  const restarts = noRestarts();
  try {
    await befriended(ann, bob);
    ann.startWriting();
    bob.startWriting();
    await Promise.all([ann, bob].map((victim) => killOften(victim, KILLS / 2, random, restarts)));
    await Promise.all([ann.stopWriting(), bob.stopWriting()]);
    await expectWhole(ann, bob);
    test.info().annotations.push({ type: 'restarts', description: told(restarts) });
  } finally {
    await ann.remove();
    await bob.remove();
  }
});

/** On the way to a profile, and from one passphrase to the next. */
const MAKING = [
  'after draft.open 1',
  'before draft.sync 3',
  'before keys.write 1',
  'before keys.rename 1',
  'after keys.rename 1',
  'after keys.rename 2',
  'after draft.rename 1',
  'after log.sync 1',
];

test('killed anywhere while the profile is made, it is new or whole; no hand is needed', { tag: '@slow' }, async () => {
  const ann = new Person('ann');
  const create = { name: 'Ann', passphrase: '' };
  try {
    for (const place of MAKING) {
      rmSync(ann.daemon.folder, { recursive: true, force: true });
      ann.crash = place;
      await ann.daemon.start();
      const made = ann.daemon.ask((control) => control.request('identity.create', create));
      await expect(made, place).rejects.toThrow(HungUpError);
      ann.crash = '';
      await ann.daemon.start();
      const { state } = await ann.status();
      if (state === 'new') await ann.daemon.ask((control) => control.request('identity.create', create));
      expect((await ann.status()).state, place).toBe('ready');
      await ann.daemon.kill();
    }
  } finally {
    await ann.remove();
  }
});

/**
 * The twin of keys.json is written, set aside and named, then keys.json itself: the new passphrase counts from the moment
 * that the old keys.json is set aside.
 */
const CHANGING = [
  'before keys.write 1',
  'before keys.rename 1',
  'after keys.rename 1',
  'after keys.rename 2',
  'before keys.rename 3',
  'after keys.rename 3',
  'before keys.rename 4',
  'after keys.rename 4',
];

test(
  'killed anywhere while the passphrase changes, the old one or the new one opens, without any hand',
  { tag: '@slow' },
  async () => {
    const ann = new Person('ann');
    try {
      await ann.daemon.start();
      await ann.daemon.ask((control) => control.request('identity.create', { name: 'Ann', passphrase: '' }));
      let current = '';
      for (const place of CHANGING) {
        const next = `passphrase ${place}`;
        await ann.daemon.kill();
        ann.crash = place;
        await ann.daemon.start();
        const unlock = (passphrase: string) => () =>
          ann.daemon.ask((control) => control.request('vault.unlock', { passphrase }));
        if (current !== '') await unlock(current)();
        const changed = ann.daemon.ask((control) => control.request('vault.passphrase', { current, next }));
        await expect(changed, place).rejects.toThrow(HungUpError);
        ann.crash = '';
        await ann.daemon.start();
        if (current === '' && (await ann.status()).state === 'ready') continue;
        current = await unlock(next)().then(
          () => next,
          () => current,
        );
        if ((await ann.status()).state === 'locked') await unlock(current)();
        expect((await ann.status()).state, place).toBe('ready');
      }
      expect(current).toBe('passphrase after keys.rename 4');
    } finally {
      await ann.remove();
    }
  },
);
