// A hostile page in the browser of somebody who uses Loom: on another port of this computer, and under a name of its own
// that leads to Loom's port. The same attempts are made on a server that lets everybody in, where each gains something.
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { readdirSync } from 'node:fs';
import { expect, test, type Person } from '../support/fixtures.ts';
import { attempt, type Gains } from './attempts.ts';
import { OpenServer } from './open-server.ts';

/** A name that the attacker owns, and lets lead wherever they like. */
const REBOUND = 'rebound.example';

const asset = `/assets/${readdirSync(new URL('../../dist/web/assets', import.meta.url)).find((name) => name.endsWith('.js')) ?? ''}`;

const onlyNothing = (gains: Gains): Gains => Object.fromEntries(Object.keys(gains).map((name) => [name, 'nothing']));

async function hostilePage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** What Loom's owner sees afterwards: nothing has changed, and a code from before still lets in. */
async function expectUntouched(ann: Person, code: string): Promise<void> {
  expect(await ann.daemon.ask((control) => control.request('contact.list', {}))).toEqual([]);
  await expect(ann.page.getByRole('button', { name: 'Add contact' })).toBeVisible();
  const another = await ann.context.newPage();
  await another.goto(code);
  await expect(another.getByRole('button', { name: 'Add contact' })).toBeVisible();
}

test('a page on another port of this computer gains nothing, whatever it tries', async ({ person }) => {
  const ann = await person('Ann');
  await ann.onboard();
  const code = await ann.daemon.url();
  const [hostile, careless] = [await OpenServer.start(), await OpenServer.start()];
  const page = await hostilePage(ann.context, `${hostile.origin}/hostile`);

  const control = await page.evaluate(attempt, { target: careless.origin, asset: '/app.js', patience: 20_000 });
  expect(Object.entries(control).filter(([, gain]) => gain === 'nothing')).toEqual([]);
  expect(careless.posted.length).toBeGreaterThan(3);

  const gains = await page.evaluate(attempt, { target: ann.daemon.origin, asset, patience: 3000 });
  expect(Object.keys(gains)).toEqual(Object.keys(control));
  expect(gains).toEqual(onlyNothing(gains));
  // Frames are there, and empty; windows too.
  for (const frame of page.frames().slice(1)) expect(await frame.content()).not.toContain('/assets/');
  await expectUntouched(ann, code);
  await Promise.all([hostile.close(), careless.close()]);
});

test(
  'a page under a name that leads to Loom gains nothing, on a port of its own and on Loom’s',
  { tag: '@slow' },
  async ({ person, launchOptions }) => {
    const [hostile, before, careless] = [await OpenServer.start(), await OpenServer.start(), await OpenServer.start()];
    const args = [...(launchOptions.args ?? []), `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`];
    const browser = await chromium.launch({ ...launchOptions, args });
    const context = await browser.newContext();
    const page = await hostilePage(context, `http://${REBOUND}:${hostile.port}/hostile`);
    const control = await page.evaluate(attempt, { target: careless.origin, asset: '/app.js', patience: 20_000 });
    expect(Object.entries(control).filter(([, gain]) => gain === 'nothing')).toEqual([]);
    // DNS rebinding proper: this page came from the attacker, and now its own name and port are Loom's.
    const rebound = await hostilePage(context, `http://${REBOUND}:${before.port}/hostile`);
    await before.close();
    const ann = await person('Ann', ['--port', String(before.port)]);
    await ann.onboard();
    const code = await ann.daemon.url();

    const gains = await page.evaluate(attempt, { target: ann.daemon.origin, asset, patience: 3000 });
    expect(gains).toEqual(onlyNothing(gains));
    expect(await rebound.evaluate(async () => (await fetch('/')).status)).toBe(421);
    const own = await rebound.evaluate(attempt, { target: new URL(rebound.url()).origin, asset, patience: 3000 });
    expect(own).toEqual(onlyNothing(own));

    await browser.close();
    await expectUntouched(ann, code);
    await Promise.all([hostile.close(), careless.close()]);
  },
);
