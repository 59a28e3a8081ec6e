// Who lost the machine comes back, as README's “Coming back” says: from the phrase, from a backup, from the original Loom.
import type { Locator } from '@playwright/test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OriginalDatabase, person as originalPerson, seed, uuid } from '../../server/testing/disk/original-loom.ts';
import { expect, KEY_MS, test, type Person } from '../support/fixtures.ts';
import { checkScreen } from '../support/screen.ts';

const HERS = 'correct horse battery';
const SEALED = 'quite another staple';

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-back-'));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const button = (who: Person, name: string): Locator => who.page.getByRole('button', { name, exact: true });
const field = (who: Person, name: string): Locator => who.page.getByRole('textbox', { name });

interface Pair {
  readonly ann: Person;
  readonly bob: Person;
  /** Ann's machine is gone, and her new one answers where the old one did. Bob writes meanwhile. */
  readonly lose: () => Promise<Person>;
}

/** Ann, with a passphrase, and Bob have talked. */
async function acquainted(person: (name: string, options?: readonly string[]) => Promise<Person>): Promise<Pair> {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
  const [annToken, bobToken] = await Promise.all([ann.begin(HERS), bob.begin()]);
  await bob.know(annToken, 'Ann');
  await ann.know(bobToken, 'Bob', bob.address);
  await ann.openConversation('Bob');
  await bob.openConversation('Ann');
  await ann.send('before');
  await expect(bob.message('before')).toBeVisible();
  const lose = async (): Promise<Person> => {
    const { peerPort } = ann.daemon.ready;
    await ann.context.close();
    await ann.daemon.remove();
    await bob.send('are you there?');
    const again = await person('Anna', ['--peer-port', String(peerPort)]);
    await again.open();
    await button(again, 'Restore').click();
    return again;
  };
  return { ann, bob, lose };
}

async function openSettings(ann: Person): Promise<void> {
  await ann.openSettings();
  await expect(ann.page.getByRole('heading', { name: 'Recovery phrase' })).toBeVisible();
}

/** Has the phrase shown, and shows that it was written down. @returns the words. */
async function writeDown(ann: Person): Promise<string[]> {
  await button(ann, 'Show the phrase').click();
  await field(ann, 'Your passphrase').fill(HERS);
  // It takes no press in the moment it appears.
  await expect(button(ann, 'Show the words')).toBeEnabled();
  await field(ann, 'Your passphrase').press('Enter');
  const list = ann.page.getByRole('list', { name: 'Your recovery phrase' });
  await expect(list.getByRole('listitem')).toHaveCount(24);
  await checkScreen(ann.page, 'the phrase');
  const words = (await list.getByRole('listitem').allInnerTexts()).map((text) => text.replace(/^\d+\s*/, ''));
  await button(ann, 'I have written them down').click();
  await expect(list).toHaveCount(0);
  const asked = await ann.page.getByText(/^Word \d+$/).allInnerTexts();
  expect(asked).toHaveLength(3);
  for (const label of asked) {
    await ann.page.getByRole('textbox', { name: label, exact: true }).fill(words[Number(label.slice(5)) - 1]!);
  }
  // “Word 2” is not “Word 20”.
  const second = ann.page.getByRole('textbox', { name: asked[1]!, exact: true });
  await second.fill('something else');
  await button(ann, 'Check').click();
  await expect(ann.page.getByRole('alert')).toHaveText(`This is not ${asked[1]!.toLowerCase()}.`);
  await second.fill(words[Number(asked[1]!.slice(5)) - 1]!);
  await button(ann, 'Check').click();
  await expect(ann.page.getByText('All three are right.')).toBeVisible();
  return words;
}

test(
  'from the recovery phrase: the same person, whom a contact finds without doing anything',
  { tag: '@slow' },
  async ({ person }) => {
    test.slow();
    const { ann, bob, lose } = await acquainted(person);
    await expect(ann.page.getByRole('link', { name: 'Set up recovery' })).toBeVisible();
    await openSettings(ann);
    const words = await writeDown(ann);
    await expect(ann.page.getByRole('link', { name: 'Set up recovery' })).toHaveCount(0);

    const again = await lose();
    await checkScreen(again.page, 'ways to come back');
    await button(again, 'Recovery phrase').click();
    // As a list on paper is numbered, and with a slip of the pen.
    const typed = words.map((word, at) => `${at + 1}. ${at === 4 ? 'lomo' : word}`).join('\n');
    await field(again, 'The 24 words').fill(typed);
    await field(again, 'Your name').fill('Ann');
    await field(again, 'New passphrase').fill(HERS);
    await button(again, 'Restore my identity').click();
    await expect(again.page.getByRole('alert')).toContainText('Word 5, “lomo”');
    await expect(field(again, 'The 24 words')).toBeFocused();
    await checkScreen(again.page, 'a phrase with a wrong word');
    await field(again, 'The 24 words').fill(words.join(' '));
    await button(again, 'Restore my identity').click();
    await again.page.getByRole('list', { name: 'Requests' }).getByRole('button', { name: 'Accept' }).click();
    await expect(again.message('are you there?')).toBeVisible();
    await again.send('here I am');
    await expect(bob.message('here I am')).toBeVisible();
    await expect(bob.page.getByRole('list', { name: 'Conversations' }).getByRole('listitem')).toHaveCount(1);
  },
);

test('from a backup: everything, and what was sent meanwhile', { tag: '@slow' }, async ({ person }) => {
  test.slow();
  const { ann, bob, lose } = await acquainted(person);
  const file = join(folder, 'ann.backup');
  await openSettings(ann);
  await button(ann, 'Back up now').click();
  await field(ann, 'Where to put the file').fill('ann.backup');
  await field(ann, 'Passphrase for the backup').fill(SEALED);
  await field(ann, 'Your passphrase').fill(HERS);
  await button(ann, 'Create and verify').click();
  await expect(field(ann, 'Where to put the file')).toBeFocused();
  await expect(ann.page.getByRole('alert')).toContainText('full path');
  await checkScreen(ann.page, 'the form for a backup');
  await field(ann, 'Where to put the file').fill(file);
  await button(ann, 'Create and verify').click();
  await expect(ann.page.getByText('Backup saved and verified: 1 contact, 1 message.')).toBeFocused({
    timeout: KEY_MS,
  });

  const again = await lose();
  await button(again, 'Backup file').click();
  await field(again, 'Where the file is').fill(file);
  await field(again, 'Passphrase of the backup').fill('not it');
  await field(again, 'New passphrase').fill(HERS);
  await button(again, 'Restore everything').click();
  await expect(field(again, 'Passphrase of the backup')).toBeFocused({ timeout: KEY_MS });
  await expect(again.page.getByRole('alert')).toContainText('isn’t the passphrase of this backup');
  await checkScreen(again.page, 'restoring a backup');
  await field(again, 'Passphrase of the backup').fill(SEALED);
  await button(again, 'Restore everything').click();
  await again.openConversation('Bob');
  await expect(again.message('before')).toBeVisible();
  await expect(again.message('are you there?')).toBeVisible();
  await again.send('here I am');
  await expect(bob.message('here I am')).toBeVisible();
  await again.daemon.ask((control) => control.request('vault.lock', {}));
  await expect(button(again, 'Unlock')).toBeVisible();
});

test('from the original Loom: looked at first, then brought over', { tag: '@slow' }, async ({ person }) => {
  test.slow();
  const path = join(folder, 'loom.db');
  const bob = originalPerson(2);
  new OriginalDatabase(path)
    .identity(seed(1))
    .contact(bob, 'Bob')
    .contact(bob, 'Bob again')
    .sent(uuid(1), bob.ik, 'a question', 1_700_000_001)
    .received(uuid(2), bob.ik, 'an answer', 1_700_000_002)
    .close();
  const before = readFileSync(path);
  const ann = await person('Ann');
  await ann.open();
  await button(ann, 'Restore').click();
  await button(ann, 'The original Loom').click();
  await button(ann, 'Preview import').click();
  await expect(ann.page.getByRole('alert')).toContainText('Type where the database is');
  await field(ann, 'Where its database is').fill(join(folder, 'elsewhere.db'));
  await button(ann, 'Preview import').click();
  await expect(ann.page.getByRole('alert')).toContainText('no such file');
  await field(ann, 'Where its database is').fill(path);
  await button(ann, 'Preview import').click();
  await expect(ann.page.getByRole('heading', { name: 'Will be imported' })).toBeFocused();
  await expect(ann.page.getByText('1 contact, 2 messages.')).toBeVisible();
  await expect(ann.page.getByText('1 duplicate contact')).toBeVisible();
  await checkScreen(ann.page, 'what an import would bring');
  await button(ann, 'Import').click();
  await expect(field(ann, 'Your name')).toBeFocused();
  await field(ann, 'Your name').fill('Ann');
  await button(ann, 'Import').click();
  await ann.openConversation('Bob');
  await expect(ann.log.getByRole('listitem').or(ann.log.getByText(/^(a question|an answer)$/))).not.toHaveCount(0);
  await expect(ann.message('an answer')).toBeVisible();
  expect(readFileSync(path).equals(before)).toBe(true);
});
