// What people do with messages, each seen on the other side: answered, reacted to, given other words, taken back, passed on.
import { expect, test, type Person } from '../support/fixtures.ts';
import { checkScreen } from '../support/screen.ts';
import type { Locator } from '@playwright/test';

/** The bubble that says `words` itself, and does not only answer them. */
const bubble = ({ log, page }: Person, words: string): Locator =>
  log.getByRole('article').filter({ has: page.locator('[data-text]', { hasText: words }) });

async function choose(person: Person, words: string, action: string): Promise<void> {
  await bubble(person, words).click({ button: 'right' });
  await person.page.getByRole('menuitem', { name: action }).click();
}

const composer = ({ page }: Person): Locator => page.getByRole('textbox', { name: 'Message' });

test('a message is answered, reacted to, edited and taken back, also while the other is away', async ({
  friends: { ann, bob },
}) => {
  test.slow();
  await ann.send('When do we meet?');
  await expect(bob.message('When do we meet?')).toBeVisible();
  // Seen, since the conversation is before Bob's eyes.
  await expect(bubble(ann, 'When do we meet?').getByText('read', { exact: true })).toBeAttached();

  // By the keyboard alone: up to the message, R, the answer.
  await bubble(bob, 'When do we meet?').focus();
  await bob.page.keyboard.press('r');
  await expect(bob.page.getByRole('group', { name: 'Replying to Ann' })).toBeVisible();
  await expect(composer(bob)).toBeFocused();
  await bob.send('At noon');
  await expect(bubble(ann, 'At noon').getByRole('button', { name: 'When do we meet?' })).toBeVisible();

  await bubble(ann, 'At noon').focus();
  await ann.page.keyboard.press('+');
  await ann.page.getByRole('toolbar', { name: 'React' }).getByRole('button', { name: '👍' }).click();
  await expect(bob.log.getByRole('button', { name: '👍 from Ann' })).toBeVisible();

  // Bob is away: what Ann does meanwhile is there when he is back.
  await bob.daemon.stop();
  await composer(ann).press('ArrowUp');
  await expect(ann.page.getByRole('group', { name: 'Editing your message' })).toBeVisible();
  await expect(composer(ann)).toHaveValue('When do we meet?');
  await composer(ann).fill('When shall we meet?');
  await composer(ann).press('Enter');
  await expect(bubble(ann, 'When shall we meet?').getByText('edited')).toBeVisible();
  await ann.send('Never mind');
  await bob.daemon.start();
  await bob.page.goto(await bob.daemon.url());
  await bob.openConversation('Ann');
  await expect(bob.message('When shall we meet?').first()).toBeVisible();
  await expect(bubble(bob, 'At noon').getByRole('button', { name: 'When shall we meet?' })).toBeVisible();

  await expect(
    bubble(ann, 'Never mind')
      .getByText(/read|delivered/)
      .first(),
  ).toBeAttached();
  await choose(ann, 'Never mind', 'Delete');
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Delete for everyone' }).click();
  await expect(bob.log.getByText('This message was deleted')).toBeVisible();
  await expect(bob.message('Never mind')).toHaveCount(0);
  await expect(ann.log.getByText('You deleted this message')).toBeVisible();

  await choose(bob, 'When shall we meet?', 'Details');
  await expect(bob.page.getByRole('dialog').getByText('When do we meet?')).toBeVisible();
  await bob.page.keyboard.press('Escape');
  await choose(ann, 'When shall we meet?', 'Details');
  await expect(
    ann.page
      .getByRole('dialog')
      .getByText(/^Sent .* to \S+:\d+$/)
      .first(),
  ).toBeVisible();
  await ann.page.keyboard.press('Escape');
});

test('a message is passed on, and any emoji is a reaction', async ({ friends: { ann, bob } }) => {
  await ann.openCard();
  await ann.page.getByRole('button', { name: 'Notes to self' }).click();
  await expect(ann.page.getByRole('heading', { name: 'Notes to self' })).toBeVisible();
  await ann.openConversation('Bob');
  await bob.send('The key is under the mat');
  await expect(ann.message('The key is under the mat')).toBeVisible();
  await choose(ann, 'under the mat', 'Forward');
  const dialog = ann.page.getByRole('dialog', { name: 'Forward message' });
  await dialog.getByRole('checkbox', { name: 'Notes to self' }).check();
  await dialog.getByRole('textbox', { name: 'Add a message' }).fill('for Friday');
  await dialog.getByRole('button', { name: 'Forward to 1 conversation' }).click();
  await expect(dialog).toBeHidden();
  await choose(ann, 'under the mat', 'React');
  await ann.page.getByRole('button', { name: 'All emoji' }).click();
  await ann.page.getByRole('searchbox', { name: 'Search emoji' }).fill('key');
  await ann.page.getByRole('button', { name: 'old key' }).click();
  await expect(bob.log.getByRole('button', { name: '🗝️ from Ann' })).toBeVisible();
  // A press takes it back.
  await ann.log.getByRole('button', { name: '🗝️ from You' }).click();
  await expect(bob.log.getByRole('button', { name: '🗝️' })).toHaveCount(0);
  await ann.openCard();
  await ann.page.getByRole('button', { name: 'Notes to self' }).click();
  await expect(ann.message('The key is under the mat')).toBeVisible();
  await expect(ann.message('for Friday')).toBeVisible();
});

test('what is begun about a message is there when one comes back, and the focus stays with it', async ({
  friends: { ann, bob },
}) => {
  await ann.openCard();
  await ann.page.getByRole('button', { name: 'Notes to self' }).click();
  await expect(ann.page.getByRole('heading', { name: 'Notes to self' })).toBeVisible();
  await ann.openConversation('Bob');
  await ann.send('at nine');
  await bob.send('the plan');
  await expect(ann.message('the plan')).toBeVisible();

  // Other words for a message, half written.
  await bubble(ann, 'at nine').focus();
  await ann.page.keyboard.press('e');
  await composer(ann).fill('at ten');
  const notes = ann.page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: 'Notes to self' });
  await notes.click();
  await expect(composer(ann)).toHaveValue('');
  await ann.openConversation('Bob');
  await expect(ann.page.getByRole('group', { name: 'Editing your message' })).toBeVisible();
  await expect(composer(ann)).toHaveValue('at ten');
  await composer(ann).press('Enter');
  await expect(bubble(bob, 'at ten')).toBeVisible();

  // A reaction, any emoji, and taken back: by keyboard, and one is where one was.
  const plan = bubble(ann, 'the plan');
  await plan.focus();
  await ann.page.keyboard.press('+');
  await ann.page.getByRole('toolbar', { name: 'React' }).getByRole('button', { name: '👍' }).press('Enter');
  await expect(plan).toBeFocused();
  await ann.page.keyboard.press('+');
  await ann.page.getByRole('button', { name: 'All emoji' }).press('Enter');
  await ann.page.getByRole('searchbox', { name: 'Search emoji' }).fill('rocket');
  await expect(ann.page.getByRole('button', { name: 'rocket' })).toBeVisible();
  await ann.page.keyboard.press('Enter');
  await expect(plan).toBeFocused();
  const given = ann.log.getByRole('button', { name: '🚀 from You' });
  await given.focus();
  await given.press('Enter');
  await expect(given).toHaveCount(0);
  await expect(plan).toBeFocused();

  // Passed on to two, of whom one cannot have it: tried again, the other does not get it twice.
  await ann.page.keyboard.press('f');
  const dialog = ann.page.getByRole('dialog', { name: 'Forward message' });
  await dialog.getByRole('checkbox', { name: 'Notes to self' }).check();
  await dialog.getByRole('checkbox', { name: 'Bob' }).check();
  await dialog.getByRole('textbox', { name: 'Add a message' }).fill('have a look');
  const block = (blocked: boolean) =>
    ann.daemon.ask(async (control) => {
      const [contact] = await control.request('contact.list', {});
      await control.request('contact.block', { contact: contact!.id, blocked });
    });
  await block(true);
  await dialog.getByRole('button', { name: 'Forward to 2 conversations' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await expect(dialog.getByRole('checkbox', { name: 'Notes to self' })).toBeDisabled();
  await ann.page.keyboard.press('Escape');
  await block(false);
  await choose(ann, 'the plan', 'Forward');
  await expect(dialog.getByRole('textbox', { name: 'Add a message' })).toHaveValue('have a look');
  await dialog.getByRole('button', { name: 'Forward to 1 conversation' }).click();
  await expect(bob.message('have a look')).toHaveCount(1);
  await notes.click();
  await expect(ann.message('have a look')).toHaveCount(1);
  await expect(ann.message('the plan')).toHaveCount(1);
});

test('an emoji is completed by its name while one writes', async ({ friends: { ann, bob } }) => {
  const { page } = ann;
  const list = page.getByRole('listbox', { name: 'Emoji' });
  await composer(ann).pressSequentially('at 10:30, :rocke');
  await expect(list.getByRole('option', { name: 'rocket' })).toHaveAttribute('aria-selected', 'true');
  await checkScreen(page, 'emoji by name');
  // Enter takes it, and does not send.
  await composer(ann).press('Enter');
  await expect(composer(ann)).toHaveValue('at 10:30, 🚀');
  await expect(list).toHaveCount(0);
  // The arrows choose, and a press does; Escape leaves what is typed.
  await composer(ann).pressSequentially(' :thumbs_');
  await composer(ann).press('ArrowDown');
  await expect(list.getByRole('option', { name: 'thumbs down' })).toHaveAttribute('aria-selected', 'true');
  await list.getByRole('option', { name: 'thumbs up' }).click();
  await expect(composer(ann)).toHaveValue('at 10:30, 🚀 👍');
  await expect(composer(ann)).toBeFocused();
  await composer(ann).pressSequentially(' :smile');
  await expect(list).toBeVisible();
  await composer(ann).press('Escape');
  await expect(list).toHaveCount(0);
  await composer(ann).press('Enter');
  await expect(bob.message('at 10:30, 🚀 👍 :smile')).toBeVisible();
});

test('the dialogs about a message are as they must be', { tag: '@slow' }, async ({ friends: { ann } }) => {
  test.slow();
  await ann.send('first words\n'.repeat(30));
  const row = ann.log.getByRole('article').last();
  await expect(row).toBeVisible();
  for (const words of ['second', 'third', 'fourth']) {
    await composer(ann).press('ArrowUp');
    await composer(ann).fill(`${words} words\n`.repeat(30));
    await composer(ann).press('Enter');
    await expect(row).toContainText(`${words} words`);
  }
  await row.focus();
  await ann.page.keyboard.press('+');
  await ann.page.getByRole('toolbar', { name: 'React' }).getByRole('button', { name: '👍' }).press('Enter');
  for (const action of ['Details', 'Forward', 'Delete']) {
    await row.focus();
    await ann.page.keyboard.press('Enter');
    await ann.page.getByRole('menuitem', { name: action }).press('Enter');
    await expect(ann.page.getByRole('dialog')).toBeVisible();
    await checkScreen(ann.page, action);
    await ann.page.keyboard.press('Escape');
  }
});
