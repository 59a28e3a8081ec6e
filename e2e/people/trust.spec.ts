// Cards that are wrong and people who are blocked, as somebody meets them in the browser.
import type { ContactId } from '../../server/contract/ids.ts';
import { choosePrimitives } from '../../server/crypto/choose.ts';
import { parseStaticPublicKey } from '../../server/crypto/keys.ts';
import { encodeToken, parseToken } from '../../server/protocol/token.ts';
import { expect, test, type Person } from '../support/fixtures.ts';

const primitives = choosePrimitives(undefined);

/** The same identity with somebody else's static key, as whoever passed the card on may have made it. */
function altered(token: string): string {
  const { identityKey } = parseToken(primitives, token);
  const staticKey = parseStaticPublicKey(primitives.x25519KeyPair(primitives.random(32)).publicKey);
  if (!staticKey) throw new Error('no key');
  return encodeToken(primitives, { version: 1, identityKey, staticKey });
}

const idOf = ({ daemon }: Person, name: string): Promise<ContactId> =>
  daemon.ask(async (control) => (await control.request('contact.list', {})).find((each) => each.name === name)!.id);

test('a card with a wrong key is mended by adding the right one, and the contact keeps its name', async ({
  person,
}) => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const [anns, bobs] = [await ann.begin(), await bob.begin()];
  await ann.add(altered(bobs), 'Bobby', bob.address);
  await bob.know(anns, 'Ann');
  await ann.openConversation('Bobby');
  await ann.send('are you there?');
  await ann.add(bobs, 'Bob', bob.address);
  await expect(bob.entry('Ann')).toHaveAccessibleName(/online/i);
  await bob.openConversation('Ann');
  await expect(bob.message('are you there?')).toBeVisible();
  await expect(ann.page.getByRole('heading', { name: 'Bobby' })).toBeVisible();
  const dialog = await ann.openCodeForm();
  await dialog.getByRole('textbox', { name: 'Contact code' }).fill(altered(bobs));
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Bob');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByText('You have already added this person.')).toBeVisible();
});

test('a card with a wrong key gives way to the person who comes', { tag: '@slow' }, async ({ person }) => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const [anns, bobs] = [await ann.begin(), await bob.begin()];
  await ann.know(altered(bobs), 'Bob');
  await bob.add(anns, 'Ann', ann.address);
  await ann.openConversation('Bob');
  await ann.send('it is you');
  await bob.openConversation('Ann');
  await expect(bob.message('it is you')).toBeVisible();
});

test('somebody blocked who asks for a code is seen, is shown none, and can be sent away', async ({ person }) => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const [anns, bobs] = [await ann.begin(), await bob.begin()];
  await ann.know(bobs, 'Bob');
  const contact = await idOf(ann, 'Bob');
  await ann.daemon.ask((control) => control.request('contact.block', { contact, blocked: true }));
  await ann.daemon.ask((control) => control.request('network.visibility', { mode: 'everyone' }));
  await bob.daemon.ask((control) => control.request('pairing.start', { token: anns, address: ann.address }));
  const dialog = ann.page.getByRole('dialog');
  await expect(dialog.getByText(/You blocked .*Bob.*, who is asking for a code/)).toBeVisible();
  await expect(bob.page.getByRole('textbox', { name: 'Six digits' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Send away' }).click();
  await expect(dialog).toBeHidden();
  await expect(bob.page.getByRole('dialog').getByRole('alert')).toBeVisible();
  await expect(ann.page.getByRole('dialog')).toBeHidden();
});
