import { test } from '../support/fixtures.ts';
test('shots', async ({ friends: { ann, bob }, person }) => {
  test.slow();
  const names = ['Carl', 'Dana Scully', 'Erik', 'Fatima'];
  for (const name of names) { const p = await person(name); await ann.know(await p.begin(), name); }
  await bob.send('the latest'); await ann.send('draft?');
  await ann.openConversation('Carl');
  await ann.page.getByRole('textbox', { name: 'Message' }).fill('half a thought about the weekend');
  await ann.openConversation('Bob');
  await ann.daemon.ask(async (c) => {
    const list = await c.request('contact.list', {});
    const of = (n: string) => list.find(({ name }) => name === n)!.conversation;
    await c.request('conversation.pin', { conversation: of('Erik'), pinned: true });
    await c.request('conversation.mute', { conversation: of('Erik'), seconds: null });
    await c.request('conversation.mute', { conversation: of('Dana Scully'), seconds: 3600 });
    await c.request('conversation.unread', { conversation: of('Dana Scully'), unread: true });
    await c.request('conversation.archive', { conversation: of('Fatima'), archived: true });
  });
  await ann.page.waitForTimeout(500);
  for (const colorScheme of ['light', 'dark'] as const) {
    await ann.page.emulateMedia({ colorScheme });
    await ann.page.setViewportSize({ width: 1280, height: 800 });
    await ann.openDetails();
    await ann.entry('Erik').click({ button: 'right' });
    await ann.page.waitForTimeout(300);
    await ann.page.screenshot({ path: `/tmp/shots/1280-${colorScheme}-menu.png` });
    await ann.page.keyboard.press('Escape');
    await ann.entry('Carl').click({ button: 'right' });
    await ann.page.getByRole('menuitem', { name: 'Mute…' }).click();
    await ann.page.waitForTimeout(300);
    await ann.page.screenshot({ path: `/tmp/shots/1280-${colorScheme}-mute.png` });
    await ann.page.keyboard.press('Escape');
    await ann.page.getByRole('button', { name: 'Contact details' }).click();
    await ann.page.setViewportSize({ width: 360, height: 740 });
    await ann.page.goto(`${ann.daemon.origin}/#/`);
    await ann.page.waitForTimeout(500);
    await ann.entry('Erik').click({ button: 'right' });
    await ann.page.waitForTimeout(300);
    await ann.page.screenshot({ path: `/tmp/shots/360-${colorScheme}-list.png` });
    await ann.page.keyboard.press('Escape');
    await ann.page.getByRole('button', { name: /Archived/ }).click();
    await ann.page.waitForTimeout(300);
    await ann.page.screenshot({ path: `/tmp/shots/360-${colorScheme}-archive.png` });
    await ann.page.getByRole('button', { name: /Back to all/ }).click();
    await ann.openConversation('Bob');
    await ann.openDetails();
    await ann.page.waitForTimeout(300);
    await ann.page.getByRole('complementary').getByRole('button', { name: 'More' }).click();
    await ann.page.waitForTimeout(300);
    await ann.page.screenshot({ path: `/tmp/shots/360-${colorScheme}-details.png` });
    await ann.page.keyboard.press('Escape');
    await ann.page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
  }
});
