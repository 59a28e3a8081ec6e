// A process that is asked to stop and does not; with a path, it also opens what never answers.
import { open, writeSync } from 'node:fs';
import { Lifetime } from '../../cli/process-lifecycle.ts';

const [path] = process.argv.slice(2);
const lifetime = new Lifetime();
if (path !== undefined) open(path, 'r', () => undefined);
process.once('exit', () => writeSync(1, 'put away\n'));
setInterval(() => undefined, 1000);
writeSync(1, 'up\n');
await lifetime.stopRequested;
