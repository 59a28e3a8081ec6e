// A long conversation opens at once and scrolls, with a handful of its messages in the page at any time.
import { expect, test } from '../support/fixtures.ts';

/** Fifty pages of it: the page loads a few, whatever the number. */
const MESSAGES = 3_000;
/** Of the protocol's test data: nobody who runs anywhere. */
const SOMEBODY =
  'LOOM-AHAUPTFRMPSHHETBB7HYMOMMHP3FEBPP2YSHUP4DHZ4CDJSVIFRBE7WYKAS6UPM5A5JYAP3KJEIEJ2HECPFH5FOUWN56KUI4NIAD3LJYEE';
/** More than a tall window shows, far less than the conversation. */
const IN_THE_PAGE = 400;

test(
  'thousands of messages scroll, page by page, from the newest to older ones',
  { tag: '@slow' },
  async ({ person }) => {
    test.slow();
    const ann = await person('Ann');
    await ann.begin();
    await ann.know(SOMEBODY, 'Bob');
    await ann.sendMany(MESSAGES, (number) => `message ${number}`);
    await ann.page.reload();
    await ann.openConversation('Bob');
    await expect(ann.message(`message ${MESSAGES}`)).toBeVisible();
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
  },
);
