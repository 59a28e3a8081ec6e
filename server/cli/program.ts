import { stopSignals } from './process-lifecycle.ts';
import { run } from './run.ts';
import { processTerminal } from './terminal/terminal.ts';

if (!stopSignals().includes('SIGHUP')) process.on('SIGHUP', () => undefined);

// Not process.exit(): what was written must get out first.
process.exitCode = await run(process.argv.slice(2), processTerminal);
