// Pictures of every component with its states, in three widths, two themes and two directions, compared with those that were
// looked at. After a change that is meant: `--update-snapshots`, and look at each.
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { createServer, type ViteDevServer } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
/** When the people on the page live. */
const NOW = Date.UTC(2026, 10, 30, 18);

let server: ViteDevServer;

// One after the other: they share a server, which compiles everything once.
test.describe.configure({ mode: 'default' });
test.use({ timezoneId: 'UTC', locale: 'en-US', reducedMotion: 'reduce', deviceScaleFactor: 1 });

test.beforeAll(async () => {
  server = await createServer({
    configFile: path('../../config/vite.config.ts'),
    root: path('../../web/gallery'),
    cacheDir: path('../../node_modules/.cache/gallery'),
    server: { host: '127.0.0.1', port: 0, fs: { allow: [path('../..')] } },
    logLevel: 'error',
  });
  await server.listen();
});
test.afterAll(() => server.close());

/** Each theme and each direction in the narrow and in the wide width, without every combination. */
const isShort = (width: number, theme: string, dir: string): boolean =>
  width !== 768 && (theme === 'light') === ((width === 360) === (dir === 'ltr'));

for (const width of [360, 768, 1280])
  for (const colorScheme of ['light', 'dark'] as const)
    for (const dir of ['ltr', 'rtl'] as const)
      test(
        `components, ${width} px, ${colorScheme}, ${dir}`,
        { tag: isShort(width, colorScheme, dir) ? [] : '@slow' },
        async ({ page }) => {
          await page.setViewportSize({ width, height: 800 });
          await page.emulateMedia({ colorScheme });
          await page.clock.setFixedTime(NOW);
          await page.goto(`${server.resolvedUrls?.local[0] ?? ''}?dir=${dir}`);
          // The first page waits until everything is compiled.
          await expect(page.getByRole('button', { name: 'Verify' })).toBeVisible({ timeout: 60_000 });
          await page.evaluate(() => document.fonts.ready);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(wider).toBeLessThanOrEqual(0);
          // Another version of the browser draws the edge of a letter a little otherwise.
          await expect(page).toHaveScreenshot(`${width}-${colorScheme}-${dir}.png`, {
            fullPage: true,
            maxDiffPixelRatio: 0.01,
          });
        },
      );
