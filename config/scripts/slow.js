// `npm run test:slow [-- FILTER]`: the long runs (fuzz, soak, thousands of kills) of what `npm test` tries shortly,
// and the browser tests tagged @slow. Needs a build and the installed packages; takes hours. FILTER is a part of a file's
// name.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './installed.js';

const filter = process.argv.slice(2);
const runs = [
  ['vitest/vitest.mjs', 'run', '--config', 'config/vitest.config.ts', '--mode', 'slow', '--passWithNoTests'],
  ['@playwright/test/cli.js', 'test', '--config', 'config/playwright.config.ts', '--pass-with-no-tests'],
];
const statuses = runs.map(
  ([file = '', ...args]) =>
    spawnSync(process.execPath, [join(root, 'node_modules', file), ...args, ...filter], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, LOOM_TEST_SLOW: '1' },
    }).status,
);
process.exitCode = statuses.every((status) => status === 0) ? 0 : 1;
