// A contact who sends more than Loom keeps: the rest waits at theirs, both pages and both command lines say so, and what
// is deleted makes room.
import { join } from 'node:path';
import { KEPT_BYTES } from '../../server/protocol/limits.ts';
import { Database } from '../../server/storage/database.ts';
import { expect, test, type Person } from '../support/fixtures.ts';

/** As if a contact's messages took so much here. */
async function pretendHeld({ daemon }: Person, bytes: number): Promise<void> {
  await daemon.stop();
  const database = new Database(join(daemon.folder, 'loom.db'));
  database.transaction(() => expect(database.change(`UPDATE contact SET held = ${bytes}`)).toBe(1));
  database.close();
  await daemon.start();
}

test(
  'what there is no room for waits, is said on both sides, and comes',
  { tag: '@slow' },
  async ({ friends: { ann, bob } }) => {
    await pretendHeld(ann, KEPT_BYTES - 1);
    await ann.open();
    await ann.openConversation('Bob');
    await bob.send('the last that fits');
    await expect(ann.message('the last that fits')).toBeVisible();
    await bob.send('one too many');
    await expect(ann.page.getByText('Loom keeps no more messages from Bob. Delete some')).toBeVisible();
    await expect(bob.page.getByText('Waiting: Ann’s Loom can’t take more right now.')).toBeVisible();
    await expect(ann.message('one too many')).toHaveCount(0);
    await ann.log.getByRole('button', { name: 'More' }).press('Enter');
    await ann.page.getByRole('menuitem', { name: 'Delete' }).click();
    await ann.page.getByRole('button', { name: 'Delete for me' }).click();
    await expect(ann.message('one too many')).toBeVisible();
    await expect(bob.page.getByText('can’t take more')).toHaveCount(0);
  },
);
