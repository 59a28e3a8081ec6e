// Browsers as people have them: with their neighbours' cookies, told to store nothing, with tabs duplicated, translating;
// and what is typed, and would be lost by leaving.
import { chromium, type Dialog, type Page } from '@playwright/test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../support/fixtures.ts';

const expectIn = (page: Page): Promise<void> => expect(page.getByRole('button', { name: 'Add contact' })).toBeVisible();

/** Another program on 127.0.0.1 leaves so many cookies of 3,000 characters. */
async function leaveCookies(page: Page, count: number): Promise<void> {
  const cookies = Array.from({ length: count }, (_, at) => `app${at}=${'v'.repeat(3000)}; Path=/`);
  const neighbour = createServer((request, response) => {
    const from = Number(new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('from'));
    response.writeHead(200, { 'set-cookie': cookies.slice(from, from + 4), 'content-type': 'text/html' }).end('hi');
  });
  await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
  const { port } = neighbour.address() as AddressInfo;
  // Few at a time: what is already there is sent along.
  const context = await page.context().browser()!.newContext();
  for (let from = 0; from < count; from += 4) {
    const one = await context.newPage();
    await context.clearCookies();
    await one.goto(`http://127.0.0.1:${port}/?from=${from}`);
    await page.context().addCookies(await context.cookies());
    await one.close();
  }
  await context.close();
  neighbour.close();
}

test(
  'the cookies of its neighbours keep nobody out, and too many are explained',
  { tag: '@slow' },
  async ({ person }) => {
    const ann = await person('Ann');
    await leaveCookies(ann.page, 12);
    expect((await ann.context.cookies()).length).toBe(12);
    await ann.begin();
    await leaveCookies(ann.page, 60);
    await ann.page.goto('about:blank');
    await ann.page.goto(await ann.daemon.url());
    await expect(ann.page.getByText('too many cookies')).toBeVisible();
    await expect(ann.page.getByText('private window')).toBeVisible();
    await ann.context.clearCookies();
    await ann.page.reload();
    await expectIn(ann.page);
  },
);

test('a browser that is told to store nothing gets in, and is told the way after a reload', async ({
  person,
  launchOptions,
}) => {
  const ann = await person('Ann');
  await ann.begin();
  const folder = mkdtempSync(join(tmpdir(), 'loom-browser-'));
  mkdirSync(join(folder, 'Default'));
  // What “block all cookies” in its settings writes.
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(folder, launchOptions);
  try {
    const page = await context.newPage();
    ann.listen(page);
    await page.goto(await ann.daemon.url());
    await expectIn(page);
    const refused = await page.evaluate(() => {
      try {
        return `stores ${sessionStorage.length}`;
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(refused).toBe('SecurityError');
    await page.reload();
    await expect(page.getByText(/main\.js url/).first()).toBeVisible();
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a browser without channels between tabs gets in', { tag: '@slow' }, async ({ person }) => {
  const ann = await person('Ann');
  await ann.page.addInitScript(() => Reflect.deleteProperty(window, 'BroadcastChannel'));
  await ann.begin();
  await ann.page.reload();
  await expectIn(ann.page);
});

test('a duplicated tab is a tab of its own, also when one of the two unlocks', { tag: '@slow' }, async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin('correct horse battery');
  const opened = ann.context.waitForEvent('page');
  // As browsers duplicate one: with all it has stored.
  await ann.page.evaluate(() => void window.open(location.href));
  const double = await opened;
  ann.listen(double);
  await expectIn(double);
  const kept = (page: Page): Promise<string | null> => page.evaluate(() => sessionStorage.getItem('loom.session'));
  expect(await kept(double)).toBe(await kept(ann.page));
  await ann.daemon.ask((control) => control.request('vault.lock', {}));
  await double.getByRole('textbox', { name: 'Passphrase' }).fill('correct horse battery');
  await double.getByRole('button', { name: 'Unlock' }).click();
  for (const page of [double, ann.page]) await expectIn(page);
  expect(await kept(double)).not.toBe(await kept(ann.page));
});

test(
  'asks not to be translated; who forces it still sees true names',
  { tag: '@slow' },
  async ({ friends: { ann } }) => {
    const { page } = ann;
    expect(await page.evaluate(() => document.documentElement.translate)).toBe(false);
    await expect(page.locator('meta[name=google]')).toHaveAttribute('content', 'notranslate');
    // As translators do it: each text in an element of theirs.
    await page.evaluate(() => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walk.nextNode()) texts.push(walk.currentNode as Text);
      for (const text of texts.filter(({ data }) => data.trim() !== '')) {
        const font = document.createElementNS('http://www.w3.org/1999/xhtml', 'font');
        font.append(document.createTextNode(text.data));
        text.replaceWith(font);
      }
    });
    const [bob] = await ann.daemon.ask((control) => control.request('contact.list', {}));
    await ann.daemon.ask((control) => control.request('contact.rename', { contact: bob!.id, name: 'Robert' }));
    await expect(ann.entry('Robert')).toContainText('Robert');
    await expect(page.getByRole('heading', { name: 'Robert' })).toHaveText('Robert');
    await expect(page.getByRole('heading', { name: 'Bob' })).toHaveCount(0);
    await ann.send('written in it');
    await expect(ann.message('written in it')).toBeVisible();
    await page.getByRole('button', { name: 'You', exact: true }).click();
    await page.getByRole('link', { name: 'Settings' }).click();
    await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  },
);

test('leaving with a text that is not stored asks first, and with none does not', async ({ friends: { ann } }) => {
  const page = await ann.context.newPage();
  const asked: string[] = [];
  const answer = async (dialog: Dialog): Promise<void> => {
    asked.push(dialog.type());
    await dialog.accept();
  };
  page.on('dialog', (dialog) => void answer(dialog));
  await page.goto(await ann.daemon.url());
  await page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: 'Bob' }).click();
  const box = page.getByRole('textbox', { name: 'Message' });
  const log = page.getByRole('log', { name: 'Messages' });
  await box.fill('sent');
  await box.press('Enter');
  await expect(log.getByText('delivered')).toBeVisible();
  await page.reload();
  await expect(log.getByText('sent', { exact: true })).toBeVisible();
  expect(asked).toEqual([]);

  // What is typed is kept by Loom.
  await box.fill('typed');
  await page.reload();
  await expect(box).toHaveValue('typed');
  expect(asked).toEqual([]);

  await expect(log.getByText('sent', { exact: true })).toBeVisible();
  await ann.daemon.kill();
  await box.fill('on its way');
  await box.press('Enter');
  await expect(box).toHaveValue('');
  await page.evaluate(() => location.reload()).catch(() => undefined);
  await expect.poll(() => asked).toEqual(['beforeunload']);
});

test('destroying everything asks no second time for a text that was typed', { tag: '@slow' }, async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  const [, token] = await Promise.all([ann.begin(), bob.begin()]);
  await ann.know(token, 'Bob');
  await ann.openConversation('Bob');
  await ann.page.getByRole('textbox', { name: 'Message' }).fill('never sent');
  await ann.daemon.ask((control) => control.request('vault.wipe', { word: 'wipe' }));
  await expect(ann.page.getByRole('button', { name: 'Create my identity' })).toBeVisible();
});
