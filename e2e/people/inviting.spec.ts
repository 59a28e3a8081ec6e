// Invites from making one to what becomes of it, and QR codes read by a camera and from pictures.
import { chromium, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withCamera } from '../support/camera.ts';
import { befriend, expect, test, type Person } from '../support/fixtures.ts';
import { Room } from '../support/room.ts';

/** As the browser tells of it when a person pastes. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }));
  }, text);
}

async function makeInvite({ page }: Person): Promise<string> {
  await page.getByRole('button', { name: 'Add contact' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add contact' });
  await dialog.getByRole('button', { name: 'Send an invite' }).click();
  await dialog.getByRole('combobox', { name: 'Valid for' }).selectOption('1 hour');
  await dialog.getByRole('button', { name: 'Create invite' }).click();
  const token = await dialog.getByRole('textbox', { name: 'Invite' }).inputValue();
  await expect(dialog.getByRole('img', { name: 'QR code of the invite' })).toBeVisible();
  return token;
}

test('an invite, pasted at the first start, is all it takes; a second person is told that it was used', async ({
  launchOptions,
}) => {
  const room = Room.open('inviting');
  test.skip(!room, 'needs root and ip netns');
  if (!room) return;
  try {
    const browser = await room.browser(launchOptions);
    const [ann, bob, carl] = [
      await room.person('Ann', browser),
      await room.person('Bob', browser),
      await room.person('Carl', browser),
    ];
    await ann.page.getByRole('textbox', { name: 'Your name' }).fill('Ann');
    await ann.page.keyboard.press('Enter');
    await expect(ann.page.getByRole('button', { name: 'Add contact' })).toBeVisible();
    const token = await makeInvite(ann);

    await paste(bob.page, `Come in: ${token} – Ann`);
    await expect(bob.page.getByText(/Ann.? invites you\./)).toBeVisible();
    await expect(bob.page.getByRole('checkbox', { name: 'Visible nearby' })).toHaveCount(0);
    await bob.page.getByRole('textbox', { name: 'Your name' }).fill('Bob');
    await bob.page.getByRole('button', { name: 'Create my identity and connect' }).click();
    // One button, and he is where he writes to her, who tells her name herself.
    await expect(bob.page.getByRole('heading', { name: 'Ann', exact: true })).toBeVisible();
    await expect(bob.page.getByRole('dialog')).toHaveCount(0);
    await bob.send('Thanks for having me');

    const dialog = ann.page.getByRole('dialog', { name: 'Add contact' });
    await expect(dialog.getByText('used by Bob')).toBeVisible();
    await dialog.getByRole('button', { name: 'Create invite' }).click();
    await dialog.getByRole('button', { name: /^Cancel invite/ }).press('Enter');
    await expect(dialog.getByRole('listitem').filter({ hasText: 'cancelled' })).toBeFocused();
    await ann.page.keyboard.press('Escape');
    await ann.openConversation('Bob');
    await expect(ann.message('Thanks for having me')).toBeVisible();
    await expect(ann.page.getByRole('region', { name: 'Bob' }).getByText('Verified')).toHaveCount(0);

    await carl.page.getByRole('textbox', { name: 'Your name' }).fill('Carl');
    await carl.page.keyboard.press('Enter');
    const late = await carl.openCodeForm();
    await late.getByRole('textbox', { name: 'Contact code' }).fill(token);
    await expect(late.getByText(/Ann.? invites you\. That is the name in the invite/)).toBeVisible();
    await expect(late.getByRole('textbox', { name: 'Name' })).toHaveValue('Ann');
    await expect(late.getByRole('textbox', { name: 'Address' })).toHaveCount(0);
    await late.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(carl.page.getByText('Someone has already used their invite.')).toBeVisible();
    await room.empty();
  } finally {
    room.close();
  }
});

test('a code pasted where people are searched for is someone to be added', async ({ friends: { ann }, person }) => {
  const carl = await person('Carl');
  const token = await carl.begin();
  await ann.page.getByRole('searchbox', { name: 'Search people' }).fill(`this is me: ${token}`);
  const dialog = ann.page.getByRole('dialog', { name: 'Add contact' });
  await expect(dialog.getByRole('textbox', { name: 'Contact code' })).toHaveValue(token);
  await expect(ann.page.locator('input[type=search]')).toHaveValue('');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Carl');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(ann.entry('Carl')).toBeVisible();
});

test('a code on another screen is read by the camera', { tag: '@slow' }, async ({ person, launchOptions }) => {
  const folder = mkdtempSync(join(tmpdir(), 'loom-camera-'));
  const ann = await person('Ann');
  const bob = await person('Bob');
  const token = await bob.begin();
  await ann.begin();
  const browser = await chromium.launch(withCamera(launchOptions, join(folder, 'seen.y4m'), token));
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (said) => complaints.push(said.text()));
    await page.goto(await ann.daemon.url());
    await page.getByRole('button', { name: 'Add contact' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'I have a code' }).click();
    await dialog.getByRole('button', { name: 'Scan a QR code' }).click();
    await expect(dialog.getByRole('textbox', { name: 'Contact code' })).toHaveValue(token);
    await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused();
    await expect(dialog.getByLabel('What the camera sees')).toHaveCount(0);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});

test('without a camera a picture does, and what else it may hold is told', { tag: '@slow' }, async ({ person }) => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const token = await bob.begin();
  await ann.begin();
  const code = (await bob.openMyCode()).getByRole('img', { name: 'QR code of my contact code' });
  await expect(code).toBeVisible();
  const picture = { name: 'code.png', mimeType: 'image/png', buffer: await code.screenshot() };
  const dialog = await ann.openCodeForm();
  await dialog.getByRole('button', { name: 'Scan a QR code' }).click();
  await expect(dialog.getByText('No camera found.')).toBeVisible();
  const file = dialog.locator('input[type=file]');
  await file.setInputFiles({ ...picture, buffer: await ann.page.screenshot() });
  await expect(dialog.getByText('No QR code found in this picture.')).toBeVisible();
  await file.setInputFiles({ ...picture, buffer: Buffer.from('no picture') });
  await file.setInputFiles(picture);
  await expect(dialog.getByRole('textbox', { name: 'Contact code' })).toHaveValue(token);
});

test(
  'safety numbers are compared by their codes: the same one verifies, another one warns',
  { tag: '@slow' },
  async ({ person }) => {
    const [ann, bob, carl] = [await person('Ann'), await person('Bob'), await person('Carl')];
    await befriend(ann, bob);
    const carls = await carl.begin();
    await ann.know(carls, 'Carl');
    const codeOf = async (who: Person): Promise<Buffer> => {
      const details = await who.openDetails('Verify');
      await details.getByRole('button', { name: 'Compare by camera' }).click();
      return who.page.getByRole('img', { name: 'QR code of the safety number' }).screenshot();
    };
    const bobs = await codeOf(bob);
    await ann.openConversation('Carl');
    const others = await codeOf(ann);
    const show = async (buffer: Buffer): Promise<void> => {
      await ann.page
        .getByRole('complementary')
        .locator('input[type=file]')
        .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
    };
    await show(bobs);
    await expect(ann.page.getByText('Not the same number.')).toBeVisible();
    await expect(ann.page.getByRole('button', { name: 'Mark as verified' })).toBeVisible();
    await ann.page.keyboard.press('Escape');
    await ann.openConversation('Bob');
    await codeOf(ann);
    await show(others);
    await expect(ann.page.getByText('Not the same number.')).toBeVisible();
    await ann.page.getByRole('button', { name: 'Compare by camera' }).click();
    await show(bobs);
    await expect(ann.page.getByText('The same number.')).toBeVisible();
    await expect(ann.page.getByRole('button', { name: 'Remove verification' })).toBeVisible();
  },
);
