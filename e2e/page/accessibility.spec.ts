// Every screen of daily use, and that the keyboard is enough.
import { expect, test, type Person } from '../support/fixtures.ts';
import { checkScreen as check, NARROW, WIDE } from '../support/screen.ts';

test('first start, the way in, and unlocking', async ({ person, browser }) => {
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
  await expect(page.getByText('loom-web url').first()).toBeVisible();
  await check(page, 'the way in');
  await elsewhere.close();
  await ann.onboard('correct horse battery');
  await ann.daemon.ask((control) => control.request('vault.lock', {}));
  await expect(ann.page.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await check(ann.page, 'unlock');
});

test('the empty app, its dialogs and settings', async ({ person }) => {
  test.slow();
  const ann = await person('Ann');
  await ann.begin();
  await check(ann.page, 'nobody yet');
  await ann.page.getByRole('button', { name: 'Share my token' }).click();
  await check(ann.page, 'my token');
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('button', { name: 'Add contact' }).click();
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  await check(ann.page, 'adding, with what is wrong');
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('link', { name: 'Settings' }).click();
  await expect(ann.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await ann.page.getByRole('button', { name: 'Destroy…' }).click();
  await ann.page.getByRole('button', { name: 'Check this network' }).click();
  await expect(ann.page.getByText('Finding people nearby is off', { exact: false })).toBeVisible();
  await ann.page.getByText('What Loom saw').click();
  await check(ann.page, 'settings');
});

test('a conversation, its contact, and a request', async ({ friends: { ann, bob }, person }) => {
  test.slow();
  for (const text of ['Hello', 'https://example.com and\nseveral\nlines', '👋', 'long '.repeat(3000)])
    await ann.send(text);
  await bob.send('Hello to you');
  await expect(ann.message('Hello to you')).toBeVisible();
  await check(ann.page, 'a conversation');
  await ann.page
    .getByRole('button', { name: /details|about/i })
    .first()
    .click();
  await check(ann.page, 'a contact');
  await ann.page.getByRole('button', { name: 'Delete all messages' }).click();
  await check(ann.page, 'emptying a conversation');
  await ann.page.keyboard.press('Escape');
  // Shift and Tab from where one writes leads to the newest message.
  await ann.page.getByRole('textbox', { name: 'Message' }).focus();
  await ann.page.keyboard.press('Shift+Tab');
  await ann.page.keyboard.press('Enter');
  await ann.page.getByRole('button', { name: 'Delete message' }).click();
  await check(ann.page, 'deleting a message');
  await ann.page.keyboard.press('Escape');
  await ask(await person('Carl'), bob);
  await check(bob.page, 'a request');
});

test('names as long as they may be leave everything in its place', async ({ friends: { ann }, person }) => {
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
  await expect(ann.page.getByRole('region', { name: 'Your card' })).toContainText(long);
  await check(ann.page, 'a conversation with a long name');
  await ann.page.getByRole('button', { name: 'Contact details' }).click();
  await check(ann.page, 'a contact with a long name');
});

test('who presses a button keeps their place, also while it works and when it has', async ({ friends: { ann } }) => {
  const { page } = ann;
  await page.getByRole('button', { name: 'Contact details' }).click();
  const dialog = page.getByRole('dialog');
  const verify = dialog.getByRole('button', { name: 'Mark as verified' });
  await expect(verify).toBeEnabled();
  await verify.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Remove the mark' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Test both ways' }).press('Enter');
  await expect(dialog.getByText('You are connected.', { exact: false })).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Test both ways' })).toBeFocused();
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
  await page.keyboard.type('Bo');
  await expect(ann.entry('Bob')).toBeVisible();
  await ann.entry('Bob').focus();
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
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Identity token' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(add).toBeFocused();
});
