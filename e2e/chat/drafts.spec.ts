// What is typed and not sent belongs to the conversation, not to a tab: there after a reload, in every tab and after a
// restart, and gone everywhere once it is sent.
import { expect, test } from '../support/fixtures.ts';

test('a draft outlasts reload and restart, is the same in two tabs, and goes when it is sent', async ({
  friends: { ann, bob },
}) => {
  const box = ann.page.getByRole('textbox', { name: 'Message' });
  await box.pressSequentially('not sent');
  // At once: what the page has not told yet goes along on its way out, and it does not ask.
  await ann.page.reload();
  await expect(box).toHaveValue('not sent');

  const second = await ann.context.newPage();
  ann.listen(second);
  await second.goto(`${ann.daemon.origin}/#/`);
  await second.getByRole('button', { name: 'Open Loom here' }).click();
  const row = second.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: 'Bob' });
  await expect(row).toContainText('Draft: not sent');
  await row.click();
  const other = second.getByRole('textbox', { name: 'Message' });
  await expect(other).toHaveValue('not sent');
  await other.pressSequentially(' yet');
  await expect(box).toHaveValue('not sent yet');
  // What is being typed here is not taken away by what is typed there.
  await Promise.all([box.pressSequentially(', 123456789'), other.pressSequentially('x')]);
  await expect(box).toHaveValue(/123456789/);
  await expect.poll(async () => (await box.inputValue()) === (await other.inputValue())).toBe(true);
  await other.fill('as it is');
  await expect(box).toHaveValue('as it is');

  await ann.daemon.stop();
  await ann.daemon.start();
  await expect(ann.entry('Bob')).toHaveAccessibleName(/online/i);
  await ann.page.reload();
  await expect(box).toHaveValue('as it is');
  await box.press('Enter');
  await expect(bob.message('as it is')).toBeVisible();
  for (const each of [box, other]) await expect(each).toHaveValue('');
  const left = await ann.daemon.ask((control) => control.request('draft.list', {}));
  expect(left).toEqual([]);
  await second.close();
});
