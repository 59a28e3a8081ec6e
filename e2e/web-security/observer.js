// Somebody else on the same computer, who looks at everything that the system shows of a Loom and knocks at every door.
// Started before it: `onlooker.js UID DATA-DIR`. On "end" it prints, as JSON, what was refused and all that was given.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [uid = '', folder = ''] = process.argv.slice(2);

/** By name of what was tried: how often it was refused. @type {Record<string, number>} */
const refused = {};
/** What was given, each once. @type {Set<string>} */
const given = new Set();

/** @param {string} name @param {() => string | Buffer | string[]} look */
function attempt(name, look) {
  try {
    const found = look();
    given.add(`${name}: ${Buffer.isBuffer(found) ? found.toString('latin1') : String(found)}`);
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? 'unknown';
    // Gone between two looks is no refusal.
    if (code === 'ENOENT' || code === 'ESRCH') return;
    refused[name] = (refused[name] ?? 0) + 1;
  }
}

function lookAtProcesses() {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const place = `/proc/${pid}`;
    try {
      if (String(statSync(place).uid) !== uid) continue;
    } catch {
      continue;
    }
    for (const name of ['cmdline', 'comm', 'status', 'wchan']) attempt(name, () => readFileSync(join(place, name)));
    for (const name of ['environ', 'maps', 'mem', 'auxv', 'syscall', 'stack', 'io'])
      attempt(name, () => readFileSync(join(place, name)));
    for (const name of ['cwd', 'exe', 'root']) attempt(name, () => readlinkSync(join(place, name)));
    attempt('fd', () => readdirSync(join(place, 'fd')));
  }
  for (const name of ['unix', 'tcp', 'tcp6', 'udp', 'udp6'])
    attempt(`net/${name}`, () => readFileSync(`/proc/net/${name}`));
}

/** The folders are named by whoever knows the program. */
function lookAtFiles() {
  for (const path of [folder, join(folder, 'default')]) {
    attempt('folder', () => readdirSync(path));
    for (const name of ['keys.json', 'loom.db', 'control.sock', 'port', 'open.html'])
      attempt('file', () => readFileSync(join(path, name)));
  }
  attempt('temporary files', () => readdirSync('/tmp').map((name) => contentOf(join('/tmp', name))));
}

/** @param {string} path */
function contentOf(path) {
  try {
    const { uid: owner } = statSync(path);
    return String(owner) === uid ? `${path} ${readFileSync(path, 'latin1')}` : '';
  } catch {
    return '';
  }
}

/** Says something to a socket, and keeps what comes back. @param {import('node:net').NetConnectOpts} where @param {string} bytes */
function say(where, bytes) {
  return new Promise((resolve) => {
    const name = 'path' in where ? 'control socket' : 'page';
    const socket = connect(where);
    const answers = /** @type {Buffer[]} */ ([]);
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('error', (error) => {
      attempt(name, () => {
        throw error;
      });
      resolve(null);
    });
    socket.on('data', (data) => answers.push(data));
    socket.on('close', () => {
      if (answers.length > 0) attempt(name, () => Buffer.concat(answers));
      resolve(null);
    });
    socket.write(bytes);
  });
}

/** @param {number} port @param {readonly string[]} sockets */
async function knock(port, sockets) {
  const host = `127.0.0.1:${port}`;
  const json = '{"code":"AAAAAAAAAAAAAAAAAAAAAA"}';
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
  const requests = [
    ...['/', '/open', '/api/way-in', '/api/session', '/ws', '/index.html', '/../../keys.json', '/assets/'].map(
      (path) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    ),
    `POST /api/session HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\nConnection: close\r\n\r\n${json}`,
    `GET /ws HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\n${upgrade}\r\n\r\n`,
  ];
  for (const request of requests) await say({ host: '127.0.0.1', port }, request);
  for (const path of sockets) await say({ path }, '{"id":1,"command":"status.get","params":{}}\n');
}

const looking = setInterval(lookAtProcesses, 5);
process.stdout.write('looking\n');
createInterface({ input: process.stdin }).on('line', (line) => {
  /** @type {{ port: number, sockets: string[] }} */
  const { port, sockets } = JSON.parse(line);
  lookAtFiles();
  void knock(port, sockets).then(() => {
    clearInterval(looking);
    process.stdout.write(`${JSON.stringify({ refused, given: [...given] })}\n`, () => process.exit(0));
  });
});
