// How the list shows a conversation: pinned, muted, archived, as unread; by the menu of its row, from the keyboard, and
// from the command line.
import { expect, test, type Person } from '../support/fixtures.ts';
import { shell } from '../support/command-line.ts';

async function choose({ page }: Person, ...words: readonly string[]): Promise<void> {
  for (const word of words) await page.getByRole('menuitem', { name: word }).click();
}

test('a conversation is pinned, muted, marked as unread and archived, and comes back', async ({
  friends: { ann, bob },
  person,
}) => {
  const carl = await person('Carl');
  await ann.know(await carl.begin(), 'Carl');
  const rows = ann.page.getByRole('list', { name: 'Conversations' }).getByRole('link');
  await bob.send('the latest');
  await expect(ann.message('the latest')).toBeVisible();
  await expect(rows.first()).toHaveAccessibleName(/^Bob/);

  await ann.entry('Carl').click({ button: 'right' });
  await choose(ann, 'Pin to top');
  await expect(rows.first()).toHaveAccessibleName(/^Carl.*pinned/);
  await ann.entry('Carl').focus();
  await ann.page.keyboard.press('Shift+F10');
  await ann.page.keyboard.press('Enter');
  await expect(rows.first()).toHaveAccessibleName(/^Bob/);

  // By its details; then nothing that comes is counted.
  const details = await ann.openDetails();
  await details.getByRole('button', { name: 'More' }).click();
  await choose(ann, 'Mute…', 'For 8 hours');
  await expect(ann.entry('Bob')).toHaveAccessibleName(/muted/);
  await ann.openConversation('Carl');
  await bob.send('nobody is called by this');
  await expect(ann.entry('Bob')).toHaveAccessibleName(/1 unread/);
  await expect(ann.page).toHaveTitle('Loom');
  const run = shell(ann.daemon);
  expect((await run('mute Bob off')).code).toBe(0);
  await expect(ann.page).toHaveTitle(/1/);

  await ann.entry('Bob').click({ button: 'right' });
  await choose(ann, 'Mark as read');
  await expect(ann.page).toHaveTitle('Loom');
  await ann.entry('Bob').click({ button: 'right' });
  await choose(ann, 'Mark as unread');
  await expect(ann.entry('Bob')).toHaveAccessibleName(/marked as unread/);
  await ann.openConversation('Bob');
  await expect(ann.entry('Bob')).not.toHaveAccessibleName(/marked as unread/);

  await ann.openConversation('Carl');
  await ann.entry('Bob').click({ button: 'right' });
  await choose(ann, 'Archive');
  await expect(ann.entry('Bob')).toHaveCount(0);
  await ann.page.getByRole('button', { name: 'Archived (1)' }).click();
  await expect(rows).toHaveCount(1);
  await expect(ann.entry('Bob')).toBeVisible();
  await ann.page.getByRole('button', { name: 'Back to all' }).click();
  await bob.send('here again');
  await expect(ann.entry('Bob')).toHaveAccessibleName(/1 unread/);
  await expect(ann.page.getByRole('button', { name: /Archived/ })).toHaveCount(0);

  expect((await run('pin Carl')).stderr).toContain('Carl is pinned.');
  expect((await run('archive Bob')).stderr).toContain('Bob is archived.');
  await expect(rows).toHaveCount(1);
  await expect(rows).toHaveAccessibleName(/^Carl.*pinned/);
  expect((await run('archive Bob off')).code).toBe(0);
  expect((await run('mute Bob 3h')).code).toBe(2);
  const listed = JSON.parse((await run('mute Bob --json')).stdout) as { marks: unknown };
  expect(listed.marks).toMatchObject({ archived: false, muted: { until: null } });
});
