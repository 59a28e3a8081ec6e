// Where one begins to read: at the first message that is new, however many there are and however tall. What was in view is
// read, and nothing else.
import { expect, test, type Person } from '../support/fixtures.ts';

interface Case {
  readonly count: number;
  readonly body: (number: number) => string;
  readonly tag?: '@slow';
}

const twoLines = (number: number): string => `message ${number}\nand a line below it`;
const mixed = (number: number): string => `message ${number}${'\nmore'.repeat((number * 7) % 12)}`;

const cases: readonly Case[] = [
  { count: 3, body: twoLines },
  { count: 8, body: twoLines, tag: '@slow' },
  { count: 12, body: mixed, tag: '@slow' },
  { count: 25, body: mixed },
  { count: 80, body: twoLines, tag: '@slow' },
  { count: 5_000, body: (number) => `message ${number}`, tag: '@slow' },
];

const unreadOf = ({ daemon }: Person): Promise<number> =>
  daemon.ask(async (control) => (await control.request('conversation.list', {}))[0]?.unread ?? -1);

/** The numbers of the messages that are wholly in view, top to bottom. */
const inView = ({ page }: Person): Promise<number[]> =>
  page.evaluate(() => {
    const log = document.querySelector('[role=log]')?.getBoundingClientRect();
    if (!log) return [];
    return [...document.querySelectorAll('[role=log] .bubble')]
      .filter((bubble) => {
        const { top, bottom } = bubble.getBoundingClientRect();
        return top >= log.top - 1 && bottom <= log.bottom + 1;
      })
      .map((bubble) => Number(/message (\d+)/.exec(bubble.querySelector('p')?.textContent ?? '')?.[1] ?? NaN))
      .filter((number) => !Number.isNaN(number));
  });

for (const { count, body, tag = [] } of cases) {
  test(`${count} unread begin at the first of them`, { tag }, async ({ friends: { ann, bob } }) => {
    test.slow();
    await ann.sendMany(20, (number) => `long ago ${number}`);
    await expect(bob.message('long ago 20')).toBeVisible();
    await ann.page.goto(`${ann.daemon.origin}/#/`);
    await bob.sendMany(count, body);
    await expect.poll(() => unreadOf(ann), { timeout: 60_000 }).toBe(count);
    // The page has heard of all of them: what comes once it is opened comes before her eyes.
    const name = new RegExp(`${count.toLocaleString('en')} unread`);
    await expect(ann.entry('Bob')).toHaveAccessibleName(name, { timeout: 60_000 });
    await ann.openConversation('Bob');
    await expect(ann.log.getByText('New messages')).toBeInViewport({ timeout: 30_000 });
    // Whatever comes to rest later, and whatever is marked by then.
    await ann.page.waitForTimeout(1_000);
    await expect(ann.log.getByText('New messages')).toBeInViewport();
    const seen = await inView(ann);
    expect(seen[0]).toBe(1);
    const last = seen.at(-1) ?? 0;
    await expect.poll(() => unreadOf(ann)).toBe(count - last);
    if (last === count) return;
    // Further down they are read as they come into view: by more than the tallest of them.
    await ann.log.hover();
    await ann.page.mouse.wheel(0, 500);
    await expect.poll(() => unreadOf(ann)).toBeLessThan(count - last);
    if (count < 80) await ann.page.mouse.wheel(0, 10_000);
    else await ann.page.getByRole('button', { name: /new message/ }).click();
    await expect.poll(() => unreadOf(ann)).toBe(0);
    await expect.poll(async () => (await inView(ann)).at(-1)).toBe(count);
  });
}

test('what comes while nobody looks is there to begin with, and what comes before one’s eyes is read', async ({
  friends: { ann, bob },
}) => {
  await bob.sendMany(30, twoLines);
  // Before they have come, none is unread.
  await expect(ann.log.getByText('message 30')).toBeVisible();
  await expect.poll(() => unreadOf(ann)).toBe(0);
  await ann.page.evaluate(() => {
    Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true });
    window.dispatchEvent(new Event('blur'));
  });
  await bob.sendMany(30, (number) => `message ${number + 100}\nand a line below it`);
  await expect.poll(() => unreadOf(ann)).toBe(30);
  await expect(ann.log.getByText('New messages')).toBeInViewport();
  await ann.page.evaluate(() => {
    Reflect.deleteProperty(document, 'hasFocus');
    window.dispatchEvent(new Event('focus'));
  });
  await expect.poll(() => unreadOf(ann)).toBeGreaterThan(0);
  await expect.poll(() => unreadOf(ann)).toBeLessThan(30);
  await expect(ann.log.getByText('New messages')).toBeInViewport();
});
