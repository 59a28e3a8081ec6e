// A tab that somebody else led to Loom, and presses that were not meant for it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, test, type Person } from '../support/fixtures.ts';

let elsewhere: Server;
let place = '';
/** What the pages elsewhere lead to. */
let target = '';

test.beforeEach(async () => {
  elsewhere = createServer(({ url }, response) => {
    if (url === '/redirect') response.writeHead(302, { location: target }).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="${target}">open</a>`);
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  place = `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
});
test.afterEach(() => elsewhere.close());

const isIn = { name: 'Add contact' };
const asks = { name: 'Open Loom here' };
const used = { name: 'This link has been used' };

/** Every way in which a page elsewhere can bring a tab here while Ann has another open. */
const ways = [
  ['a link on another port to the page', (origin: string) => origin, 'click', '127.0.0.1'],
  ['a link on another port to the landing page', (origin: string) => `${origin}/open`, 'click', '127.0.0.1'],
  ['a link on another host', (origin: string) => `${origin}/open`, 'click', 'localhost'],
  ['a link to a conversation', (origin: string) => `${origin}/#/settings`, 'click', 'localhost'],
  ['a script', (origin: string) => `${origin}/open`, 'script', 'localhost'],
  ['a typed address that another server redirects', (origin: string) => origin, 'redirect', '127.0.0.1'],
  ['the page by its other name', (origin: string) => `${origin}/index.html`, 'redirect', 'localhost'],
  ['a made-up launch', (origin: string) => `${origin}/open#launch=${'A'.repeat(22)}`, 'click', 'localhost'],
] as const;

test('a tab that a page elsewhere led here asks for a click of its own', { tag: '@slow' }, async ({ person }) => {
  test.slow();
  const ann = await person('Ann');
  await ann.begin();
  for (const [way, where, how, host] of ways) {
    await test.step(way, async () => {
      target = where(ann.daemon.origin);
      const page = await ann.context.newPage();
      await page.goto(`http://${place.replace('127.0.0.1', host)}/${how === 'redirect' ? 'redirect' : ''}`);
      if (how === 'click') await page.getByRole('link').click();
      if (how === 'script') await page.evaluate((to) => void (location.href = to), target).catch(() => undefined);
      // Only what our own launch holds comes in unasked; a code that is none says so.
      if (target.includes('launch')) await expect(page.getByRole('heading', used)).toBeVisible();
      else await clickIn(page, target);
      await page.close();
    });
  }
});

async function clickIn(page: Page, led: string): Promise<void> {
  await expect(page.getByRole('button', asks)).toBeVisible();
  await expect(page.getByRole('button', isIn)).toHaveCount(0);
  // Neither a reload nor going back and forth is a click.
  await page.reload();
  await expect(page.getByRole('button', asks)).toBeVisible();
  await page.goBack();
  await page.goForward();
  await page.getByRole('button', asks).click();
  await expect(page.getByRole('navigation', { name: 'Conversations' })).toBeVisible();
  if (led.includes('settings')) await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('navigation', { name: 'Conversations' })).toBeVisible();
}

test('a link with a code, clicked on another page, comes in after a click', async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  target = await ann.daemon.url();
  const page = await ann.context.newPage();
  ann.listen(page);
  await page.goto(`http://${place}/`);
  await page.getByRole('link').click();
  await page.getByRole('button', asks).click();
  await expect(page.getByRole('button', isIn)).toBeVisible();
  expect(page.url()).not.toContain('code');
});

test('a printed code that claims to be our own launch opens nothing, and stays good', async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  const url = await ann.daemon.url();
  target = url.replace('/#code=', '/open#launch=');
  const context = await ann.context.browser()!.newContext();
  const page = await context.newPage();
  await page.goto(`http://localhost:${new URL(`http://${place}`).port}/`);
  await page.getByRole('link').click();
  await expect(page.getByRole('heading', { name: 'This link has been used' })).toBeVisible();
  await page.goto(url);
  await expect(page.getByRole('button', isIn)).toBeVisible();
  await context.close();
});

test('a made-up code leads into no tab that was in before', { tag: '@slow' }, async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  const { page } = ann;
  for (const [path, how] of [
    [`/#code=${'A'.repeat(22)}`, 'redirect'],
    [`/open#launch=${'A'.repeat(22)}`, ''],
  ] as const) {
    target = ann.daemon.origin + path;
    await page.goto(`http://${place}/${how}`);
    if (how === '') await page.getByRole('link').click();
    await expect(page.getByRole('button', asks)).toBeVisible();
    await page.reload();
    await page.getByRole('button', asks).click();
    await expect(page.getByRole('button', isIn)).toBeVisible();
  }
});

/** A stranger who has asked Ann. */
async function asked(person: (name: string) => Promise<Person>): Promise<Person> {
  const [ann, carl] = await Promise.all([person('Ann'), person('Carl')]);
  const [token] = await Promise.all([ann.begin(), carl.begin()]);
  await carl.know(token, 'Ann', ann.address);
  await expect(ann.page.getByRole('list', { name: 'Requests' }).getByText('Carl')).toBeVisible();
  return ann;
}

const contacts = (ann: Person): Promise<number> =>
  ann.daemon.ask(async (control) => (await control.request('contact.list', {})).length);

test('a careful button takes no press that was not meant for it', { tag: '@slow' }, async ({ person }) => {
  const ann = await asked(person);
  const { page } = ann;
  const accept = page.getByRole('button', { name: 'Accept' });
  await expect(accept).toBeEnabled();
  // What happens in the page within one turn comes before any pause is over, however slow the machine is.
  const press = (how: 'pointer' | 'screen reader' | 'repeat'): Promise<void> =>
    page.evaluate((by) => {
      const button = [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === 'Accept');
      if (by === 'pointer') button?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
      if (by === 'repeat')
        button?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', repeat: true, bubbles: true }));
      if (by !== 'pointer') button?.click();
    }, how);
  const again = (event: 'focus' | 'visibilitychange'): Promise<void> =>
    page.evaluate((name) => {
      (name === 'focus' ? window : document).dispatchEvent(new Event(name));
      [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === 'Accept')?.click();
    }, event);
  for (const event of ['focus', 'visibilitychange'] as const) {
    await again(event);
    await expect(accept).toBeDisabled();
    await expect(accept).toBeEnabled();
  }
  await press('repeat');
  await page.keyboard.up('Enter');
  // Begun too early, ended late enough.
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await press('pointer');
  await expect(accept).toBeEnabled();
  await page.evaluate(() =>
    [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === 'Accept')?.click(),
  );
  expect(await contacts(ann)).toBe(0);
  await page.evaluate(() => window.dispatchEvent(new PointerEvent('pointerup')));
  // By keyboard, as a person does.
  await accept.focus();
  await page.keyboard.press('Enter');
  await expect(accept).toHaveCount(0);
  expect(await contacts(ann)).toBe(1);
});

test('nor in the first moment of the tab, or of the button', { tag: '@slow' }, async ({ person }) => {
  const ann = await asked(person);
  // Pressed as soon as it is there, in the very turn in which it comes.
  await ann.page.addInitScript(() => {
    new MutationObserver(() => {
      const button = [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === 'Accept');
      if (button === undefined || button.dataset.tried !== undefined) return;
      button.dataset.tried = '';
      button.click();
    }).observe(document, { childList: true, subtree: true });
  });
  await ann.page.reload();
  const accept = ann.page.getByRole('button', { name: 'Accept' });
  await expect(accept).toHaveAttribute('data-tried', '');
  expect(await contacts(ann)).toBe(0);
  await accept.click();
  await expect(accept).toHaveCount(0);
  expect(await contacts(ann)).toBe(1);
});
