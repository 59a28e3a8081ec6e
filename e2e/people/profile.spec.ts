// What people say of themselves, in two browsers: set, seen, changed while the other is away, and taken back again.
import { writeFileSync } from 'node:fs';
import type { Locator } from '@playwright/test';
import { expect, test, type Person } from '../support/fixtures.ts';
import { checkScreen } from '../support/screen.ts';

/** A picture of one colour that is wider than high, as the page itself draws it. */
async function photo(person: Person, path: string, colour: string): Promise<string> {
  const bytes = await person.page.evaluate(async (fill) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1200, height: 800 });
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 1200, 800);
    context.fillStyle = fill;
    context.fillRect(200, 0, 800, 800);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    return [...new Uint8Array(await blob!.arrayBuffer())];
  }, colour);
  writeFileSync(path, Uint8Array.from(bytes));
  return path;
}

async function choose({ page }: Person, path: string): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Choose (a picture|another)$/ }).click();
  await (await choosing).setFiles(path);
  await expect(page.getByRole('img', { name: 'How the picture will look' })).toBeVisible();
  await page.getByRole('button', { name: 'Use this picture' }).click();
  await expect(page.getByRole('button', { name: 'Remove picture' })).toBeVisible();
}

/** The colour in a corner of the picture shown in there, and its sides; null: letters are shown. */
async function shown(place: Locator): Promise<{ colour: readonly number[]; sides: readonly number[] } | null> {
  const picture = place.locator('.avatar img');
  if ((await picture.count()) === 0) return null;
  return picture.first().evaluate(async (element) => {
    const image = element as HTMLImageElement;
    await image.decode();
    const context = Object.assign(document.createElement('canvas'), { width: 8, height: 8 }).getContext('2d')!;
    context.drawImage(image, 0, 0, 8, 8);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return {
      colour: [red, green, blue].map((one) => Math.round(one / 64)),
      sides: [image.naturalWidth, image.naturalHeight],
    };
  });
}

const RED = { colour: [3, 0, 0], sides: [256, 256] };
const BLUE = { colour: [0, 0, 3], sides: [256, 256] };

test('picture, line and name reach the other, are changed while they are away, and taken back', async ({
  friends: { ann, bob },
}, info) => {
  test.slow();
  const [annRed, annBlue] = [info.outputPath('red.png'), info.outputPath('blue.png')];
  await photo(ann, annRed, '#c80000');
  await photo(ann, annBlue, '#0000c8');

  await ann.openSettings();
  const { page } = ann;
  const words = info.outputPath('words.png');
  writeFileSync(words, 'no picture at all');
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a picture' }).click();
  await (await choosing).setFiles(words);
  await expect(page.getByRole('alert')).toHaveText('This file can’t be used as a picture. Choose another.');
  await choose(ann, annRed);
  const line = page.getByRole('textbox', { name: 'About you' });
  await line.fill('e'.repeat(141));
  await expect(page.getByText('1 letter too many')).toBeVisible();
  await line.fill('In the garden <b>&</b> \u202egniht');
  await line.press('Enter');
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ann Lee');
  await page.getByRole('textbox', { name: 'Your name' }).press('Enter');
  await expect.poll(() => shown(page.getByRole('button', { name: 'You', exact: true }))).toEqual(RED);
  await checkScreen(page, 'the own picture, line and name');

  await expect.poll(() => shown(bob.entry('Ann'))).toEqual(RED);
  await bob.openConversation('Ann');
  const details = await bob.openDetails();
  await expect(details.getByText('Goes by “')).toContainText('Ann Lee');
  // As it was written, and nothing of it turned around or hidden.
  await expect(details.getByText('In the garden <b>&</b> ⟨U+202E⟩gniht')).toBeVisible();
  await expect.poll(() => shown(details)).toEqual(RED);
  await checkScreen(bob.page, 'a contact with a picture and a line');
  expect(await bob.log.getByRole('article').count()).toBe(0);

  // Bob, too; and he is away while Ann changes hers.
  const bobRed = await photo(bob, info.outputPath('bob.png'), '#c80000');
  await bob.openSettings();
  await choose(bob, bobRed);
  await ann.openConversation('Bob');
  await expect.poll(() => shown(ann.entry('Bob'))).toEqual(RED);
  await bob.daemon.stop();
  await ann.openSettings();
  await choose(ann, annBlue);
  await line.fill('Back at three');
  await line.press('Enter');
  await expect.poll(() => shown(page.getByRole('button', { name: 'You', exact: true }))).toEqual(BLUE);
  await bob.daemon.start();
  await bob.open();
  await expect.poll(() => shown(bob.entry('Ann'))).toEqual(BLUE);
  await bob.openConversation('Ann');
  await expect((await bob.openDetails()).getByText('Back at three')).toBeVisible();

  await page.getByRole('button', { name: 'Remove picture' }).click();
  await line.fill('');
  await line.press('Enter');
  await expect.poll(() => shown(bob.entry('Ann'))).toBeNull();
  await expect(bob.page.getByText('Back at three')).toHaveCount(0);
});
