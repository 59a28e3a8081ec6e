// Every screen, in both themes and both widths: nothing that axe finds, and a picture's worth of layout that fits.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test, type Person } from './fixtures.ts';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };

async function check(page: Page, screen: string): Promise<void> {
  for (const viewport of [WIDE, NARROW]) {
    await page.setViewportSize(viewport);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, `${screen} is wider than ${viewport.width} px`).toBeLessThanOrEqual(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // There are no frames, so axe may run in the page itself; else it opens a page of its own each time.
      const axe = new AxeBuilder({ page }).setLegacyMode(true);
      // Only contrast depends on the theme.
      const { violations } = await (colorScheme === 'light' ? axe : axe.withRules('color-contrast')).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found, `${screen}, ${colorScheme}, ${viewport.width} px`).toEqual([]);
    }
  }
  await page.setViewportSize(WIDE);
}

test('first start, the way in, and unlocking', async ({ person, browser }) => {
  test.slow();
  const ann = await person('Ann');
  await ann.open();
  await check(ann.page, 'first start');
  const elsewhere = await browser.newContext();
  const page = await elsewhere.newPage();
  await page.goto(ann.daemon.origin);
  await expect(page.getByText('loom-web url').first()).toBeVisible();
  await check(page, 'the way in');
  await elsewhere.close();
  await ann.onboard('correct horse battery');
  await ann.daemon.ask((control) => control.request('vault.lock', {}));
  await expect(ann.page.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await check(ann.page, 'unlock');
});

test('the empty app, its dialogs and settings', async ({ person }) => {
  test.slow();
  const ann = await person('Ann');
  await ann.begin();
  await check(ann.page, 'nobody yet');
  await ann.page.getByRole('button', { name: 'Share my token' }).click();
  await check(ann.page, 'my token');
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('button', { name: 'Add contact' }).click();
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  await check(ann.page, 'adding, with what is wrong');
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('link', { name: 'Settings' }).click();
  await expect(ann.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await check(ann.page, 'settings');
});

test('a conversation, its contact, and a request', async ({ friends: { ann, bob }, person }) => {
  test.slow();
  for (const text of ['Hello', 'https://example.com and\nseveral\nlines', '👋', 'long '.repeat(3000)])
    await ann.send(text);
  await bob.send('Hello to you');
  await expect(ann.message('Hello to you')).toBeVisible();
  await check(ann.page, 'a conversation');
  await ann.page
    .getByRole('button', { name: /details|about/i })
    .first()
    .click();
  await check(ann.page, 'a contact');
  await ask(await person('Carl'), bob);
  await check(bob.page, 'a request');
});

async function ask(carl: Person, bob: Person): Promise<void> {
  await carl.begin();
  const { token } = await bob.daemon.ask((control) => control.request('identity.token', {}));
  await carl.know(token, 'Bob', bob.address);
  await expect(bob.page.getByRole('list', { name: 'Requests' }).getByText('Carl')).toBeVisible();
}

test('everything is reached by keyboard', async ({ friends: { ann, bob } }) => {
  const { page } = ann;
  await page.goto(`${ann.daemon.origin}/#/`);
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('Bo');
  await expect(ann.entry('Bob')).toBeVisible();
  await ann.entry('Bob').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await page.keyboard.type('typed, not clicked');
  await page.keyboard.press('Enter');
  await expect(bob.message('typed, not clicked')).toBeVisible();
  await page.setViewportSize(NARROW);
  const back = page.getByRole('link', { name: 'Back to conversations' });
  await back.focus();
  await page.keyboard.press('Enter');
  await expect(ann.entry('Bob')).toBeFocused();
  await page.setViewportSize(WIDE);
  const add = page.getByRole('button', { name: 'Add contact' });
  await add.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Identity token' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(add).toBeFocused();
});
