// The file system where a person has named the place, in a process of its own: a share that is gone, or a disk that hangs,
// holds its caller in the kernel for as long as it likes, and four such calls would stop every file call of a Node process,
// and its end. This process may hang instead, and can be left behind. It does one piece of work, and ends with it.
// Knows neither backups nor keys. Plain JavaScript, so that it starts from source and from the bundle alike.
import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';

/** Written through at least so often: what a slow disk has still to do when it is asked to is then little. */
const SYNC_EVERY_BYTES = 16 * 1024 * 1024;
/** After its work: so long may taking away what is not whole take. */
const CLEANING_MS = 3_000;

/**
 * @typedef {object} Held
 * @property {import('node:fs/promises').FileHandle} handle
 * @property {string} path
 * @property {boolean} fresh made here, and not yet given its name.
 * @property {number} unsynced bytes.
 */

/** @type {Map<number, Held>} */
const held = new Map();
let last = 0;

const hold = (/** @type {Omit<Held, 'unsynced'>} */ file) => {
  last += 1;
  held.set(last, { ...file, unsynced: 0 });
  return last;
};

const get = (/** @type {number} */ file) => {
  const found = held.get(file);
  if (!found) throw new Error('no such file is open');
  return found;
};

/** As files.ts names and types them. */
const works = {
  /** Not a pipe, which waits for its other end, nor a device: whatever is no file is refused. */
  async openToRead(/** @type {string} */ path) {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw Object.assign(new Error('no file'), { code: 'EINVAL', syscall: 'open' });
      return { file: hold({ handle, path, fresh: false }), size: stats.size };
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
  async read(/** @type {number} */ file, /** @type {number} */ length) {
    const { handle } = get(file);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, null);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  },
  async create(/** @type {string} */ path) {
    return hold({ handle: await open(path, 'wx', 0o600), path, fresh: true });
  },
  async write(/** @type {number} */ file, /** @type {Uint8Array} */ bytes) {
    const entry = get(file);
    await entry.handle.writeFile(bytes);
    entry.unsynced += bytes.length;
    if (entry.unsynced >= SYNC_EVERY_BYTES) await works.sync(file);
  },
  async sync(/** @type {number} */ file) {
    const entry = get(file);
    await entry.handle.sync();
    entry.unsynced = 0;
  },
  /** Gives a finished file its name, unless something has it: EEXIST then. */
  async giveName(/** @type {number} */ file, /** @type {string} */ to) {
    const entry = get(file);
    await entry.handle.close();
    try {
      await link(entry.path, to);
      await unlink(entry.path);
    } catch (error) {
      if (!isLackOfLinks(error)) throw error;
      // A memory stick with FAT: no step there both asks and renames.
      if (await exists(to)) throw Object.assign(new Error('exists'), { code: 'EEXIST', syscall: 'rename' });
      await rename(entry.path, to);
    }
    held.delete(file);
    await syncFolder(dirname(to));
  },
  async close(/** @type {number} */ file) {
    const { handle, path, fresh } = get(file);
    // Closed by giveName already, where that has failed.
    await handle.close().catch(() => undefined);
    if (fresh) await rm(path, { force: true });
    held.delete(file);
  },
  /** 0 when it is not there. */
  async size(/** @type {string} */ path) {
    try {
      return (await stat(path)).size;
    } catch {
      return 0;
    }
  },
  async makeFolder(/** @type {string} */ folder) {
    await mkdir(folder, 0o700).catch((/** @type {{ code?: unknown }} */ error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  },
  async list(/** @type {string} */ folder) {
    return readdir(folder);
  },
  async remove(/** @type {string} */ path) {
    await rm(path, { force: true });
  },
};

async function exists(/** @type {string} */ path) {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

async function syncFolder(/** @type {string} */ folder) {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch {
    // Some network folders take no such wish; the file itself is synced.
  } finally {
    await handle.close();
  }
}

function isLackOfLinks(/** @type {unknown} */ error) {
  const codes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK'];
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** `process.exit` waits for calls that hang; this waits for nothing. */
function end() {
  process.kill(process.pid, 'SIGKILL');
}

process.on('message', (/** @type {{ id: number, work: keyof typeof works, args: never[] }} */ { id, work, args }) => {
  /** @type {Promise<unknown>} */
  const done = /** @type {(...args: never[]) => Promise<unknown>} */ (works[work])(...args);
  done.then(
    (value) => process.send?.({ id, value }),
    (error) => process.send?.({ id, error: { code: String(error.code), system: 'syscall' in error } }),
  );
});
process.once('disconnect', () => {
  setTimeout(end, CLEANING_MS);
  void Promise.allSettled([...held.keys()].map((file) => works.close(file))).then(end);
});
// Ctrl-C is for the whole group; this one ends when its work does.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => undefined);
