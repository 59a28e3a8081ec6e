// Messages that disappear: set by either of two, said by a line, and gone on both sides when their time is over.
import type { Locator } from '@playwright/test';
import { expect, test, type Person } from '../support/fixtures.ts';

const bubble = ({ log, page }: Person, words: string): Locator =>
  log.getByRole('article').filter({ has: page.locator('[data-text]', { hasText: words }) });

const SHORTEST_MS = 60_000;

async function setShortest({ daemon }: Person): Promise<void> {
  await daemon.ask(async (control) => {
    const [conversation] = await control.request('conversation.list', {});
    await control.request('conversation.timer', { conversation: conversation!.id, seconds: 60 });
  });
}

test('a timer is set for both, by either, and is seen in the line, the head and each message', async ({
  friends: { ann, bob },
}) => {
  await ann.openConversation('Bob');
  await bob.openConversation('Ann');
  await ann.page.getByRole('button', { name: 'Contact details' }).click();
  const field = ann.page.getByRole('combobox', { name: 'New messages disappear' });
  await expect(field).toHaveValue('0');
  await field.selectOption({ label: '1 hour after they are read' });
  await expect(ann.log.getByText('You set messages to disappear 1 hour after they are read')).toBeVisible();
  await expect(bob.log.getByText(/Ann.* set messages to disappear 1 hour after they are read/)).toBeVisible();
  await expect(bob.page.getByRole('banner').or(bob.page.locator('header')).getByText('1 hour').first()).toBeAttached();
  await bob.send('gone in an hour');
  await expect(bubble(ann, 'gone in an hour').getByText('Disappears 1 hour after it is read')).toBeAttached();

  // The other takes it back, from the list.
  await bob.entry('Ann').click({ button: 'right' });
  await bob.page.getByRole('menuitem', { name: 'Disappearing messages…' }).click();
  await bob.page.getByRole('menu', { name: 'Disappearing messages' }).getByRole('menuitem', { name: 'Off' }).click();
  await expect(ann.log.getByText(/Bob.* turned off disappearing messages/)).toBeVisible();
  await expect(field).toHaveValue('0');
  await bob.send('stays');
  await expect(bubble(ann, 'stays')).toBeVisible();
  await expect(bubble(ann, 'stays').getByText(/Disappears/)).toHaveCount(0);
});

test(
  'a message is gone a minute after it was read, also one that waited, and after restarts',
  { tag: '@slow' },
  async ({ friends: { ann, bob } }) => {
    test.slow();
    await ann.send('before');
    await expect(bob.message('before')).toBeVisible();
    await setShortest(ann);
    await expect(bob.log.getByText(/set messages to disappear 1 minute/)).toBeVisible();
    await bob.daemon.stop();
    await ann.send('brief');
    await ann.daemon.stop();
    await ann.daemon.start();
    await bob.daemon.start();
    await bob.open();
    await bob.openConversation('Ann');
    await expect(bob.message('brief')).toBeVisible();
    await ann.open();
    await ann.openConversation('Bob');
    await expect(ann.message('brief')).toBeVisible();
    // Not sooner, either: half of its time is over.
    await bob.page.waitForTimeout(SHORTEST_MS / 2);
    await expect(bob.message('brief')).toBeVisible();
    for (const { message } of [ann, bob].map((person) => ({ message: person.message('brief') })))
      await expect(message).toHaveCount(0, { timeout: SHORTEST_MS + 20_000 });
    for (const person of [ann, bob]) {
      await person.daemon.stop();
      await person.daemon.start();
      await person.open();
      await person.openConversation(person === ann ? 'Bob' : 'Ann');
      await expect(person.message('before')).toBeVisible();
      await expect(person.message('brief')).toHaveCount(0);
    }
  },
);
