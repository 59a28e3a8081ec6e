// Builds both halves into dist/, and lists what third parties wrote of them.
import { chmod, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { Inventory } from './third-party.js';

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, new URL('../', import.meta.url)));

// Whatever the shell says: a development build would be another one.
process.env.NODE_ENV = 'production';
const inventory = new Inventory();
for (const config of ['vite.server.config.ts', 'vite.config.ts']) {
  await build({ configFile: path(config), plugins: [inventory.plugin()], logLevel: 'warn' });
}
await chmod(path('../dist/server/main.js'), 0o755);
await writeFile(path('../dist/THIRD-PARTY.txt'), inventory.text());
