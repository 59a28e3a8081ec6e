// The screens that a person meets first, and what they promise of themselves: in one glance, in one language, and with
// fields that a browser understands.
import { expect, KEY_MS, test } from '../support/fixtures.ts';

const GLANCES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

for (const viewport of GLANCES) {
  test(`the first screen is seen whole at ${viewport.width} × ${viewport.height}, the way back included`, async ({
    person,
  }) => {
    const ann = await person('Ann');
    await ann.page.setViewportSize(viewport);
    await ann.open();
    await expect(ann.page.getByRole('textbox', { name: 'Your name' })).toBeFocused();
    for (const [role, name] of [
      ['button', 'Restore'],
      ['textbox', 'Passphrase'],
      ['checkbox', 'Visible nearby for 10 minutes'],
      ['button', 'Create my identity'],
    ] as const) {
      await expect(ann.page.getByRole(role, { name })).toBeInViewport({ ratio: 1 });
    }
    await expect(ann.page.getByText('Were you invited?')).toBeInViewport({ ratio: 1 });
    await expect(ann.page.getByRole('checkbox')).toBeChecked();
    await expect(ann.page.locator('button.primary')).toHaveCount(1);
  });
}

test('passphrases are in password fields, which say whether it is a new one', { tag: '@slow' }, async ({ person }) => {
  test.slow();
  const ann = await person('Ann');
  await ann.open();
  const field = ann.page.getByRole('textbox', { name: 'Passphrase' });
  await expect(field).toHaveAttribute('type', 'password');
  await expect(field).toHaveAttribute('autocomplete', 'new-password');
  await field.fill('lantern river cup');
  await ann.page.getByRole('button', { name: 'Show what is typed' }).click();
  await expect(field).toHaveAttribute('type', 'text');
  await ann.page.getByRole('textbox', { name: 'Your name' }).fill('Ann');
  await ann.page.getByRole('button', { name: 'Create my identity' }).click();
  await expect(ann.page.getByRole('heading', { name: 'Hello, Ann' })).toBeVisible({ timeout: KEY_MS });
  await ann.daemon.ask((control) => control.request('vault.lock', {}));
  await expect(field).toHaveAttribute('type', 'password');
  await expect(field).toHaveAttribute('autocomplete', 'current-password');
  // Locked under this page, it still knows whose it is; and it says what is left to who has forgotten.
  await expect(ann.page.getByRole('heading', { name: /Welcome back, .*Ann/ })).toBeVisible();
  await ann.page.getByText('Forgotten your passphrase?').click();
  await expect(ann.page.getByText('recovery phrase brings back who you are')).toBeVisible();
  await expect(ann.page.getByText(/ --profile ann-2$/)).toBeVisible();
  await ann.page.reload();
  await expect(ann.page.getByRole('heading', { name: 'Welcome back', exact: true })).toBeVisible();
  await expect(ann.page.getByText('Profile “ann”')).toBeVisible();
});

test('what is said of a field goes as soon as one types in it', async ({ person }) => {
  const ann = await person('Ann');
  await ann.open();
  const name = ann.page.getByRole('textbox', { name: 'Your name' });
  const create = ann.page.getByRole('button', { name: 'Create my identity' });
  for (let time = 0; time < 2; time += 1) {
    await name.fill('');
    await create.click();
    await expect(ann.page.getByRole('alert')).toHaveText('Enter a name.');
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await name.pressSequentially('A');
    await expect(ann.page.getByRole('alert')).toHaveCount(0);
    await expect(name).not.toHaveAttribute('aria-invalid');
  }
  await create.click();
  const dialog = await ann.openCodeForm();
  for (let time = 0; time < 2; time += 1) {
    await dialog.getByRole('textbox', { name: 'Contact code' }).fill('');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByText('Paste the code they gave you.')).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Contact code' }).pressSequentially('L');
    await expect(dialog.getByRole('alert')).toHaveCount(0);
  }
});

test(
  'in a German browser words and dates are English, and the clock is hers',
  { tag: '@slow' },
  async ({ browser, person }) => {
    const ann = await person('Ann');
    await ann.begin();
    const bob = await person('Bob');
    await ann.know(await bob.begin(), 'Bob');
    await ann.daemon.ask(async (control) => {
      const [contact] = await control.request('contact.list', {});
      await control.request('message.send', { conversation: contact!.conversation, body: 'hello' });
    });
    const context = await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin' });
    const page = await context.newPage();
    ann.listen(page);
    // Three days on, in the afternoon.
    await page.clock.install({ time: new Date(new Date().setHours(15, 4) + 3 * 24 * 3_600_000) });
    await page.goto(await ann.daemon.url());
    await page.getByRole('link', { name: 'Bob' }).click();
    const log = page.getByRole('log');
    await expect(log).toContainText('hello');
    await expect(log).toContainText(/(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day/);
    await expect(log).not.toContainText(/\d\s?[AP]M/i);
    await context.close();
  },
);

test('settings stand in sections, each one click away, and whether all is well in one line', async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  await ann.openSettings();
  const sections = ann.page.getByRole('navigation', { name: 'Sections' });
  for (const name of ['You', 'Privacy & lock', 'Backup & recovery', 'Network', 'About']) {
    await sections.getByRole('button', { name, exact: true }).click();
    const heading = ann.page.getByRole('heading', { name, exact: true });
    await expect(heading).toBeFocused();
    await expect(heading).toBeInViewport();
    await expect(sections.getByRole('button', { name, exact: true })).toHaveAttribute('aria-current', 'true');
  }
  await expect(ann.page.getByText('Everything is fine')).toBeInViewport();
});

test('a backup is offered a place and a name, and is found again there', { tag: '@slow' }, async ({ person }) => {
  test.slow();
  const ann = await person('Ann');
  await ann.begin();
  await ann.openSettings();
  await ann.page.getByRole('button', { name: 'Back up now' }).click();
  const now = new Date();
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0'));
  const file = ann.page.getByRole('textbox', { name: 'Where to put the file' });
  const offered = `${ann.daemon.home}/Loom backups/Ann ${day.join('-')}.loom`;
  await expect(file).toHaveValue(offered);
  const passphrase = ann.page.getByRole('textbox', { name: 'Passphrase for the backup' });
  await expect(passphrase).toBeFocused();
  await passphrase.fill('quite another staple');
  await ann.page.getByRole('button', { name: 'Create and verify' }).click();
  await expect(ann.page.getByText(`Backup saved and verified: 0 contacts, 0 messages. ${offered}`)).toBeVisible({
    timeout: KEY_MS,
  });
  await ann.page.getByRole('button', { name: 'Back up now' }).click();
  await expect(file).toHaveValue(offered.replace('.loom', ' (2).loom'));

  const again = await person('Anna', [], ann.daemon.home);
  await again.open();
  await again.page.getByRole('button', { name: 'Restore', exact: true }).click();
  await again.page.getByRole('button', { name: 'Backup file' }).click();
  await expect(again.page.getByRole('textbox', { name: 'Where the file is' })).toHaveValue(offered);
  await again.page.getByRole('textbox', { name: 'Passphrase of the backup' }).fill('quite another staple');
  await again.page.getByRole('button', { name: 'Restore everything' }).click();
  await expect(again.page.getByRole('heading', { name: 'Hello, Ann' })).toBeVisible({ timeout: KEY_MS });
});
