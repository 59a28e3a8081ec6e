// The keyboard keeps its place when what it was on goes, and small windows hide nothing.
import { expect, test } from '../support/fixtures.ts';

test('what had the focus goes, and the keyboard goes on beside it', async ({ friends: { ann, bob }, person }) => {
  const { page } = ann;
  const focused = page.locator(':focus');
  const carl = await person('Carl');
  await ann.know(await carl.begin(), 'Carl');
  await bob.send('one');
  await expect(ann.message('one')).toBeVisible();

  // A row that is archived.
  await ann.entry('Carl').focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await expect(ann.entry('Carl')).toHaveCount(0);
  await expect(ann.entry('Bob')).toBeFocused();

  // A setting that unfolds.
  await ann.openSettings();
  await page.getByRole('button', { name: 'Set passphrase' }).press('Enter');
  await expect(focused).toHaveAttribute('type', 'password');
});

test(
  'a contact who is removed leaves the list, and the focus goes to what is shown instead',
  { tag: '@slow' },
  async ({ friends: { ann } }) => {
    const { page } = ann;
    const details = await ann.openDetails('Delete');
    await details.getByRole('button', { name: 'Remove contact' }).click();
    await details.getByRole('button', { name: 'Remove for good' }).click();
    await expect(page.getByText('This contact no longer exists')).toHaveCount(0);
    await expect(ann.entry('Bob')).toHaveCount(0);
    await expect(page.getByRole('heading', { name: /^Hello/ })).toBeFocused();
  },
);

test(
  'at 640 × 400, which is 1280 × 800 at 200 %, every conversation is within reach',
  { tag: '@slow' },
  async ({ friends: { ann }, person }) => {
    const { token, peerPort } = await ann.daemon.ask((control) => control.request('identity.token', {}));
    for (const name of ['Carl', 'Dora']) {
      const other = await person(name);
      await other.begin();
      await other.know(token, 'Ann', `127.0.0.1:${peerPort}`);
    }
    await expect(ann.page.getByRole('button', { name: 'Accept' })).toHaveCount(2);
    await ann.page.setViewportSize({ width: 640, height: 400 });
    await ann.page.getByRole('link', { name: 'Back to conversations' }).click();
    await ann.page.mouse.move(300, 200);
    await ann.page.mouse.wheel(0, 2000);
    await expect(ann.entry('Bob')).toBeInViewport({ ratio: 1 });
    expect(await ann.page.evaluate(() => document.documentElement.scrollTop + document.body.scrollTop)).toBe(0);
  },
);
