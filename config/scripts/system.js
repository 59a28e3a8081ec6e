// `npm run test:system`: discovery by the responder of the system, on the package `mdns` and a real Avahi. The package is
// native and no part of Loom, so it is installed and built in a temporary folder, which is removed afterwards. Needs the
// installed packages of Loom, Linux, root, and what `missing` looks for; says what is not there, and then nothing is
// tested.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmCommand, root } from './installed.js';

/** The package does not compile from here on. */
const TOO_NEW_NODE = 24;
const HEADERS = ['/usr/include', '/usr/include/avahi-compat-libdns_sd', '/usr/local/include'];
const PROGRAMS = ['g++', 'make', 'python3', 'ip', 'unshare', 'dbus-daemon', 'avahi-daemon', 'avahi-browse'];

/** @returns {string[]} what has to be there and is not */
function missing() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return [
    ...(process.platform === 'linux' ? [] : ['Linux']),
    ...(process.getuid?.() === 0 ? [] : ['root, for network namespaces']),
    ...(major < TOO_NEW_NODE ? [] : [`Node before ${TOO_NEW_NODE}, for which mdns does not compile`]),
    ...(HEADERS.some((folder) => existsSync(join(folder, 'dns_sd.h')))
      ? []
      : ['dns_sd.h (on Debian: libavahi-compat-libdnssd-dev)']),
    ...PROGRAMS.filter((program) => spawnSync('which', [program]).status !== 0),
  ];
}

/**
 * @param {string} folder
 * @param {string[]} args of npm
 * @returns {string | null} what it said, if it failed
 */
function npm(folder, args) {
  const [program, all, shell] = npmCommand(args);
  const { status, stdout, stderr } = spawnSync(program, all, { cwd: folder, shell, encoding: 'utf8' });
  return status === 0 ? null : `${stdout}${stderr}`;
}

/**
 * Installed without scripts, whatever npm thinks of them, and then built: npm brings node-gyp to what it runs.
 * @param {string} folder
 * @returns {string | null} why it could not be
 */
function install(folder) {
  const { mdns: version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).peerDependencies;
  const scripts = { build: 'cd node_modules/mdns && node-gyp rebuild' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, scripts }));
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund'];
  return npm(folder, ['install', ...quietly, `mdns@${version}`]) ?? npm(folder, ['run', 'build']);
}

/** @param {string} why */
function skip(why) {
  console.warn(`SKIPPED: discovery by the system's responder was not tested. ${why}`);
}

/** @param {string} library */
function test(library) {
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', '--config', 'config/vitest.config.ts', '--mode', 'system', ...process.argv.slice(2)];
  const env = { ...process.env, LOOM_TEST_MDNS: library };
  return spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit', env }).status;
}

const lacking = missing();
if (lacking.length > 0) skip(`Missing: ${lacking.join('; ')}.`);
else {
  const folder = mkdtempSync(join(tmpdir(), 'loom-mdns-'));
  try {
    const failure = install(folder);
    if (failure === null) process.exitCode = test(join(folder, 'node_modules', 'mdns', 'lib', 'mdns.js')) ?? 1;
    else skip(`The package mdns could not be installed and built:\n${failure}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
