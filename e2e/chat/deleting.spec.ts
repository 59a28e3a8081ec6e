// What a person deletes is gone from their screen, every tab of theirs and their files; and from nobody else's.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { befriend, expect, test, type Person } from '../support/fixtures.ts';

interface File {
  readonly name: string;
  readonly bytes: Buffer;
}

/** By keyboard unless told: in a long message the mouse has to wait for the list to come to rest. */
async function choose(
  { page, log }: Person,
  body: string,
  item: string,
  hand: 'mouse' | 'keys' = 'keys',
): Promise<void> {
  const message = log.getByRole('article').filter({ hasText: body });
  if (hand === 'mouse') {
    await message.hover();
    await log.locator('.row').filter({ hasText: body }).getByRole('button', { name: 'More' }).click();
  } else {
    await message.press('Enter');
  }
  await page.getByRole('menu').getByRole('menuitem', { name: item }).click();
}

async function remove(person: Person, body: string, hand?: 'mouse'): Promise<void> {
  await choose(person, body, 'Delete', hand);
  const dialog = person.page.getByRole('dialog', { name: 'Delete message' });
  await expect(dialog).toContainText(body);
  await dialog.getByRole('button', { name: 'Delete for me' }).click();
  await expect(dialog).toHaveCount(0);
}

test('a message is deleted here alone, and the conversation goes on', async ({ friends: { ann, bob } }) => {
  await ann.send('one');
  await ann.send('two');
  await expect(bob.message('two')).toBeVisible();
  await remove(bob, 'two', 'mouse');
  await expect(bob.message('two')).toHaveCount(0);
  await expect(bob.page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await expect(bob.page.getByRole('list', { name: 'Conversations' })).toContainText('one');
  await expect(ann.message('two')).toBeVisible();
  await bob.page.reload();
  await expect(bob.message('one')).toBeVisible();
  await expect(bob.message('two')).toHaveCount(0);
  await ann.send('three');
  await expect(bob.message('three')).toBeVisible();
  await expect(bob.page.getByText(/missing here/)).toHaveCount(0);
});

test('one that waits is not sent any more', async ({ friends: { ann, bob } }) => {
  await bob.daemon.stop();
  await ann.send('to the wrong person');
  await ann.send('to the right one');
  await choose(ann, 'to the wrong person', 'Details');
  const dialog = ann.page.getByRole('dialog');
  await expect(dialog).toContainText('waiting to be sent');
  await ann.page.keyboard.press('Escape');
  await choose(ann, 'to the wrong person', 'Delete');
  await expect(dialog).toContainText('it will never be sent');
  await dialog.getByRole('button', { name: 'Delete for me' }).click();
  await bob.daemon.start();
  await bob.open();
  await bob.page.getByRole('link', { name: 'Ann' }).click();
  await expect(bob.message('to the right one')).toBeVisible();
  await expect(bob.message('to the wrong person')).toHaveCount(0);
  await expect(bob.page.getByText(/missing here/)).toHaveCount(0);
});

test('a conversation is emptied, and the contact stays', { tag: '@slow' }, async ({ friends: { ann, bob } }) => {
  for (let number = 1; number <= 60; number += 1) await ann.send(`line ${number}.`);
  await expect(bob.message('line 60.')).toBeVisible();
  const dialog = await bob.openDetails('Delete');
  await dialog.getByRole('button', { name: 'Delete all messages' }).click();
  await expect(dialog.getByText(/Delete all messages with Ann/)).toBeFocused();
  await dialog.getByRole('button', { name: 'Delete all for good' }).click();
  await expect(dialog.getByRole('button', { name: 'Remove contact' })).toBeVisible();
  await bob.page.keyboard.press('Escape');
  await expect(bob.page.getByText('Say hello to Ann')).toBeVisible();
  await ann.send('and on');
  await expect(bob.message('and on')).toBeVisible();
});

test('no file of the profile holds what was deleted, while Loom runs', { tag: '@slow' }, async ({ person }) => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  await befriend(ann, bob);
  const files = (): File[] =>
    readdirSync(bob.daemon.folder)
      .filter((name) => name.startsWith('loom.db') && !name.endsWith('.lock'))
      .map((name) => ({ name, bytes: readFileSync(join(bob.daemon.folder, name)) }));
  const before = Buffer.concat(files().map(({ bytes }) => bytes));
  // Long enough that whatever the files gain is this message, sealed.
  await ann.send('secret '.repeat(20_000));
  await expect(bob.log.getByText('Show all')).toBeVisible();
  const pieces = newPieces(before, files());
  expect(pieces.length).toBeGreaterThan(20);
  await remove(bob, 'secret secret');
  await expect.poll(() => pieces.filter((piece) => files().some(({ bytes }) => bytes.includes(piece))).length).toBe(0);
});

const PAGE = 4096;
/** SQLite's file format, §4.1: what stands before the frames of a WAL, and before the page of each. */
const [WAL_HEADER, FRAME_HEADER] = [32, 24];

/**
 * Of each new page that is all one row, a piece from its middle: an overflow page (SQLite's file format, §1.6), which begins with
 * the number of the next and not with the kind of a b-tree page. Other rows, which stay, are smaller.
 */
function newPieces(before: Buffer, files: readonly File[]): Buffer[] {
  return files.flatMap(({ name, bytes }) => {
    const [first, step] = name.endsWith('-wal') ? [WAL_HEADER + FRAME_HEADER, FRAME_HEADER + PAGE] : [0, PAGE];
    const pages = Array.from({ length: Math.floor((bytes.length - first) / step) }, (_, at) =>
      bytes.subarray(first + at * step, first + at * step + PAGE),
    );
    const middles = pages.filter((page) => page[0] === 0).map((page) => Buffer.from(page.subarray(2000, 2032)));
    return middles.filter((piece) => new Set(piece).size > 20 && !before.includes(piece));
  });
}
