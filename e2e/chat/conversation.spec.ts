import { befriend, expect, test } from '../support/fixtures.ts';

test('first start: a name, a word on an empty passphrase, and an identity of one’s own', async ({ person }) => {
  const ann = await person('Ann');
  await ann.open();
  await expect(ann.page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/(#\/.*)?$/);
  const create = ann.page.getByRole('button', { name: 'Create my identity' });
  await ann.page.getByRole('textbox', { name: 'Your name' }).fill('   ');
  await create.click();
  await expect(ann.page.getByRole('alert').filter({ hasText: /name/i })).toBeVisible();
  await ann.page.getByRole('textbox', { name: 'Your name' }).fill('Ann');
  await expect(ann.page.getByRole('textbox', { name: 'Passphrase' })).toBeEmpty();
  await create.click();
  await expect(ann.page.getByRole('heading', { name: 'Hello, Ann' })).toBeFocused();
  const dialog = await ann.openMyCode();
  const token = dialog.getByRole('textbox', { name: 'Contact code' });
  await expect(token).toHaveValue(/^LOOM-[A-Z2-7]{106}$/);
  await expect(token).not.toBeEditable();
  await dialog.getByText('If they can’t find you').click();
  await expect(dialog.getByText(`Peer port ${ann.daemon.ready.peerPort}`)).toBeVisible();
  const value = await token.inputValue();
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await ann.page.keyboard.press('Escape');
  // The page may write to the clipboard, but never read it: pasted, as a person does.
  const pasted = (await ann.openCodeForm()).getByRole('textbox', { name: 'Contact code' });
  await pasted.focus();
  await ann.page.keyboard.press('ControlOrMeta+v');
  await expect(pasted).toHaveValue(value);
});

test('two people add each other by code and address, and talk', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await befriend(ann, bob);
  await ann.send('Hello Bob');
  await expect(bob.message('Hello Bob')).toBeVisible();
  await expect(ann.log.getByText('delivered').last()).toBeAttached();
  await bob.send('Hello Ann');
  await expect(ann.message('Hello Ann')).toBeVisible();
  const longest = `${'many words '.repeat(9_000)}end`;
  await ann.send(longest);
  await ann.send('two\nlines');
  await ann.send('👩‍👩‍👧‍👦');
  await expect(bob.message('👩‍👩‍👧‍👦')).toBeVisible();
  await expect(bob.log.getByText('two\nlines')).toBeVisible();
  const texts = await bob.daemon.ask(async (control) => {
    const [contact] = await control.request('contact.list', {});
    const page = await control.request('message.page', { conversation: contact!.conversation });
    return page.messages.map(({ body }) => body);
  });
  expect(texts).toEqual(['Hello Bob', 'Hello Ann', longest, 'two\nlines', '👩‍👩‍👧‍👦']);
});

test('Enter sends, Shift+Enter breaks the line, an empty box sends nothing', async ({ friends: { ann, bob } }) => {
  const box = ann.page.getByRole('textbox', { name: 'Message' });
  await box.press('Enter');
  await box.pressSequentially('one');
  await box.press('Shift+Enter');
  await box.pressSequentially('two');
  await box.press('Enter');
  await expect(box).toBeEmpty();
  await box.fill('by button');
  await ann.page.getByRole('button', { name: 'Send' }).click();
  await expect(bob.message('by button')).toBeVisible();
  const count = await bob.daemon.ask(async (control) => {
    const [contact] = await control.request('contact.list', {});
    return (await control.request('message.page', { conversation: contact!.conversation })).messages.length;
  });
  expect(count).toBe(2);
});

test('wrong codes and addresses are refused with what is wrong', async ({ friends: { ann, bob } }) => {
  const token = await bob.token();
  const dialog = await ann.openCodeForm();
  const said = new Set<string>();
  const wrong = [
    ['  ', ''],
    [token.slice(1), ''],
    [`${token.slice(0, 20)}0${token.slice(21)}`, ''],
    [token.slice(0, -8), ''],
    [token.slice(0, 30) + (token[30] === 'A' ? 'B' : 'A') + token.slice(31), ''],
    [token, ''],
    [(await ann.daemon.ask((control) => control.request('identity.token', {}))).token, ''],
  ] as const;
  for (const [text, address] of wrong) {
    await dialog.getByRole('textbox', { name: 'Contact code' }).fill(text);
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Someone');
    await dialog.getByRole('textbox', { name: 'Address' }).fill(address);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    const alert = dialog.getByRole('alert').first();
    await expect(alert).toBeVisible();
    await expect.poll(async () => said.has((await alert.textContent()) ?? '')).toBe(false);
    said.add((await alert.textContent()) ?? '');
  }
  expect(said.size).toBe(wrong.length);
});

test('messages to someone away wait, say so, and are delivered when they are back', async ({
  friends: { ann, bob },
}) => {
  await bob.daemon.stop();
  await expect(ann.entry('Bob')).not.toHaveAccessibleName(/online/i);
  for (const text of ['first', 'second', 'third']) await ann.send(text);
  await expect(ann.log.getByText('queued')).toHaveCount(3);
  await bob.daemon.start();
  await bob.open();
  await expect(ann.log.getByText('delivered')).toHaveCount(3);
  await bob.openConversation('Ann');
  await expect(bob.message('third')).toBeVisible();
});

test(
  'a restart of either side loses nothing and asks for nothing',
  { tag: '@slow' },
  async ({ friends: { ann, bob } }) => {
    await ann.send('before');
    await expect(bob.message('before')).toBeVisible();
    for (const person of [ann, bob]) {
      await person.daemon.kill();
      await person.daemon.start();
      await person.open();
      await person.openConversation(person === ann ? 'Bob' : 'Ann');
      await expect(person.message('before')).toBeVisible();
      await expect(person.entry(person === ann ? 'Bob' : 'Ann')).toHaveAccessibleName(/online/i);
    }
    await ann.send('after');
    await bob.send('after too');
    await expect(bob.message('after')).toBeVisible();
    await expect(ann.message('after too')).toBeVisible();
  },
);

test('unread messages are counted until they are seen', async ({ friends: { ann, bob } }) => {
  await bob.page.goto(`${bob.daemon.origin}/#/`);
  await expect(bob.page.getByRole('heading', { name: 'Ann' })).toBeHidden();
  await ann.send('one');
  await ann.send('two');
  await expect(bob.entry('Ann')).toHaveAccessibleName(/2 unread/i);
  await bob.openConversation('Ann');
  await expect(bob.message('two')).toBeVisible();
  await expect(bob.entry('Ann')).not.toHaveAccessibleName(/unread/i);
});
