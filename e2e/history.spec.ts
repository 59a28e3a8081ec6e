// A long conversation opens at once and scrolls, with a handful of them in the page at any time.
import { expect, test } from './fixtures.ts';

const MESSAGES = 20_000;
const WINDOW = 200;
/** More than a tall window shows, far less than the conversation. */
const IN_THE_PAGE = 400;

test('20,000 messages scroll, page by page, from the newest to older ones', async ({ person }) => {
  test.slow();
  const ann = await person('Ann');
  await ann.onboard();
  const bob = await person('Bob');
  await bob.onboard();
  await ann.add(await bob.token(), 'Bob');
  await ann.daemon.ask(async (control) => {
    const [contact] = await control.request('contact.list', {});
    for (let sent = 0; sent < MESSAGES; sent += WINDOW) {
      const window = Array.from({ length: WINDOW }, (_, i) => sent + i);
      await Promise.all(
        window.map((n) => control.request('message.send', { contact: contact?.id ?? '', body: `message ${n}` })),
      );
    }
  });
  await ann.page.reload();
  await ann.openConversation('Bob');
  await expect(ann.message(`message ${MESSAGES - 1}`)).toBeVisible();
  const seen = new Set<string>();
  await ann.log.hover();
  for (let turn = 0; turn < 100; turn += 1) {
    await ann.page.mouse.wheel(0, -300);
    const texts = await ann.log.getByText(/^message \d+$/).allTextContents();
    expect(texts.length).toBeLessThan(IN_THE_PAGE);
    for (const text of texts) seen.add(text);
  }
  // What passed by is one unbroken run.
  await expect.poll(() => seen.size).toBeGreaterThan(300);
  const numbers = [...seen].map((text) => Number(text.split(' ')[1])).sort((a, b) => b - a);
  const newest = numbers[0] ?? 0;
  expect(newest).toBeGreaterThan(MESSAGES - 100);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => newest - i));
});
