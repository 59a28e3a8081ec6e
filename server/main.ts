#!/usr/bin/env node
// The first lines of the program. A Node that is too old has to get through them, to say so: nothing that Node 12 cannot
// read, and no import but that of the rest, stands here; the build adds none while it has no function. Everything else comes once the version is known.

/** As package.json says. */
const LEAST_NODE = [20, 19] as const;

const version = process.versions.node;
const [major, minor] = version.split('.').map(Number) as [number, number];
if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) {
  void import('./cli/program.ts');
} else {
  const message = `Loom needs Node ${LEAST_NODE.join('.')} or newer; this is Node ${version}. See nodejs.org.`;
  const asksForJson = process.argv.includes('--json');
  // In one write, so that nothing of it is left when the process ends.
  process.stderr.write(`${asksForJson ? JSON.stringify({ error: { code: 'failed', message } }) : message}\n`);
  process.exitCode = 1;
}
