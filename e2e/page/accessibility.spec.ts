// Every screen of daily use, and that the keyboard is enough.
import { expect, test, type Person } from '../support/fixtures.ts';
import { checkScreen as check, NARROW, WIDE } from '../support/screen.ts';

test('first start, the way in, and unlocking', { tag: '@slow' }, async ({ person, browser }) => {
  test.slow();
  const ann = await person('Ann');
  await ann.open();
  await ann.page.getByRole('textbox', { name: 'Passphrase' }).fill('lantern river');
  await expect(ann.page.getByRole('status').filter({ hasText: 'guess' })).toBeVisible();
  await check(ann.page, 'a passphrase that is judged');
  await ann.page.getByRole('textbox', { name: 'Passphrase' }).fill('');
  await check(ann.page, 'first start');
  const elsewhere = await browser.newContext();
  const page = await elsewhere.newPage();
  await page.goto(ann.daemon.origin);
  await expect(page.getByText(/main\.js url/).first()).toBeVisible();
  await check(page, 'the way in');
  await elsewhere.close();
  await ann.onboard('correct horse battery');
  await ann.daemon.ask((control) => control.request('vault.lock', {}));
  await expect(ann.page.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await check(ann.page, 'unlock');
});

test('the empty app, its dialogs and settings', { tag: '@slow' }, async ({ person }) => {
  test.slow();
  const ann = await person('Ann');
  await ann.begin();
  await check(ann.page, 'nobody yet');
  await ann.openCard();
  await check(ann.page, 'the own card');
  await ann.page.keyboard.press('Escape');
  await ann.openMyCode();
  await check(ann.page, 'my contact code');
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('button', { name: 'Add contact' }).click();
  await check(ann.page, 'three ways of adding');
  const dialog = ann.page.getByRole('dialog', { name: 'Add contact' });
  await dialog.getByRole('button', { name: 'Nearby' }).click();
  await check(ann.page, 'adding someone nearby');
  await dialog.getByRole('button', { name: 'Back' }).press('Enter');
  await expect(dialog.getByRole('button', { name: 'Nearby' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Send an invite' }).click();
  await dialog.getByRole('button', { name: 'Create invite' }).click();
  await expect(dialog.getByRole('button', { name: /^Cancel invite/ })).toBeVisible();
  await check(ann.page, 'an invite');
  await ann.page.keyboard.press('Escape');
  await (await ann.openCodeForm()).getByRole('button', { name: 'Add', exact: true }).click();
  await check(ann.page, 'adding by a code, with what is wrong');
  await ann.page.keyboard.press('Escape');
  await ann.openSettings();
  await expect(ann.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await ann.page.getByRole('button', { name: 'Destroy…' }).click();
  // What is found stands below the button: it comes into view also where that is at the edge.
  const asked = ann.page.getByRole('button', { name: 'Check this network' });
  await asked.evaluate((button) => button.scrollIntoView({ block: 'end' }));
  await asked.click();
  await expect(ann.page.getByText('Finding people nearby is off', { exact: false })).toBeInViewport({ ratio: 1 });
  for (const details of await ann.page.getByText('Details').all()) await details.click();
  for (const closed of ['Your public key', 'Ports, addresses']) await ann.page.getByText(closed).click();
  await check(ann.page, 'settings');
});

test('a conversation, its contact, and a request', async ({ friends: { ann, bob }, person }) => {
  test.slow();
  for (const text of ['Hello', 'https://example.com and\nseveral\nlines', '👋', 'long '.repeat(3000)])
    await ann.send(text);
  await bob.send('Hello to you');
  await expect(ann.message('Hello to you')).toBeVisible();
  await check(ann.page, 'a conversation');
  const details = await ann.openDetails('Verify');
  await expect(details.getByRole('button', { name: 'Mark as verified' })).toBeEnabled();
  await check(ann.page, 'a contact');
  await details.getByText('Connection', { exact: true }).click();
  await details.getByText('Advanced', { exact: true }).click();
  await details.getByRole('button', { name: 'Delete', exact: true }).click();
  await details.getByRole('button', { name: 'Delete all messages' }).click();
  await check(ann.page, 'emptying a conversation');
  await ann.page.keyboard.press('Escape');
  await expect(details).toHaveCount(0);
  await expect(ann.page.getByRole('button', { name: 'Contact details' })).toBeFocused();
  // Shift and Tab from where one writes leads past *Attach* to the newest message.
  await ann.page.getByRole('textbox', { name: 'Message' }).focus();
  await ann.page.keyboard.press('Shift+Tab');
  await ann.page.keyboard.press('Shift+Tab');
  await expect(ann.log.getByRole('article').last()).toBeFocused();
  await ann.page.keyboard.press('Enter');
  await check(ann.page, 'the menu of a message');
  await ann.page.keyboard.press('Escape');
  await ann.page.keyboard.press('Enter');
  await ann.page.getByRole('menuitem', { name: 'Delete' }).click();
  await check(ann.page, 'deleting a message');
  await ann.page.keyboard.press('Escape');
  await bob.daemon.stop();
  await ann.page.getByRole('button', { name: 'Why?' }).click();
  await expect(ann.page.getByRole('button', { name: 'Check again' })).toBeVisible();
  await check(ann.page, 'why somebody is offline');
  await bob.daemon.start();
  await bob.open();
  await ask(await person('Carl'), bob);
  await check(bob.page, 'a request');
});

test(
  'names as long as they may be leave everything in its place',
  { tag: '@slow' },
  async ({ friends: { ann }, person }) => {
    test.slow();
    const long = 'W'.repeat(64);
    await ann.daemon.ask(async (control) => {
      await control.request('identity.rename', { name: long });
      const [contact] = await control.request('contact.list', {});
      await control.request('contact.rename', { contact: contact!.id, name: long });
      await control.request('contact.verify', { contact: contact!.id, verified: true });
    });
    const carl = await person('Carl');
    await ann.know(await carl.begin(), `${long.slice(1)}M`);
    await ann.openConversation(long);
    await ann.openCard();
    await expect(ann.page.getByRole('region', { name: 'Your card' })).toContainText(long);
    await check(ann.page, 'an own card with a long name');
    await ann.page.keyboard.press('Escape');
    await check(ann.page, 'a conversation with a long name');
    await ann.openDetails();
    await check(ann.page, 'a contact with a long name');
  },
);

test('who presses a button keeps their place, also while it works and when it has', async ({ friends: { ann } }) => {
  const dialog = await ann.openDetails('Verify');
  const verify = dialog.getByRole('button', { name: 'Mark as verified' });
  await expect(verify).toBeEnabled();
  await verify.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Remove verification' })).toBeFocused();
  await dialog.getByText('Connection', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Test connection' }).press('Enter');
  await expect(dialog.getByText('You are connected.', { exact: false })).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Test connection' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await dialog.getByRole('textbox', { name: 'Name for this contact' }).fill('Robert');
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  const saved = dialog.getByRole('button', { name: 'Saved' });
  await expect(saved).toBeFocused();
  // Nothing is left to be saved.
  await expect(saved).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Name for this contact' }).press('Enter');
  await expect(saved).toBeVisible();
});

async function ask(carl: Person, bob: Person): Promise<void> {
  await carl.begin();
  const { token } = await bob.daemon.ask((control) => control.request('identity.token', {}));
  await carl.know(token, 'Bob', bob.address);
  await expect(bob.page.getByRole('list', { name: 'Requests' }).getByText('Carl')).toBeVisible();
}

test('everything is reached by keyboard', async ({ friends: { ann, bob } }) => {
  const { page } = ann;
  await page.goto(`${ann.daemon.origin}/#/`);
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox', { name: 'Commands' })).toBeFocused();
  await page.keyboard.type('Bo');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await page.keyboard.type('typed, not clicked');
  await page.keyboard.press('Enter');
  await expect(bob.message('typed, not clicked')).toBeVisible();
  await page.setViewportSize(NARROW);
  const back = page.getByRole('link', { name: 'Back to conversations' });
  await back.focus();
  await page.keyboard.press('Enter');
  await expect(ann.entry('Bob')).toBeFocused();
  await page.setViewportSize(WIDE);
  const add = page.getByRole('button', { name: 'Add contact' });
  await add.focus();
  await page.keyboard.press('Enter');
  const ways = page.getByRole('dialog', { name: 'Add contact' });
  await expect(ways.getByRole('button', { name: 'Nearby' })).toBeFocused();
  await ways.getByRole('button', { name: 'I have a code' }).press('Enter');
  await expect(ways.getByRole('textbox', { name: 'Contact code' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(add).toBeFocused();
});
