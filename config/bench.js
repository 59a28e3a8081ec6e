// `npm run bench`: bundles server/bench as the program is bundled, and runs it.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));
const outDir = path('../node_modules/.cache/bench');

await build({
  configFile: path('vite.server.config.ts'),
  logLevel: 'warn',
  build: { outDir, rolldownOptions: { input: { bench: path('../server/bench/main.ts') } } },
});
await import(pathToFileURL(`${outDir}/bench.js`).href);
