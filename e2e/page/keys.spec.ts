// Everything by keyboard from anywhere: the palette, the sheet of shortcuts, and each key that the list of them names.
import { expect, test, type Person } from '../support/fixtures.ts';
import { checkScreen } from '../support/screen.ts';

const palette = ({ page }: Person) => page.getByRole('combobox', { name: 'Commands' });

async function ask(person: Person, words: string): Promise<void> {
  await person.page.keyboard.press('ControlOrMeta+k');
  await expect(palette(person)).toBeFocused();
  await person.page.keyboard.type(words);
}

test('the palette goes to people, does what can be done, and finds settings', async ({ friends: { ann }, person }) => {
  test.slow();
  const { page } = ann;
  const carl = await person('Carl');
  await ann.know(await carl.begin(), 'Carl-Heinz Müller');
  await ann.send('the needle');
  await expect(ann.message('the needle')).toBeVisible();

  // Some letters of a name, and Enter: where one writes to them.
  await ask(ann, 'chmul');
  await expect(page.getByRole('option', { selected: true })).toContainText('Carl-Heinz Müller');
  await checkScreen(page, 'the palette');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Carl-Heinz Müller' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();

  // Escape leaves, and the focus is where it was.
  await ask(ann, 'x');
  await page.keyboard.press('Escape');
  await expect(palette(ann)).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();

  // By other words for it, to the setting itself.
  await ask(ann, 'dark mode');
  await page.keyboard.press('Enter');
  const theme = page.getByRole('group', { name: 'Theme' });
  await expect(theme).toBeInViewport();

  // What was said, when nothing is called so.
  await ask(ann, 'needle');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('searchbox', { name: 'Search people' })).toHaveValue('needle');
  await expect(page.getByRole('region', { name: 'Messages' }).getByRole('listitem')).toHaveCount(1);

  // An action, with the arrows.
  await ask(ann, 'add');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('option', { selected: true })).toContainText('Add contact');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Add contact' })).toBeVisible();
});

test('each shortcut does what the sheet says', { tag: '@slow' }, async ({ friends: { ann, bob }, person }) => {
  test.slow();
  const { page } = ann;
  const box = page.getByRole('textbox', { name: 'Message' });
  const carl = await person('Carl');
  await ann.know(await carl.begin(), 'Carl');
  await bob.send('hello');
  await expect(ann.message('hello')).toBeVisible();

  await box.focus();
  await page.keyboard.type('?');
  await expect(box).toHaveValue('?');
  await box.fill('');
  await page.keyboard.press('ControlOrMeta+/');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet.getByText('Next unread conversation')).toBeVisible();
  await checkScreen(page, 'the sheet of shortcuts');
  await page.keyboard.press('Escape');
  await expect(box).toBeFocused();
  await ann.log.getByRole('article').last().focus();
  await page.keyboard.press('?');
  await expect(sheet).toBeVisible();
  await page.keyboard.press('Escape');

  // From conversation to conversation, and back around.
  await page.keyboard.press('Alt+ArrowDown');
  await expect(page.getByRole('heading', { name: 'Carl' })).toBeVisible();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(page.getByRole('heading', { name: 'Bob' })).toBeVisible();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(page.getByRole('heading', { name: 'Carl' })).toBeVisible();
  await bob.send('are you there?');
  await expect(ann.entry('Bob')).toHaveAccessibleName(/1 unread/);
  await page.keyboard.press('Alt+Shift+ArrowDown');
  await expect(page.getByRole('heading', { name: 'Bob' })).toBeVisible();

  await page.keyboard.press('Alt+Shift+R');
  await expect(page.getByRole('group', { name: 'Replying to Bob' })).toBeVisible();
  await expect(box).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Alt+Shift+S');
  await page.getByRole('toolbar', { name: 'React' }).getByRole('button', { name: '👍' }).press('Enter');
  await expect(bob.log.getByRole('button', { name: '👍 from Ann' })).toBeVisible();
  await expect(box).toBeFocused();

  await page.keyboard.press('Alt+Shift+M');
  await page.getByRole('menuitem', { name: 'For 1 hour' }).press('Enter');
  await expect(ann.entry('Bob')).toHaveAccessibleName(/muted/);
  await page.keyboard.press('Alt+Shift+M');
  await expect(ann.entry('Bob')).not.toHaveAccessibleName(/muted/);
  await page.keyboard.press('Alt+Shift+U');
  await expect(ann.entry('Bob')).toHaveAccessibleName(/marked as unread/);
  await page.keyboard.press('Alt+Shift+U');
  await expect(ann.entry('Bob')).not.toHaveAccessibleName(/marked as unread/);
  await page.keyboard.press('Alt+Shift+E');
  await expect(page.getByRole('button', { name: 'Archived (1)' })).toBeVisible();
  await page.keyboard.press('Alt+Shift+E');
  await expect(ann.entry('Bob')).toBeVisible();
  await page.keyboard.press('Alt+Shift+D');
  await expect(page.getByRole('complementary', { name: /^About / })).toBeVisible();
  await page.keyboard.press('Alt+Shift+D');
  await expect(page.getByRole('complementary', { name: /^About / })).toHaveCount(0);

  await page.keyboard.press('ControlOrMeta+Shift+F');
  await expect(page.getByText('Only in Bob')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Shift+F');
  await expect(page.getByText('Only in Bob')).toHaveCount(0);
  // Nothing works while something lies over the page.
  await page.keyboard.press('ControlOrMeta+/');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(sheet).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'Bob' })).toBeVisible();
});
