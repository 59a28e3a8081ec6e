import { defineConfig } from '@playwright/test';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { launchOptions } from './scripts/find-browser.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const report = process.env.LOOM_TEST_REPORT;
/** Set by config/scripts/slow.js: the long runs instead. */
const slow = process.env.LOOM_TEST_SLOW === '1';

export default defineConfig({
  testDir: path('../e2e'),
  testMatch: slow ? ['**/*.slow.ts', '**/*.spec.ts'] : '**/*.spec.ts',
  // A spec has tests that take long and rarely break: tagged, they run with the long ones.
  ...(slow ? { grep: /\.slow\.ts|@slow/ } : { grepInvert: /@slow/ }),
  outputDir: path('../test-results'),
  // One set for all systems: what is compared brings its own typeface.
  snapshotPathTemplate: '{testDir}/{testFileDir}/gallery/{arg}{ext}',
  // Each test starts Looms of its own, and a browser, and waits for them now and then: three at a time fill two cores.
  workers: slow ? 1 : Math.max(3, availableParallelism() - 1),
  fullyParallel: true,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Many times what a test takes: a machine that is busy makes none of them fail.
  timeout: slow ? 0 : 240_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ...(report ? [['json', { outputFile: report }] as const] : [])],
  use: {
    browserName: 'chromium',
    launchOptions: launchOptions(),
    // A trace takes a quarter of the time; `--trace on` records one of a test that fails.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
