// `npm run test:browsers`: the main journey in Chromium, Firefox and WebKit, each as it is shipped, where they are installed.
// As root on Linux in a network of its own, whose only adapter is loopback: there people find each other nearby and meet by
// code, and nothing is announced anywhere. Elsewhere they meet by contact codes, as in `npm test`. Needs a build.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './installed.js';

const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
const tests = [playwright, 'test', '--config', 'config/playwright.config.ts', '--workers', '1', 'e2e/browsers'];
const alone = ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const isRoom = spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0;
if (!isRoom) console.warn('SKIPPED: meeting by code was not tried. It needs root, unshare and ip.');

const [program, ...args] = isRoom ? ['unshare', ...alone, process.execPath, ...tests] : [process.execPath, ...tests];
const env = { ...process.env, LOOM_TEST_BROWSERS: isRoom ? 'room' : 'all' };
const { status } = spawnSync(program, [...args, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit', env });
process.exitCode = status ?? 1;
