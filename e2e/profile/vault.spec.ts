import { readdirSync, watch } from 'node:fs';
import { expect, test } from '../support/fixtures.ts';

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
  await ann.openSettings();
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

test('a passphrase is judged while it is chosen, by one who knows the name', async ({ person }) => {
  const ann = await person('Annabella');
  await ann.open();
  const status = ann.page.getByRole('status').filter({ hasText: /guess/ });
  await ann.page.getByRole('textbox', { name: 'Your name' }).fill('Annabella');
  const passphrase = ann.page.getByRole('textbox', { name: 'Passphrase' });
  await passphrase.fill('annabella1');
  await expect(status).toContainText('Easy to guess');
  await passphrase.fill('lantern river cup');
  await expect(status).toContainText('Hard to guess');
  await passphrase.fill('a pebble under the wet bridge');
  await expect(status).toContainText('Very hard to guess');
  // Everybody has read of this one.
  await passphrase.fill('correct horse battery staple');
  await expect(status).toContainText('Easy to guess');
  await passphrase.fill('');
  await expect(status).toHaveCount(0);
});

test('when to lock is chosen in the settings, and being there is told to Loom', async ({ person }) => {
  const ann = await person('Ann');
  const told: string[] = [];
  ann.page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => told.push(String(payload))));
  await ann.begin('correct horse battery');
  await ann.openSettings();
  const field = ann.page.getByRole('combobox', { name: 'Lock when I am away' });
  await expect(field).toHaveValue('15');
  await field.selectOption('after 1 hour');
  await expect
    .poll(() => ann.daemon.ask(async (control) => (await control.request('identity.get', {}))?.lockAfter))
    .toBe(60);
  await ann.page.reload();
  await expect(field).toHaveValue('60');
  await ann.page.mouse.move(200, 200);
  await expect.poll(() => told.some((frame) => frame.includes('vault.used'))).toBe(true);
});

test('everything is destroyed behind a typed word: keys at once, then every file, in every tab', async ({ person }) => {
  const ann = await person('Ann');
  let begun = Infinity;
  ann.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (String(payload).includes('vault.wipe')) begun = performance.now();
    }),
  );
  await ann.begin('correct horse battery');
  const other = await ann.context.newPage();
  await other.goto(await ann.daemon.url());
  await expect(other.getByRole('button', { name: 'Add contact' })).toBeVisible();
  await ann.openSettings();
  await ann.page.getByRole('button', { name: 'Destroy…' }).click();
  const yes = ann.page.getByRole('button', { name: 'Destroy everything now' });
  await expect(ann.page.getByRole('textbox', { name: /Type “wipe”/ })).toBeFocused();
  await expect(yes).toBeDisabled();
  await ann.page.keyboard.type('wipe');
  const files = (): string[] => readdirSync(ann.daemon.folder);
  expect(files()).toContain('keys.json');
  const keys = new Promise<number>((resolve) => {
    const watching = watch(ann.daemon.folder, () => {
      if (files().some((name) => name.startsWith('keys'))) return;
      watching.close();
      resolve(performance.now());
    });
  });
  await yes.click();
  console.log(`keys gone ${Math.round((await keys) - begun)} ms after they were asked to`);
  for (const page of [ann.page, other]) {
    await expect(page.getByRole('button', { name: 'Create my identity' })).toBeVisible();
  }
  expect(files().filter((name) => !name.startsWith('control'))).toEqual([]);
  await ann.onboard();
  await expect(ann.page.getByText('No conversations yet.')).toBeVisible();
});
