import { expect, test } from './fixtures.ts';

test('a profile with a passphrase starts locked, names a wrong one, and opens', async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin('correct horse battery');
  await ann.daemon.stop();
  await ann.daemon.start();
  await ann.open();
  const passphrase = ann.page.getByRole('textbox', { name: 'Passphrase' });
  await passphrase.fill('wrong');
  await ann.page.getByRole('button', { name: 'Unlock' }).click();
  await expect(ann.page.getByRole('alert').filter({ hasText: /passphrase/i })).toBeVisible();
  await passphrase.fill('correct horse battery');
  await ann.page.getByRole('button', { name: 'Unlock' }).click();
  await expect(ann.page.getByRole('button', { name: 'Add contact' })).toBeVisible();
});

test('locking from the command line asks every tab for the passphrase', async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin('correct horse battery');
  await ann.page.getByRole('link', { name: 'Settings' }).click();
  await expect(ann.page.getByRole('heading', { name: 'Settings' })).toBeFocused();
  await ann.daemon.ask((control) => control.request('vault.lock', {}));
  await expect(ann.page.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await expect(ann.page.getByRole('button', { name: 'Add contact' })).toHaveCount(0);
  await ann.page.getByRole('textbox', { name: 'Passphrase' }).fill('correct horse battery');
  await ann.page.getByRole('button', { name: 'Unlock' }).click();
  await expect(ann.page.getByRole('button', { name: 'Add contact' })).toBeVisible();
  // Back where the conversations are, not where somebody else was.
  await expect(ann.page.getByRole('heading', { name: 'Hello, Ann' })).toBeFocused();
  await expect(ann.page).toHaveURL(/#\/$/);
});
