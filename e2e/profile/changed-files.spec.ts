// A blocked contact unblocked by putting their old row back while Loom was closed: page and command line say so, calmly,
// until somebody has checked.
import { join } from 'node:path';
import { Database } from '../../server/storage/database.ts';
import { shell } from '../support/command-line.ts';
import { expect, test, type Person } from '../support/fixtures.ts';
import { checkScreen } from '../support/screen.ts';

/** Something done to the closed files. */
async function closed<T>({ daemon }: Person, work: (database: Database) => T): Promise<T> {
  await daemon.stop();
  const database = new Database(join(daemon.folder, 'loom.db'));
  try {
    return work(database);
  } finally {
    database.close();
    await daemon.start();
  }
}

test('an old row put back is told until it was checked', { tag: '@slow' }, async ({ friends: { ann } }) => {
  const before = await closed(ann, (database) => database.row('SELECT body FROM contact')?.bytes('body') ?? null);
  await ann.daemon.ask(async (control) => {
    const [bob] = await control.request('contact.list', {});
    await control.request('contact.block', { contact: bob!.id, blocked: true });
  });
  await closed(ann, (database) =>
    database.transaction(() => void database.change('UPDATE contact SET body = ?', before)),
  );
  await ann.open();
  const notice = ann.page.getByRole('complementary', { name: 'Changed files' });
  await expect(notice).toContainText('changed while Loom was closed');
  await expect(notice).toContainText('Please check: who is blocked, who is verified, and whether anyone is missing.');
  await checkScreen(ann.page, 'files that were changed');

  const loomWeb = shell(ann.daemon);
  const told = await loomWeb('status');
  expect(told.stdout).toContain('changed while Loom was closed');
  expect((await loomWeb('doctor')).stdout).toContain('may not be blocked any more');

  const button = notice.getByRole('button', { name: 'I have checked' });
  await expect(button).toBeEnabled();
  await button.click();
  await expect(notice).toHaveCount(0);
  expect((await loomWeb('status')).stdout).not.toContain('while Loom was closed');
});

test('the command line says that it was checked, and the page follows', { tag: '@slow' }, async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  const notice = ann.page.getByRole('complementary', { name: 'Changed files' });
  await expect(notice).toHaveCount(0);
  await closed(ann, (database) =>
    database.transaction(() => void database.change('UPDATE profile SET row_set = NULL')),
  );
  await ann.open();
  await expect(notice).toContainText('which invites are open; your settings.');
  await shell(ann.daemon)('status --checked');
  await expect(notice).toHaveCount(0);
});
