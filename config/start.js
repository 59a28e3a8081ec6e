// `npm start`: from a fresh clone to a running Loom. What follows `--` goes to loom-web.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, requireNode, root } from './installed.js';

requireNode();
if (!ensureInstalled() || !ensureBuilt()) process.exit(1);

// In this very process: signals and the exit code need no passing on.
const main = join(root, 'dist', 'server', 'main.js');
process.argv[1] = main;
await import(pathToFileURL(main).href);
