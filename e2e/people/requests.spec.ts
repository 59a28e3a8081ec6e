import { expect, test } from '../support/fixtures.ts';

test('a stranger asks, is accepted, and what they wrote arrives', async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  const [, token] = await Promise.all([ann.begin(), bob.begin()]);
  await ann.know(token, 'Bob', bob.address);
  await ann.openConversation('Bob');
  await ann.send('may I?');
  await expect(ann.entry('Bob')).toHaveAccessibleName(/waiting/i);
  const requests = bob.page.getByRole('list', { name: 'Requests' });
  await expect(requests.getByText('Ann')).toBeVisible();
  await requests.getByRole('button', { name: 'Accept' }).click();
  await expect(requests.getByRole('button', { name: 'Accept' })).toHaveCount(0);
  await bob.openConversation('Ann');
  await expect(bob.message('may I?')).toBeVisible();
  await expect(ann.log.getByText('delivered')).toHaveCount(1);
});

test('a stranger who is blocked learns nothing and asks no more', { tag: '@slow' }, async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  const [, token] = await Promise.all([ann.begin(), bob.begin()]);
  await ann.know(token, 'Bob', bob.address);
  await ann.openConversation('Bob');
  await ann.send('hello?');
  const requests = bob.page.getByRole('list', { name: 'Requests' });
  await requests.getByRole('button', { name: 'Block' }).click();
  await expect(requests.getByRole('button', { name: 'Block' })).toHaveCount(0);
  // Its card took the focus along, to where it can be taken back.
  await expect(bob.page.getByRole('button', { name: 'Undo' })).toBeFocused();
  await ann.daemon.stop();
  await ann.daemon.start();
  await ann.open();
  await expect(ann.entry('Bob')).toHaveAccessibleName(/waiting/i);
  await expect(requests.getByText('Ann')).toHaveCount(0);
  const queued = await ann.daemon.ask((control) => control.request('contact.list', {}));
  expect(queued).toMatchObject([{ connection: 'waiting', queued: 1 }]);
});

test('a request says who asks in plain words, can be ignored, and blocking can be taken back', async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  const [anns, token] = await Promise.all([ann.begin(), bob.begin()]);
  const carl = await person('Carl');
  // A contact of the name she calls herself by: the first thing to be read.
  await bob.know(await carl.begin(), 'Ann');
  await ann.know(token, 'Bob', bob.address);
  const requests = bob.page.getByRole('list', { name: 'Requests' });
  const card = requests.getByRole('listitem').first();
  await expect(card.getByText('Ann\u2069 wants to talk to you.')).toBeVisible();
  await expect(card.getByText('Has your contact code.')).toBeVisible();
  await expect(card.locator('p').first()).toContainText('looks like your contact');
  await expect(card.getByText('127.0.0.1')).toHaveCount(0);
  await card.getByRole('button', { name: 'Details' }).click();
  await expect(card.getByText('127.0.0.1')).toBeVisible();

  // Her code, pasted instead, brings her name along.
  const dialog = await bob.openCodeForm();
  await dialog.getByRole('textbox', { name: 'Contact code' }).fill(anns);
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('Ann');
  await bob.page.keyboard.press('Escape');

  await card.getByRole('button', { name: 'Block' }).click();
  const undo = bob.page.getByRole('button', { name: 'Undo' });
  await expect(undo).toBeFocused();
  await expect(bob.page.getByText('Ann\u2069 is blocked.').first()).toBeVisible();
  await undo.click();
  await expect(card.getByText('wants to talk to you')).toBeVisible();
  await expect(bob.page.getByRole('list', { name: 'Conversations' }).getByRole('listitem')).toHaveCount(1);

  await card.getByRole('button', { name: 'Ignore' }).click();
  await expect(requests).toHaveCount(0);
  await ann.daemon.stop();
  await ann.daemon.start();
  await ann.open();
  await expect(ann.entry('Bob')).toHaveAccessibleName(/waiting/i);
  await expect(requests).toHaveCount(0);
});

test('who blocked someone and pastes their code is told so; the undo goes by itself', async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  const [anns, bobs] = await Promise.all([ann.begin(), bob.begin()]);
  await ann.know(bobs, 'Bob', bob.address);
  await bob.page.getByRole('list', { name: 'Requests' }).getByRole('button', { name: 'Block' }).click();
  const undo = bob.page.getByRole('button', { name: 'Undo' });
  await expect(undo).toBeVisible();
  await expect(undo).toHaveCount(0, { timeout: 12_000 });
  const dialog = await bob.openCodeForm();
  await dialog.getByRole('textbox', { name: 'Contact code' }).fill(anns);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Ann');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByText('You have blocked this person.')).toBeVisible();
});
