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

test('a stranger who is blocked learns nothing and asks no more', async ({ person }) => {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  const [, token] = await Promise.all([ann.begin(), bob.begin()]);
  await ann.know(token, 'Bob', bob.address);
  await ann.openConversation('Bob');
  await ann.send('hello?');
  const requests = bob.page.getByRole('list', { name: 'Requests' });
  await requests.getByRole('button', { name: 'Block' }).click();
  await expect(requests.getByRole('button', { name: 'Block' })).toHaveCount(0);
  // Its card took the focus along.
  await expect(bob.page.getByRole('heading', { name: 'Loom', exact: true })).toBeFocused();
  await ann.daemon.stop();
  await ann.daemon.start();
  await ann.open();
  await expect(ann.entry('Bob')).toHaveAccessibleName(/waiting/i);
  await expect(requests.getByText('Ann')).toHaveCount(0);
  const queued = await ann.daemon.ask((control) => control.request('contact.list', {}));
  expect(queued).toMatchObject([{ connection: 'waiting', queued: 1 }]);
});
