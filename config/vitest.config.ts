import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const quick = ['server/**/*.test.ts', 'web/**/*.test.ts', 'config/**/*.test.ts'];
/** `--mode slow`, by config/scripts/slow.js: long runs of what the quick tests try shortly. */
const slow = ['server/**/*.slow.ts'];
/** `--mode system`, by config/scripts/system.js: what needs a package that is not installed. */
const system = ['server/**/*.system.ts'];

export default defineConfig(({ mode }) => ({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: mode === 'slow' ? slow : mode === 'system' ? system : quick,
    pool: 'forks',
    fileParallelism: mode !== 'slow' && mode !== 'system',
    // Also on two cores: many tests wait for networks and disks.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: mode === 'slow' ? 0 : 60_000,
    // Making keys from passphrases takes seconds on a computer that is busy.
    hookTimeout: 60_000,
  },
}));
