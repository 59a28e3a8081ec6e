// Getting about in a conversation and between conversations: by keyboard, by day, by name.
import { expect, test } from '../support/fixtures.ts';

test('a text that unfolds stays where one was reading, and folds from its beginning', async ({
  friends: { ann, bob },
}) => {
  const long = Array.from({ length: 400 }, (_, line) => `line ${line}`).join('\n');
  await ann.send(long);
  await expect(bob.log.getByRole('button', { name: 'Show all' })).toBeVisible();
  const top = (): Promise<number> => bob.log.evaluate((log) => log.scrollTop);
  const before = await top();
  await bob.log.getByRole('button', { name: 'Show all' }).press('Enter');
  await expect(bob.log.getByRole('button', { name: 'Show less' })).toHaveCount(2);
  await bob.page.waitForTimeout(500);
  expect(Math.abs((await top()) - before)).toBeLessThan(5);
  // At its beginning as well as at its end.
  await bob.log.getByRole('button', { name: 'Show less' }).first().press('Enter');
  await expect(bob.log.getByRole('button', { name: 'Show all' })).toBeVisible();
});

test('lists and log are one stop each, arrow keys move in them, F6 between them', async ({ friends: { ann, bob } }) => {
  const { page } = ann;
  await bob.sendMany(260, (number) => `number ${number}.`);
  await expect(ann.message('number 260.')).toBeVisible({ timeout: 60_000 });
  const box = page.getByRole('textbox', { name: 'Message' });
  await box.focus();
  const focused = page.locator(':focus');
  await page.keyboard.press('Shift+Tab');
  await expect(focused).toHaveAccessibleName('Attach');
  await page.keyboard.press('Shift+Tab');
  await expect(focused).toContainText('number 260.');
  await page.keyboard.press('ArrowUp');
  await expect(focused).toContainText('number 259.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('F6');
  await expect(ann.entry('Bob')).toBeFocused();
  await page.keyboard.press('F6');
  await expect(focused).toContainText('number 259.');
  // Straight to the first message, pages away.
  await page.keyboard.press('Home');
  await expect(focused).toContainText('number 1.');
  await expect(ann.log.getByText('The beginning of your conversation')).toBeInViewport();
  await page.keyboard.press('End');
  await expect(focused).toContainText('number 260.');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu', { name: 'Message' }).getByRole('menuitem')).toHaveText([
    ...['Reply', 'React', 'Forward', 'Copy', 'Details', 'Delete'],
  ]);
  await page.keyboard.press('Escape');
  await expect(focused).toContainText('number 260.');
});

test('the date over the messages leads to another day, and to the first message', async ({ friends: { ann, bob } }) => {
  await bob.sendMany(120, (number) => `number ${number}.`);
  await expect(ann.message('number 120.')).toBeVisible({ timeout: 60_000 });
  await ann.log.hover();
  await ann.page.mouse.wheel(0, -600);
  await ann.page.getByRole('button', { name: 'Today' }).click();
  await ann.page.getByRole('dialog', { name: 'Go to a day' }).getByRole('button', { name: 'First message' }).click();
  await expect(ann.message('number 1.')).toBeInViewport();
});

test('the search opens the first by Enter, and shows all again once it has', { tag: '@slow' }, async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  for (const name of ['Bob', 'Carl']) {
    const other = await person(name);
    await ann.know(await other.begin(), name);
  }
  const search = ann.page.getByRole('searchbox', { name: /Search/ });
  await search.fill('car');
  await expect(ann.entry('Bob')).toHaveCount(0);
  await search.press('Enter');
  await expect(ann.page.getByRole('heading', { name: 'Carl' })).toBeVisible();
  await expect(ann.entry('Bob')).toBeVisible();
  await expect(search).toHaveValue('');
});

test('addresses are links that say where they lead; a picture that is dropped or pasted is sent', async ({
  friends: { ann, bob },
}) => {
  await ann.send('http://192.168.1.20:8080/a and example.org, bob@example.org.');
  const links = bob.log.getByRole('link');
  await expect(links).toHaveText(['http://192.168.1.20:8080/a', 'example.org', 'bob@example.org']);
  await expect(links.nth(1)).toHaveAttribute('href', 'https://example.org/');
  await expect(links.nth(0)).toHaveAttribute('title', '192.168.1.20:8080');
  const pictures = ann.log.getByRole('article').filter({ hasText: 'x.png' });
  await bob.log.evaluate((log) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
    const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    if (log.dispatchEvent(drop)) throw new Error('the browser would open it');
  });
  await bob.page.getByRole('button', { name: /Remove .*x\.png/ }).waitFor();
  await bob.page.getByRole('textbox', { name: 'Message' }).press('Enter');
  await expect(pictures).toHaveCount(1);
  await bob.page.getByRole('textbox', { name: 'Message' }).evaluate((box) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await bob.page.getByRole('button', { name: /Remove .*x\.png/ }).waitFor();
  await bob.page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(pictures).toHaveCount(2);
});
