import { expect, test } from '../support/fixtures.ts';

test(
  'several messages are copied with their authors and times, one as it stands',
  { tag: '@slow' },
  async ({ friends: { ann, bob } }) => {
    await ann.send('shall we?');
    await bob.send('yes,\nat noon');
    await expect(ann.message('yes,\nat noon')).toBeVisible();
    const copied = (): Promise<string> =>
      ann.page.evaluate(() => {
        const clipboardData = new DataTransfer();
        document.dispatchEvent(new ClipboardEvent('copy', { clipboardData, cancelable: true }));
        return clipboardData.getData('text/plain');
      });
    const select = (from: string, to: string): Promise<void> =>
      ann.page.evaluate(
        ([first, last]) => {
          const texts = [...document.querySelectorAll('[data-text]')];
          const at = (words: string): Element => texts.find(({ textContent }) => textContent.includes(words))!;
          document.getSelection()?.setBaseAndExtent(at(first!), 0, at(last!), at(last!).childNodes.length);
        },
        [from, to],
      );
    await select('shall', 'noon');
    expect(await copied()).toMatch(/^\[.*\d\d.*\] You: shall we\?\n\[.*\d\d.*\] Bob: yes,\nat noon$/u);
    // Left to the browser.
    await select('shall', 'shall');
    expect(await copied()).toBe('');
  },
);
