// What `npm start` does, by a Node that is new enough.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, root } from './installed.js';

/** How often to look whether npm still is. */
const LOOK_EVERY_MS = 250;

if (!ensureInstalled() || !ensureBuilt()) process.exit(1);

// npm starts this through a shell, and what ends npm ends the shell alone; then this process has to end as well.
const shell = process.ppid;
const looking = setInterval(() => {
  if (process.ppid === shell || process.env.npm_lifecycle_event === undefined) return;
  clearInterval(looking);
  process.kill(process.pid, 'SIGTERM');
}, LOOK_EVERY_MS).unref();

// In this very process: signals and the exit code need no passing on.
const main = join(root, 'dist', 'server', 'main.js');
process.argv[1] = main;
await import(pathToFileURL(main).href);
