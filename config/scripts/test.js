// `npm test`: everything that must hold, from a fresh clone. Ends with one line that sums up all tests.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, npmCommand, root } from './installed.js';
import { requireNode } from './least-node.js';

const reports = join(root, 'node_modules', '.cache', 'reports');
const unitReport = join(reports, 'unit.json');
const browserReport = join(reports, 'browser.json');

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/** @type {Count} */
const none = { passed: 0, failed: 0, skipped: 0 };

/**
 * A step that is right or wrong as a whole; it counts only when it is wrong. What it says comes in one piece, so that
 * two can run side by side.
 * @param {string} script of package.json
 * @returns {Promise<Count>}
 */
function whole(script) {
  const [program, args, shell] = npmCommand(['run', '--silent', script]);
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell });
  /** @type {Buffer[]} */
  const said = [];
  child.stdout.on('data', (piece) => said.push(piece));
  child.stderr.on('data', (piece) => said.push(piece));
  return new Promise((resolve) => {
    child.once('close', (status) => {
      process.stdout.write(Buffer.concat(said));
      resolve(status === 0 ? none : { ...none, failed: 1 });
    });
  });
}

/**
 * Steps that count their tests; one that fails without a failed test counts as one.
 * @param {string} report
 * @param {(report: string) => Count} read
 * @param {string} file the program, below node_modules
 * @param {string[]} args
 * @returns {Promise<Count>}
 */
function counted(report, read, file, args) {
  const env = { ...process.env, LOOM_TEST_REPORT: report };
  const program = join(root, 'node_modules', file);
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 1, 2], env });
  return new Promise((resolve) => {
    child.once('close', (status) => {
      const count = readCount(report, read);
      resolve(status !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count);
    });
  });
}

/**
 * @param {string} report
 * @param {(report: string) => Count} read
 * @returns {Count}
 */
function readCount(report, read) {
  try {
    return read(readFileSync(report, 'utf8'));
  } catch {
    return { ...none, failed: 1 };
  }
}

/** @param {string} report of vitest */
function readUnit(report) {
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number }} */
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(report);
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
}

/** @param {string} report of Playwright */
function readBrowser(report) {
  /** @type {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} */
  const { stats } = JSON.parse(report);
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

function unit() {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`];
  const args = ['run', '--config', 'config/vitest.config.ts', ...reporters];
  return counted(unitReport, readUnit, 'vitest/vitest.mjs', args);
}

async function browser() {
  // Only now: it needs the packages.
  const { browserAdvice, findBrowser, installBrowser } = await import('./find-browser.js');
  if ((findBrowser() ?? installBrowser()) === null) {
    console.error(browserAdvice);
    return { ...none, failed: 1 };
  }
  const args = ['test', '--config', 'config/playwright.config.ts'];
  return counted(browserReport, readBrowser, '@playwright/test/cli.js', args);
}

requireNode();
if (!ensureInstalled()) {
  console.log('0 passed, 1 failed');
  process.exit(1);
}
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

/** One after the other; those of one row side by side. @type {[string, () => Promise<Count>][][]} */
const steps = [
  [['build', () => whole('build')]],
  // The unit tests wait for networks and disks now and then: the others have room beside them.
  [
    ['lint', () => whole('lint')],
    ['types', () => whole('types')],
    ['unit tests', unit],
  ],
  [['browser tests', browser]],
];
const sum = { ...none };
/** @type {string[]} */
const summary = [];
for (const row of steps) {
  console.log(`\n── ${row.map(([name]) => name).join(', ')}`);
  await Promise.all(row.map(([name, step]) => take(name, step)));
}
console.log(`\n${summary.join('\n')}\n\n${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed === 0 ? 0 : 1;

/**
 * @param {string} name
 * @param {() => Promise<Count>} step
 */
async function take(name, step) {
  const start = performance.now();
  const { passed, failed, skipped } = await step();
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped += skipped;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  summary.push(
    `${failed === 0 ? 'ok    ' : 'FAILED'} ${name}, ${seconds} s${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
}
