import { expect, test } from './fixtures.ts';

test('a second tab gets in through the first, and both stay equal', async ({ friends: { ann, bob } }) => {
  const second = await ann.context.newPage();
  ann.listen(second);
  await second.goto(ann.daemon.origin);
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
  await ann.page.evaluate(() => Object.assign(window, { sameDocument: true }));
  const client = await ann.context.newCDPSession(ann.page);
  await client.send('Network.enable');
  await client.send('Network.emulateNetworkConditions', {
    offline: true,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  // An emulated outage spares open sockets: this one is cut by the daemon's side.
  const cut = await ann.daemon.ask((control) => control.request('status.get', {}));
  expect(cut.state).toBe('ready');
  await client.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  await bob.send('while you were away');
  await expect(ann.message('while you were away')).toBeVisible();
  expect(await ann.page.evaluate(() => 'sameDocument' in window)).toBe(true);
});

test('without a code and without another tab, the page says how to get in', async ({ person, browser }) => {
  const ann = await person('Ann');
  await ann.onboard();
  const elsewhere = await browser.newContext();
  const page = await elsewhere.newPage();
  await page.goto(ann.daemon.origin);
  await expect(page.getByText('loom-web url').first()).toBeVisible();
  await expect(page.getByRole('list', { name: 'Conversations' })).toHaveCount(0);
  await elsewhere.close();
});
