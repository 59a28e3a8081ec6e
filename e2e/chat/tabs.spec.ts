import { expect, test } from '../support/fixtures.ts';
import { shell } from '../support/command-line.ts';
import { MAIN } from '../support/daemon.ts';
import { Wire } from '../support/cuttable-proxy.ts';

test('a second tab gets in through the first, and both stay equal', async ({ friends: { ann, bob } }) => {
  const second = await ann.context.newPage();
  ann.listen(second);
  await second.goto(ann.daemon.origin);
  // Nobody knows who led it here.
  await second.getByRole('button', { name: 'Open Loom here' }).click();
  await second.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: 'Bob' }).click();
  await ann.send('from the first');
  await expect(second.getByRole('log', { name: 'Messages' }).getByText('from the first')).toBeVisible();
  await second.getByRole('textbox', { name: 'Message' }).fill('from the second');
  await second.getByRole('textbox', { name: 'Message' }).press('Enter');
  await expect(ann.message('from the second')).toBeVisible();
  await bob.send('to both');
  await expect(ann.message('to both')).toBeVisible();
  await expect(second.getByRole('log', { name: 'Messages' }).getByText('to both')).toBeVisible();
});

test('a tab that lost its socket says so, comes back, and catches up without a reload', async ({
  friends: { ann, bob },
}) => {
  // The tab reaches its daemon through a wire that can be cut, as through an SSH tunnel.
  const wire = await Wire.to(Number(new URL(ann.daemon.origin).port));
  const page = await ann.context.newPage();
  ann.listen(page);
  await page.goto((await ann.daemon.url()).replace(ann.daemon.origin, wire.origin));
  await page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: 'Bob' }).click();
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  wire.cut();
  await expect(
    page
      .getByRole('status')
      .filter({ hasText: /isn’t answering/i })
      .first(),
  ).toBeVisible();
  // Where Bob is nobody can tell meanwhile.
  const entry = page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: 'Bob' });
  await expect(entry).toHaveAccessibleName(/status unknown/i);
  await expect(page.getByText('Paused until Loom is back')).toBeVisible();
  const box = page.getByRole('textbox', { name: 'Message' });
  await box.fill('written while cut off');
  await box.press('Enter');
  await bob.send('said while cut off');
  await expect(ann.message('said while cut off')).toBeVisible();
  wire.mend();
  await expect(page.getByRole('status').filter({ hasText: 'Loom is back' })).toBeVisible();
  await expect(entry).toHaveAccessibleName(/online/i);
  const log = page.getByRole('log', { name: 'Messages' });
  await expect(log.getByText('said while cut off')).toBeVisible();
  await expect(bob.message('written while cut off')).toHaveCount(1);
  await expect(ann.message('written while cut off')).toHaveCount(1);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  await page.close();
  await wire.close();
});

test('without a code and without another tab, the page says how to get in', async ({ person, browser }) => {
  const ann = await person('Ann');
  await ann.begin();
  const elsewhere = await browser.newContext();
  const page = await elsewhere.newPage();
  await page.goto(ann.daemon.origin);
  const command = `${MAIN} url --profile ${ann.daemon.profile} --data-dir ${ann.daemon.dataDir}`;
  await expect(page.getByText(command)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Copy' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Conversations' })).toHaveCount(0);
  await elsewhere.close();
  // A tab that was in names it, too, once Loom was stopped, and so does a link of before.
  const { url } = ann.daemon.ready;
  await shell(ann.daemon)('stop');
  await ann.daemon.start();
  await expect(ann.page.getByRole('heading', { name: 'Loom was restarted' })).toBeVisible();
  await expect(ann.page.getByText(command)).toBeVisible();
  const stale = await ann.context.newPage();
  await stale.goto(ann.daemon.origin + new URL(url).hash);
  await expect(stale.getByRole('heading', { name: 'This link has been used' })).toBeVisible();
  await expect(stale.getByText(command)).toBeVisible();
});

test('a fresh link in a tab that is in loses nothing that was on its way', async ({ person }) => {
  const ann = await person('Ann');
  await ann.daemon.ask((control) => control.request('identity.create', { name: 'Ann', passphrase: '' }));
  let first = true;
  await ann.page.routeWebSocket(/./, (page) => {
    const daemon = page.connectToServer();
    if (!first) return;
    first = false;
    const held = new Set<unknown>();
    const parse = (message: string | Buffer): { id?: number; command?: string } =>
      JSON.parse(message.toString()) as { id?: number; command?: string };
    page.onMessage((message) => {
      const { id, command } = parse(message);
      if (command === 'contact.list') held.add(id);
      daemon.send(message);
    });
    daemon.onMessage((message) => {
      if (!held.has(parse(message).id)) page.send(message);
    });
  });
  await ann.open();
  await expect(ann.page.getByText('Loading your conversations…')).toBeVisible();
  await ann.open();
  await expect(ann.page.getByText('No conversations yet.')).toBeVisible();
});
