import { expect, test } from '../support/fixtures.ts';

test('a contact introduces two others, who accept, and see who vouched', async ({ friends: { ann, bob }, person }) => {
  const carl = await person('Carl');
  const carls = await carl.begin();
  const { token } = await ann.daemon.ask((control) => control.request('identity.token', {}));
  await ann.know(carls, 'Carl', carl.address);
  await carl.know(token, 'Ann', ann.address);
  await carl.openConversation('Ann');

  const details = await ann.openDetails('Introduce');
  await details.getByRole('combobox', { name: /^Introduce .*Bob.* to$/ }).selectOption('Carl');
  await details.locator('form').getByRole('button', { name: 'Introduce', exact: true }).click();
  await expect(details.getByText(/You introduced .* and /).last()).toBeVisible();
  await ann.page.keyboard.press('Escape');
  await expect(ann.log.getByText(/You introduced/)).toBeVisible();

  for (const [who, other] of [
    [bob, 'Carl'],
    [carl, 'Bob'],
  ] as const) {
    await expect(who.log.getByText(/introduces .* to you/)).toBeVisible();
    await who.log.getByRole('button', { name: new RegExp(`^Add .*${other}`) }).click();
    await expect(who.page.getByRole('heading', { name: other, exact: true })).toBeVisible();
  }
  // Without discovery one of them says where the other is.
  await bob.daemon.ask(async (control) => {
    const contact = (await control.request('contact.list', {})).find(({ name }) => name === 'Carl');
    await control.request('contact.address', { contact: contact!.id, address: carl.address });
  });
  await bob.send('Ann sends me');
  await expect(carl.message('Ann sends me')).toBeVisible();
  await carl.page.getByRole('button', { name: 'Contact details' }).click();
  await expect(carl.page.getByText(/Introduced by .*Ann.*, who vouched for the key/)).toBeVisible();
  await carl.page.keyboard.press('Escape');
  await carl.openConversation('Ann');
  await expect(carl.log.getByRole('link', { name: 'Already your contact' })).toBeVisible();
});
