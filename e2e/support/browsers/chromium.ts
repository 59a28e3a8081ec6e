// Chromium by Playwright, behind the same few words as the others.
import { chromium, type ConsoleMessage, type LaunchOptions } from '@playwright/test';
import { isExpected, LISTENING } from './listening.ts';
import { KEYS, type RemotePage } from './remote-page.ts';

export async function openChromium(options: LaunchOptions): Promise<RemotePage> {
  const browser = await chromium.launch(options);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(LISTENING);
  const complaints: string[] = [];
  page.on('console', (message: ConsoleMessage) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', ({ message }) => complaints.push(message));
  return {
    goto: async (url) => {
      await page.goto(url);
    },
    reload: async () => {
      await page.reload();
    },
    evaluate: (expression) => page.evaluate(expression),
    click: ({ x, y }) => page.mouse.click(x, y),
    press: async (keys) => {
      for (const key of keys) await page.keyboard.press(key === KEYS.enter ? 'Enter' : key);
    },
    complaints: () => complaints.filter((complaint) => !isExpected(complaint)),
    picture: () => page.screenshot(),
    resize: (width, height) => page.setViewportSize({ width, height }),
    close: () => browser.close(),
  };
}
