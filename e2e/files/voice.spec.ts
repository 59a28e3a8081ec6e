// Voice messages between two people, spoken into a microphone that beeps.
import { chromium, type Locator } from '@playwright/test';
import { expect, test, type Person } from '../support/fixtures.ts';
import { withMicrophone } from '../support/microphone.ts';
import { checkScreen } from '../support/screen.ts';

test.use({ launchOptions: ({ launchOptions }, use) => use(withMicrophone(launchOptions, 'allow')) });

/** Waits for a computer that is busy. */
const PATIENT = { timeout: 60_000 };

const recorder = ({ page }: Person): Locator => page.getByRole('group', { name: 'Recording a voice message' });
const voices = ({ log }: Person): Locator => log.getByRole('group', { name: 'Voice message' });

async function speak(person: Person): Promise<void> {
  await person.page.getByRole('button', { name: 'Record a voice message' }).click();
  await expect(recorder(person).getByRole('timer')).toHaveText(/0:0[2-9]/, PATIENT);
}

test('what is spoken is sent, heard, and sought in', async ({ friends: { ann, bob } }) => {
  await speak(ann);
  await checkScreen(ann.page, 'a voice message that is recorded');
  await ann.page.keyboard.press('Escape');
  await expect(recorder(ann)).toHaveCount(0);
  await expect(ann.page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  for (const nth of [1, 2]) {
    await speak(ann);
    await recorder(ann).getByRole('button', { name: 'Send' }).press('Enter');
    await expect(voices(bob)).toHaveCount(nth, PATIENT);
  }
  await checkScreen(bob.page, 'voice messages');
  const [first, second] = [voices(bob).first(), voices(bob).last()];
  const place = first.getByRole('slider', { name: 'Position' });
  await place.press('ArrowRight');
  await expect(place).toHaveAttribute('aria-valuenow', '1');
  await first.getByRole('button', { name: 'Speed 1×' }).click();
  await expect(second.getByRole('button', { name: 'Speed 1.5×' })).toBeVisible();
  await first.getByRole('button', { name: 'Play' }).click();
  // The next plays on.
  await expect(second.getByRole('button', { name: 'Pause' })).toBeVisible(PATIENT);
  await expect(first.getByRole('button', { name: 'Play' })).toBeVisible();
  await expect(second.getByRole('button', { name: 'Play' })).toBeVisible(PATIENT);
  await expect(ann.entry('Bob')).toContainText('voice message');
});

test('it is said why nothing is recorded', async ({ friends: { ann }, launchOptions }) => {
  const browser = await chromium.launch(withMicrophone(launchOptions, 'deny'));
  try {
    const page = await browser.newPage();
    await page.goto(await ann.daemon.url());
    await page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: 'Bob' }).click();
    await page.getByRole('button', { name: 'Record a voice message' }).click();
    await expect(page.getByRole('alert')).toContainText('Allow it next to this page’s address');
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  } finally {
    await browser.close();
  }
});
