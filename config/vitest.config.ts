import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['server/**/*.test.ts', 'web/**/*.test.ts', 'config/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
  },
});
