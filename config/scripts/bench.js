// `npm run bench`: bundles server/bench as the program is bundled, and runs it.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, new URL('../', import.meta.url)));

await build({ configFile: path('vite.server.config.ts'), mode: 'bench', logLevel: 'warn' });
await import(pathToFileURL(path('../node_modules/.cache/bench/bench.js')).href);
