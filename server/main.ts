#!/usr/bin/env node
import { run } from './cli/run.ts';
import { processTerminal } from './cli/terminal.ts';

// Whoever read our output may go first, as `loom-web messages … | head` does.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

// Not process.exit(): what was written must get out first.
process.exitCode = await run(process.argv.slice(2), processTerminal);
