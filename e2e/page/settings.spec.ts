// How a browser shows Loom, and what Enter does in it; and settings that are found by a word.
import { expect, test } from '../support/fixtures.ts';
import { checkScreen } from '../support/screen.ts';

const DARK = 'rgb(32, 29, 27)';
const LIGHT = 'rgb(249, 246, 240)';

test(
  'theme, size of text and Enter are as this browser was told, before anything is drawn',
  { tag: '@slow' },
  async ({ friends: { ann, bob } }) => {
    test.slow();
    const { page } = ann;
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const rem = () => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(paper).toBe(DARK);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(paper).toBe(LIGHT);

    await ann.openSettings();
    await page.getByRole('group', { name: 'Theme' }).getByRole('radio', { name: 'Dark' }).check({ force: true });
    await expect.poll(paper).toBe(DARK);
    await page.getByRole('group', { name: 'Text size' }).getByRole('radio', { name: 'Larger' }).check({ force: true });
    expect(await rem()).toBe(21);
    await checkScreen(page, 'settings with large text');
    await page
      .getByRole('group', { name: 'Enter key' })
      .getByRole('radio', { name: 'new line' })
      .check({ force: true });

    // Its script does not come, so nothing but the first, small one has run.
    await page.emulateMedia({ colorScheme: 'light' });
    await page.route(/assets\/index-.*\.js/, (route) => route.abort());
    await page.reload();
    await expect(page.locator('#app')).toBeEmpty();
    expect(await paper()).toBe(DARK);
    expect(await rem()).toBe(21);
    await page.unroute(/assets\/index-.*\.js/);
    await page.reload();
    await ann.openConversation('Bob');
    const box = page.getByRole('textbox', { name: 'Message' });
    await box.pressSequentially('one');
    await box.press('Enter');
    await box.pressSequentially('two');
    await expect(box).toHaveValue('one\ntwo');
    await box.press('ControlOrMeta+Enter');
    await expect(bob.log.getByText('one')).toBeVisible();

    // Another tab follows, and what nobody chooses is kept nowhere.
    const second = await ann.context.newPage();
    ann.listen(second);
    await second.goto(await ann.daemon.url());
    await expect(second.getByRole('button', { name: 'You', exact: true })).toBeVisible();
    await ann.openSettings();
    await page
      .getByRole('group', { name: 'Theme' })
      .getByRole('radio', { name: 'Same as the system' })
      .check({ force: true });
    await page.getByRole('group', { name: 'Text size' }).getByRole('radio', { name: 'Medium' }).check({ force: true });
    await page.getByRole('group', { name: 'Enter key' }).getByRole('radio', { name: 'Sends' }).check({ force: true });
    await expect.poll(paper).toBe(LIGHT);
    await expect.poll(() => second.evaluate(() => document.documentElement.dataset.size)).toBe('medium');
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  },
);

test('a setting is found by what it is called, and by other words for it', async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  await ann.openSettings();
  const { page } = ann;
  const field = page.getByRole('searchbox', { name: 'Search settings' });
  await field.fill('password');
  await expect(page.getByRole('heading', { name: 'Privacy & lock' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Backup & recovery' })).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Destroy everything' })).toBeHidden();
  await checkScreen(page, 'a setting that was searched for');
  await field.fill('no such setting');
  await expect(page.getByText('No setting is called “no such setting”.')).toBeVisible();
  await field.press('Escape');
  await expect(page.getByRole('heading', { name: 'Backup & recovery' })).toBeVisible();
  await page.goto(`${ann.daemon.origin}/#/settings?at=backup`);
  await expect(page.getByRole('heading', { name: /^Backup/ }).last()).toBeInViewport();
});
