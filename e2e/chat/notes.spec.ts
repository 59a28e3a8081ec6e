// Notes to self: a conversation that needs no contact, there once it is opened, and the same after a reload.
import { expect, test } from '../support/fixtures.ts';

test('a note is kept where one finds it again, and goes to nobody', async ({ friends: { ann, bob } }) => {
  const { page } = ann;
  await page.getByRole('button', { name: 'You' }).click();
  await page.getByRole('button', { name: 'Notes to self' }).click();
  await expect(page.getByRole('heading', { name: 'Notes to self' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Message' }).fill('buy bread');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log', { name: 'Messages' })).toContainText('buy bread');
  const list = page.getByRole('list', { name: 'Conversations' });
  const link = list.getByRole('link', { name: 'Notes to self' });
  await expect(link).toBeVisible();
  await expect(list).toContainText('buy bread');

  await page.reload();
  await link.click();
  await expect(page.getByRole('log', { name: 'Messages' })).toContainText('buy bread');

  const kept = await ann.daemon.ask(async (control) => {
    const { id } = await control.request('conversation.notes', {});
    return (await control.request('message.page', { conversation: id })).messages.map(({ body }) => body);
  });
  expect(kept).toEqual(['buy bread']);
  await expect(bob.page.getByText('buy bread')).toHaveCount(0);
});
