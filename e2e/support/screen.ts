// A screen as it must be in both themes and both widths: nothing that axe finds, and a layout that fits.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 360, height: 740 };

/** @param screen what it is called when something is found. */
export async function checkScreen(page: Page, screen: string): Promise<void> {
  for (const viewport of [WIDE, NARROW]) {
    await page.setViewportSize(viewport);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, `${screen} is wider than ${viewport.width} px`).toBeLessThanOrEqual(0);
    expect(await page.evaluate(findCutOff), `cut off on ${screen}, ${viewport.width} px`).toEqual([]);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // There are no frames, so axe may run in the page itself; else it opens a page of its own each time.
      const axe = new AxeBuilder({ page }).setLegacyMode(true);
      // Only contrast depends on the theme.
      const { violations } = await (colorScheme === 'light' ? axe : axe.withRules('color-contrast')).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found, `${screen}, ${colorScheme}, ${viewport.width} px`).toEqual([]);
    }
  }
  await page.setViewportSize(WIDE);
}

/** What can be pressed or written in and sticks out of its pane, where it may be covered. */
function findCutOff(): string[] {
  return [...document.querySelectorAll<HTMLElement>('a, button, input, select, textarea')]
    .filter((element) => {
      const pane = element.closest('dialog, nav, main');
      if (!pane || !element.checkVisibility()) return false;
      return element.getBoundingClientRect().right > pane.getBoundingClientRect().right + 1;
    })
    .map(({ outerHTML }) => outerHTML.slice(0, 200));
}
