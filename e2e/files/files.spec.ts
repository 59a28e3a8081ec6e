// Files between two people, each with a browser and a Loom of their own.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { Locator, Page } from '@playwright/test';
import { expect, test, type Person } from '../support/fixtures.ts';
import { checkScreen } from '../support/screen.ts';

const MIB = 1024 * 1024;

/** Megabytes take their time on a computer that is busy. */
const PATIENT = { timeout: 60_000 };
test.setTimeout(240_000);

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-e2e-files-'));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function choose(page: Page, ...paths: readonly string[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach' }).click();
  await (await choosing).setFiles([...paths]);
}

const tray = (page: Page): Locator => page.getByRole('list', { name: 'Files to send' }).getByRole('listitem');

async function attach(page: Page, ...paths: readonly string[]): Promise<void> {
  await choose(page, ...paths);
  await expect(tray(page)).toHaveCount(paths.length);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

/** A PNG of one colour. */
function picture(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0x6a)]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([magic, chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

test('a file is offered, accepted, and saved as it was', async ({ friends: { ann, bob } }) => {
  const bytes = randomBytes(20 * MIB + 3);
  await attach(ann.page, fileOf('Grüße & <b>more<b>.bin', bytes));
  const card = bob.log.getByRole('article').filter({ hasText: 'Grüße & <b>more<b>.bin' });
  await expect(card.getByText('Waiting for you to accept it')).toBeVisible(PATIENT);
  await expect(card.getByText(/Will be saved as .*Grüße & _b_more_b_\.bin/)).toBeVisible();
  await card.getByRole('button', { name: 'Accept' }).click();
  await expect(card.getByText('Received')).toBeVisible(PATIENT);
  await expect(ann.log.getByText('Delivered')).toBeVisible(PATIENT);
  const loading = bob.page.waitForEvent('download');
  await card.getByRole('button', { name: 'Save' }).click();
  const saved = await (await loading).path();
  expect(digest(await readFile(saved))).toBe(digest(bytes));
});

test('files wait above the composer, and go with what is written of them', async ({ friends: { ann, bob } }) => {
  const { page } = ann;
  const box = page.getByRole('textbox', { name: 'Message' });
  await choose(page, fileOf('one.png', picture(40, 30)), fileOf('two.bin', randomBytes(10)));
  await choose(page, fileOf('three.bin', randomBytes(10)));
  await expect(tray(page)).toHaveCount(3);
  await expect(box).toBeFocused();
  await page.getByRole('button', { name: /Remove .*two\.bin/ }).click();
  await expect(page.getByRole('button', { name: /Remove .*three\.bin/ })).toBeFocused();
  await checkScreen(page, 'files that wait to be sent');
  await page.keyboard.press('Escape');
  await expect(tray(page)).toHaveCount(0);
  await expect(box).toBeFocused();
  const caption = '<img src=x onerror="document.title=1"> *at* the sea';
  await box.fill(caption);
  await choose(page, fileOf('one.png', picture(40, 30)), fileOf('three.bin', randomBytes(10)));
  await expect(tray(page)).toHaveCount(2);
  await box.press('Enter');
  await expect(box).toHaveValue('');
  const said = bob.log.getByRole('article').filter({ hasText: '<img src=x onerror="document.title=1"> at the sea' });
  await expect(said.getByRole('img', { name: /Picture .*one\.png/ })).toBeVisible(PATIENT);
  await expect(bob.log.getByRole('article')).toHaveCount(2);
  await expect(bob.log.getByRole('article').last()).toContainText('three.bin');
  await expect(tray(page)).toHaveCount(0);
  await bob.page.getByRole('searchbox', { name: 'Search' }).fill('sea');
  await expect(bob.page.getByRole('region', { name: 'Messages' }).getByRole('button')).toContainText('the sea');
});

test('a picture appears by itself, decoded, on both sides', async ({ friends: { ann, bob } }) => {
  await attach(ann.page, fileOf('field.png', picture(640, 320)));
  for (const { log } of [ann, bob]) {
    const shown = log.getByRole('img', { name: /Picture .*field\.png/ });
    await expect(shown).toBeVisible(PATIENT);
    await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(640);
    expect(await shown.evaluate((image) => image.getBoundingClientRect().width)).toBeLessThanOrEqual(320);
  }
});

test('a picture opens as large as the window, and as large as it is', async ({ friends: { ann, bob } }) => {
  const { page } = bob;
  await page.setViewportSize({ width: 800, height: 600 });
  await attach(ann.page, fileOf('field.png', picture(1600, 900)));
  const open = bob.log.getByRole('button', { name: /Open .*field\.png/ });
  await open.click(PATIENT);
  const view = page.getByRole('dialog', { name: 'field.png' });
  const shown = view.getByRole('img', { name: /Picture .*field\.png/ });
  const width = (): Promise<number> => shown.evaluate((image) => image.getBoundingClientRect().width);
  await expect.poll(width).toBeGreaterThan(700);
  expect(await width()).toBeLessThanOrEqual(800);
  await checkScreen(page, 'a picture as large as the window');
  await view.getByRole('button', { name: 'Actual size' }).click();
  expect(await width()).toBe(1600);
  await view.getByRole('button', { name: 'Fit to the window' }).click();
  await shown.click();
  expect(await width()).toBe(1600);
  const loading = page.waitForEvent('download');
  await view.getByRole('button', { name: 'Save' }).click();
  expect((await loading).suggestedFilename()).toBe('field.png');
  await page.keyboard.press('Escape');
  await expect(view).toHaveCount(0);
  await expect(open).toBeFocused();
});

/** A sound of so many seconds. */
function sound(seconds: number): Buffer {
  const rate = 8000;
  const samples = Buffer.alloc(rate * seconds, 0x80);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** A film that the browser makes itself: a coloured square for a second. */
async function film(page: Page): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 240 });
    const context = canvas.getContext('2d')!;
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let frame = 0; frame < 20; frame += 1) {
      context.fillStyle = `hsl(${frame * 18} 60% 50%)`;
      context.fillRect(0, 0, 160, 240);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  return Buffer.from(bytes);
}

test('a sound is heard from anywhere in it, and a film has its place', async ({ friends: { ann, bob } }) => {
  await attach(ann.page, fileOf('bell.wav', sound(60)));
  const heard = bob.log.getByLabel(/Sound .*bell\.wav/);
  await expect(heard).toBeVisible(PATIENT);
  await expect.poll(() => heard.evaluate((each: HTMLAudioElement) => each.duration)).toBe(60);
  await heard.evaluate((each: HTMLAudioElement) => (each.currentTime = 50));
  await expect.poll(() => heard.evaluate((each: HTMLAudioElement) => !each.seeking && each.currentTime)).toBe(50);
  await attach(ann.page, fileOf('square.webm', await film(ann.page)));
  const card = bob.log.getByRole('article').filter({ hasText: 'square.webm' });
  await card.getByRole('button', { name: 'Accept' }).click(PATIENT);
  const seen = bob.log.getByLabel(/Video .*square\.webm/);
  await expect(seen).toBeVisible(PATIENT);
  await expect.poll(() => seen.evaluate((each: HTMLVideoElement) => each.videoWidth)).toBe(160);
  expect(await seen.evaluate((each) => [each.clientWidth, each.clientHeight])).toEqual([160, 240]);
  await checkScreen(bob.page, 'a film and a sound');
});

test('what is called a picture and is none is a card, and runs nowhere', async ({ friends: { ann, bob } }) => {
  await attach(ann.page, fileOf('photo.png', Buffer.from('<script>document.title = "taken"</script>')));
  const card = bob.log.getByRole('article').filter({ hasText: 'photo.png' });
  await expect(card.getByText('Received')).toBeVisible(PATIENT);
  await expect(bob.log.getByRole('img', { name: /Picture/ })).toHaveCount(0);
  await expect(bob.page).not.toHaveTitle('taken');
});

test('a file that is declined is so on both sides', async ({ friends: { ann, bob } }) => {
  await attach(ann.page, fileOf('no.bin', randomBytes(10)));
  await bob.log.getByRole('button', { name: 'Decline' }).click();
  await expect(bob.log.getByText('Declined')).toBeVisible();
  await expect(ann.log.getByText('Declined')).toBeVisible();
});

test('a picture is sent without where it was taken, and turned as it was', async ({ friends: { ann, bob } }) => {
  const said = await readFile(new URL('./testdata/holiday.webp', import.meta.url));
  await attach(ann.page, fileOf('holiday.webp', said));
  const shown = bob.log.getByRole('img', { name: /Picture .*holiday\.webp/ });
  await expect(shown).toBeVisible(PATIENT);
  await expect
    .poll(() => shown.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth))
    .not.toBe(0);
  const loading = bob.page.waitForEvent('download');
  await bob.log.getByRole('button', { name: 'Save' }).click();
  const saved = await readFile(await (await loading).path());
  expect(said.includes('Camera')).toBe(true);
  expect(saved.includes('Camera')).toBe(false);
  expect(saved.length).toBeLessThan(said.length);
  await choose(ann.page, fileOf('whole.webp', said));
  await ann.page.getByText('Original file').click();
  await ann.page.getByRole('textbox', { name: 'Message' }).press('Enter');
  await expect(bob.log.getByRole('img', { name: /Picture .*whole\.webp/ })).toBeVisible(PATIENT);
  const again = bob.page.waitForEvent('download');
  await bob.log.getByRole('button', { name: 'Save' }).last().click();
  expect(said.equals(await readFile(await (await again).path()))).toBe(true);
});

test('a picture that says it is as large as a town is a card', async ({ friends: { ann, bob } }) => {
  const bytes = picture(10, 10);
  bytes.writeUInt32BE(60_000, 16);
  bytes.writeUInt32BE(60_000, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  await attach(ann.page, fileOf('town.png', bytes));
  const card = bob.log.getByRole('article').filter({ hasText: 'town.png' });
  await expect(card.getByText('Received')).toBeVisible(PATIENT);
  await expect(card.getByRole('button', { name: 'Save' })).toBeVisible();
  await expect(bob.log.getByRole('img', { name: /Picture/ })).toHaveCount(0);
});

/** Both are killed while a file of so many MiB is under way. */
async function killedInTheMiddle({ ann, bob }: { ann: Person; bob: Person }, mebibytes: number): Promise<void> {
  const bytes = randomBytes(mebibytes * MIB);
  const { conversation } = await ann.daemon.ask(async (control) => (await control.request('contact.list', {}))[0]!);
  const path = fileOf('large.bin', bytes);
  await ann.daemon.ask((control) => control.request('file.sendPath', { conversation, path }));
  const card = bob.log.getByRole('article').filter({ hasText: 'large.bin' });
  const accept = card.getByRole('button', { name: 'Accept' });
  await accept.click();
  await expect(accept).toBeHidden();
  await bob.daemon.kill();
  await bob.daemon.start();
  await ann.daemon.kill();
  await ann.daemon.start();
  await bob.page.goto(await bob.daemon.url());
  await bob.openConversation('Ann');
  await expect(card.getByText('Received')).toBeVisible({ timeout: 1_000 * mebibytes + PATIENT.timeout });
  const loading = bob.page.waitForEvent('download');
  await card.getByRole('button', { name: 'Save' }).click();
  expect(digest(await readFile(await (await loading).path()))).toBe(digest(bytes));
}

test('Loom is killed on both sides, and the file still arrives', async ({ friends }) => {
  await killedInTheMiddle(friends, 24);
});

test('Loom is killed in the middle of a large file, and it still arrives', { tag: '@slow' }, async ({ friends }) => {
  test.setTimeout(900_000);
  await killedInTheMiddle(friends, 200);
});
