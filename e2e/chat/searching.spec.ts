// Messages found by what they say: from the side bar, in one conversation, and shown where they stand.
import { expect, test } from '../support/fixtures.ts';

test('what was said is found, opened far up where it stands, and narrowed to one conversation', async ({
  friends: { ann, bob },
}) => {
  const { page } = ann;
  await bob.sendMany(1, () => 'the Néedle <b>is</b> here');
  await expect(ann.message('the Néedle <b>is</b> here')).toBeVisible();
  await ann.daemon.ask(async (control) => {
    const { id: conversation } = await control.request('conversation.notes', {});
    await control.request('message.send', { conversation, body: 'note: a needle for the hay' });
  });
  await bob.sendMany(700, (number) => `hay ${number}.`);
  await expect(ann.message('hay 700.')).toBeVisible({ timeout: 60_000 });

  // By keyboard alone: the field, the first hit, the one behind it.
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('needle');
  const results = page.getByRole('region', { name: 'Messages' });
  const hits = results.getByRole('listitem');
  await expect(hits).toHaveCount(2);
  await expect(hits.first().locator('mark')).toHaveText('needle');
  await expect(hits.nth(1)).toContainText('the Néedle <b>is</b> here');
  await expect(hits.nth(1).locator('mark')).toHaveText('Néedle');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(hits.nth(1).getByRole('button')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Bob' })).toBeVisible();
  const found = ann.message('the Néedle <b>is</b> here');
  await expect(found).toBeInViewport();
  await expect(page.locator('.noted')).toContainText('the Néedle');
  await expect(page.locator(':focus')).toContainText('the Néedle');
  // The others are there still, and the next one opens in its own conversation.
  await hits.first().getByRole('button').click();
  await expect(page.getByRole('heading', { name: 'Notes to self' })).toBeVisible();
  await expect(page.locator('.noted')).toContainText('note: a needle');

  // In one conversation.
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('needle');
  await expect(page.getByText('Only in Notes to self')).toBeVisible();
  await expect(hits).toHaveCount(1);
  await page.getByRole('button', { name: 'Search everywhere' }).click();
  await expect(hits).toHaveCount(2);
  // Page by page, and what comes meanwhile is found with the next letter.
  await page.getByRole('searchbox').fill('hay from:bob');
  await expect(hits).toHaveCount(50);
  await results.getByRole('button', { name: 'Show more' }).click();
  await expect(hits).toHaveCount(100);
  await bob.send('straw');
  await page.getByRole('searchbox').fill('straw');
  await expect(hits).toHaveCount(1);
  await page.getByRole('searchbox').fill('nobody said this');
  await expect(results.getByText('No message says that.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(results).toHaveCount(0);
  await expect(ann.entry('Bob')).toBeVisible();
  // Escape clears wherever the focus is, and who is chosen is found, also where one is already.
  const field = page.getByRole('searchbox');
  await field.fill('straw');
  await hits.first().getByRole('button').click();
  await expect(page.getByRole('heading', { name: 'Bob' })).toBeVisible();
  await expect(results).toBeVisible();
  await page.getByRole('textbox', { name: 'Message' }).press('Escape');
  await expect(field).toHaveValue('');
  await field.fill('bo');
  await ann.entry('Bob').click();
  await expect(field).toHaveValue('');
  await field.fill('bo');
  await page.getByRole('button', { name: 'Clear search' }).click();
  await expect(field).toHaveValue('');
  await expect(field).toBeFocused();
});
