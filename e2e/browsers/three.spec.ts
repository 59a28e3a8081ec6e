// The main journey in Firefox and WebKit, where they are installed; everything else is tried in Chromium. `npm run
// test:browsers` has all three, in a room of their own where people meet by code.
import { expect, test } from '@playwright/test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon } from '../support/daemon.ts';
import { Seat } from '../support/browsers/seat.ts';
import { open, webKitConsole, type BrowserName } from '../support/browsers/which.ts';
import { goThrough, meetByCode, meetByContactCodes } from './journey.ts';

/** Set by config/scripts/browsers.js, where the network is loopback alone and nobody else's business. */
const room = process.env.LOOM_TEST_BROWSERS === 'room';
const names: readonly BrowserName[] = process.env.LOOM_TEST_BROWSERS
  ? ['Chromium', 'Firefox', 'WebKit']
  : ['Firefox', 'WebKit'];

for (const name of names) {
  // Quick runs have one other engine; both have all of it in the long ones.
  const tag = name === 'WebKit' && !process.env.LOOM_TEST_BROWSERS ? '@slow' : [];
  test(`from the first screen to the last in ${name}`, { tag }, async ({ launchOptions }) => {
    test.setTimeout(180_000);
    const opening = open(name, launchOptions);
    test.skip(opening === null, `${name} is not installed`);
    if (opening === null) return;
    const there = room ? { command: [], options: [] } : undefined;
    const [ann, bob] = [new Daemon('ann', [], there), new Daemon('bob', [], there)];
    const seat = new Seat(await opening);
    try {
      await Promise.all([ann.start(), bob.start()]);
      await bob.ask((control) => control.request('identity.create', { name: 'Bob', passphrase: '' }));
      await goThrough({ seat, ann, bob }, room ? meetByCode : meetByContactCodes);
    } catch (error) {
      await test.info().attach('page', { body: await seat.page.picture(), contentType: 'image/png' });
      throw error;
    } finally {
      await seat.page.close();
      await Promise.all([ann.remove(), bob.remove()]);
    }
  });
}

test('the first screen leaves nothing on the console of WebKit', async () => {
  const ann = new Daemon('ann');
  await ann.start();
  try {
    const tabs = join(ann.folder, 'tabs.json');
    let seen = false;
    const isThere = (): boolean => (seen ||= existsSync(tabs) && readFileSync(tabs, 'utf8').includes('"usedAt":null'));
    const said = await webKitConsole(await ann.url(), isThere);
    test.skip(said === null, 'WebKit is not installed');
    expect(seen).toBe(true);
    expect(said).toEqual([]);
  } finally {
    await ann.remove();
  }
});
