// How long it takes from the press of Enter until the page says “delivered”, between two profiles on this computer, each
// in a browser context of its own. Prints its figures; only on a quiet machine do they say something about Loom.
import type { Page } from '@playwright/test';
import { loadavg } from 'node:os';
import { expect, test } from '../support/fixtures.ts';

const WARM_UP = 30;
const MESSAGES = 200;

/** What the page measures of one message, in ms from the press: shown at all, and shown as delivered. */
interface Timing {
  readonly shown: number;
  readonly delivered: number;
}

declare global {
  interface Window {
    measure: (text: string) => void;
    timing: Promise<Timing>;
  }
}

/** The page's own clock and eyes: no round trip to the test stands between press and sight. */
async function install(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.measure = (text) => {
      window.timing = new Promise((resolve) => {
        let pressed = NaN;
        let shown = NaN;
        const press = (event: KeyboardEvent): void => {
          if (event.key === 'Enter') pressed = performance.now();
        };
        window.addEventListener('keydown', press, { capture: true });
        const eyes = new MutationObserver(() => {
          const now = performance.now();
          const body = [...document.querySelectorAll('[role=log] p')].findLast((each) => each.textContent === text);
          if (!body) return;
          if (Number.isNaN(shown)) shown = now;
          if (!/delivered|read/.test(body.closest(':has(time)')?.textContent ?? '')) return;
          eyes.disconnect();
          window.removeEventListener('keydown', press, { capture: true });
          resolve({ shown: shown - pressed, delivered: now - pressed });
        });
        eyes.observe(document.body, { subtree: true, childList: true, characterData: true });
      });
    };
  });
}

async function time(page: Page, text: string): Promise<Timing> {
  const box = page.getByRole('textbox', { name: 'Message' });
  await box.fill(text);
  await page.evaluate((body) => window.measure(body), text);
  await box.press('Enter');
  return page.evaluate(() => window.timing);
}

function summary(name: string, values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? NaN).toFixed(1);
  return `${name}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`;
}

test(`from Enter to “delivered”, ${MESSAGES} messages one at a time`, async ({ friends: { ann, bob } }) => {
  await install(ann.page);
  for (let n = 0; n < WARM_UP; n += 1) await time(ann.page, `warm-up ${n}`);
  const timings: Timing[] = [];
  const before = loadavg()[0] ?? NaN;
  for (let n = 0; n < MESSAGES; n += 1) timings.push(await time(ann.page, `message ${n}`));
  await expect(bob.message(`message ${MESSAGES - 1}`)).toBeVisible();
  const lines = [
    summary(
      'shown',
      timings.map(({ shown }) => shown),
    ),
    summary(
      'delivered',
      timings.map(({ delivered }) => delivered),
    ),
    `load ${before.toFixed(1)} to ${(loadavg()[0] ?? NaN).toFixed(1)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
});
