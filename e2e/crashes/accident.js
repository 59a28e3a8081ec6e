// Preloaded into a real Loom (`node --import`) to let something happen to it at a named place. A process is known to the
// world by what it does to files and sockets alone, so the places are these acts: nothing in the program itself knows
// of accidents, and what is published holds none of this.
//
//   LOOM_CRASH="before log.sync 3"   ends the process, as kill -9 does, right before it syncs the log for the third time
//   LOOM_TROUBLE=FILE                while FILE says so, the disk refuses: ENOSPC or EIO to every write, or to every fsync
//
// An act is named by what it is done to and what is done: `log`, `database`, `draft` (a database not yet the profile's),
// `keys`, `folder`, `lock`, `socket`, `other`; open, write, sync, truncate, rename, remove, make. Bytes to and from another
// Loom are `wire.write` and `wire.read`, those for the command line `control.write`. `any` is every act on files.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import { basename } from 'node:path';

const [when = '', what = '', count = '1'] = (process.env.LOOM_CRASH ?? '').split(' ');
let left = Number(count);
const troubleFile = process.env.LOOM_TROUBLE ?? '';

const { readFileSync } = fs;
/** @type {Map<number, string>} */
const files = new Map();

/** @param {string} path */
function nameOf(path) {
  const name = basename(path);
  if (name.startsWith('loom.db.new')) return name.endsWith('.lock') ? 'lock' : 'draft';
  if (name === 'loom.db') return 'database';
  if (name === 'loom.db-wal') return 'log';
  if (name.endsWith('.lock')) return 'lock';
  if (name.startsWith('keys.')) return 'keys';
  return name.includes('sock') ? 'socket' : 'other';
}

/**
 * @param {'before' | 'after'} side
 * @param {string} act
 */
function pass(side, act) {
  if (side !== when || (act !== what && !(what === 'any' && !act.startsWith('wire') && !act.startsWith('control'))))
    return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

/** @param {string} act */
function refuse(act) {
  if (troubleFile === '') return;
  const [code = '', verb = ''] = readFileSync(troubleFile, 'utf8').split(' ');
  if (verb === '' || !act.endsWith(verb) || act.startsWith('other')) return;
  throw Object.assign(new Error(`${code}: ${act}`), { code, syscall: verb });
}

/**
 * @template T
 * @param {string} act
 * @param {() => T} action
 */
function doing(act, action) {
  refuse(act);
  pass('before', act);
  const result = action();
  pass('after', act);
  return result;
}

const real = { ...fs };
fs.openSync = (path, flags, mode) => {
  const handle = real.openSync(path, flags, mode);
  const isFolder = real.fstatSync(handle).isDirectory();
  files.set(handle, isFolder ? 'folder' : nameOf(String(path)));
  if (!isFolder) pass('after', `${nameOf(String(path))}.open`);
  return handle;
};
fs.closeSync = (handle) => {
  real.closeSync(handle);
  files.delete(handle);
};
/** @param {number} handle */
const fileOf = (handle) => files.get(handle) ?? 'other';
// Node overloads these; whoever calls them here passes them on as they came.
fs.writeSync = /** @type {typeof fs.writeSync} */ (
  (/** @type {number} */ handle, /** @type {[Uint8Array]} */ ...rest) =>
    doing(`${fileOf(handle)}.write`, () => real.writeSync(handle, ...rest))
);
fs.fsyncSync = (handle) => doing(`${fileOf(handle)}.sync`, () => real.fsyncSync(handle));
fs.ftruncateSync = (handle, size) => doing(`${fileOf(handle)}.truncate`, () => real.ftruncateSync(handle, size));
fs.renameSync = (from, to) => doing(`${nameOf(String(from))}.rename`, () => real.renameSync(from, to));
fs.unlinkSync = (path) => doing(`${nameOf(String(path))}.remove`, () => real.unlinkSync(path));
fs.mkdirSync = /** @type {typeof fs.mkdirSync} */ (
  (/** @type {string} */ path, /** @type {fs.MakeDirectoryOptions} */ options) =>
    doing(`${nameOf(path)}.make`, () => real.mkdirSync(path, options))
);
fs.rmdirSync = (path, options) => doing(`${nameOf(String(path))}.remove`, () => real.rmdirSync(path, options));
syncBuiltinESMExports();

/** @param {Socket} socket */
const streamOf = (socket) => (socket.remotePort === undefined ? 'control' : 'wire');
const { write, emit } = Socket.prototype;
Socket.prototype.write = /** @type {typeof write} */ (
  function (/** @type {[Uint8Array]} */ ...given) {
    const act = `${streamOf(this)}.write`;
    pass('before', act);
    const taken = write.apply(this, given);
    pass('after', act);
    return taken;
  }
);
Socket.prototype.emit = /** @type {typeof emit} */ (
  function (/** @type {[string]} */ ...given) {
    if (given[0] !== 'data') return emit.apply(this, given);
    const act = `${streamOf(this)}.read`;
    pass('before', act);
    const heard = emit.apply(this, given);
    pass('after', act);
    return heard;
  }
);
