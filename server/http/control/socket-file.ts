// A Unix socket as the sign of a living process, and how exactly one process comes to hold its name (W16).
//
// A killed process leaves its socket file behind, and no system call removes a file only if it still is the dead one:
// of two starters that both found it dead, the slower would remove the socket of the faster. So a name is taken so:
//
//   1. Listen under a name of one's own, then `link` that socket to the wanted name: it appears whole and listening,
//      or not at all because the name is taken.
//   2. Taken: connect. A process that answers lives, and has it.
//   3. No answer: take `NAME.next`, in this same way, look again, remove the dead NAME, release `NAME.next`, and
//      go to 1.
//
// NAME is thus removed by its living holder alone, or by the one holder of `NAME.next` who found it dead while holding
// it: nobody else can have put a living socket there in between. A process killed while it held `NAME.next` leaves that
// one dead, and it is taken through `NAME.next.next`, and so on; a level is needed only for each such death.
import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const SOCKET_PATH_BYTES = 100;

/** While another process clears the dead socket away; it takes a millisecond or two. */
const RETRY_MS = 5;

/** Beyond it a starter is long done or dead. Between `bind` and `listen` a living one looks dead for an instant. */
const LEFTOVER_MS = 60_000;

const ownNamePattern = /^control-[0-9a-f]{16}\.\w+$/;

/** What stands under a name: a socket, or a file that leads to one (`pipe-file.ts`). */
export interface Ground {
  /** Of the names under which starters listen before they have the wanted one. */
  readonly ending: string;
  /** Makes `server` listen, and then something appear under `name` that leads to it, for this user alone. */
  readonly listen: (server: Server, folder: string, name: string) => Promise<void>;
  /** Whether a process listens there. What is not clearly dead counts as living. */
  readonly isListening: (folder: string, name: string) => Promise<boolean>;
}

export const socketFiles: Ground = { ending: '.sock', listen: listenPrivately, isListening };

/** A name held, until released. */
export interface HeldName {
  /** Removes the name. Only then stop listening: a dead socket under it would be open to others. */
  release(): void;
}

/**
 * Makes `server` listen in `folder` under `name`, readable and writable by this user alone.
 * @returns null when a living process holds the name; `server` then does not listen.
 */
export async function listenUnder(
  server: Server,
  folder: string,
  name: string,
  ground: Ground = socketFiles,
): Promise<HeldName | null> {
  const own = `control-${randomBytes(8).toString('hex')}${ground.ending}`;
  await ground.listen(server, folder, own);
  const path = join(folder, name);
  let taken = false;
  try {
    taken = await take(ground, folder, own, name);
  } finally {
    removeIfThere(join(folder, own));
    if (!taken) await new Promise((resolve) => server.close(resolve));
  }
  if (!taken) return null;
  const { ino, dev } = statSync(path);
  await sweep(ground, folder);
  return { release: () => releaseIfSame(path, ino, dev) };
}

/** @returns a connection to the process that listens under `name`, null when there is none. */
export function connectTo(folder: string, name: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      if (isNobody(error)) resolve(null);
      else reject(error);
    };
    let socket: Socket;
    try {
      socket = inFolder(folder, name, (path) => connect(path));
    } catch (error) {
      fail(error as Error);
      return;
    }
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

async function isListening(folder: string, name: string): Promise<boolean> {
  const socket = await connectTo(folder, name);
  socket?.on('error', () => undefined).destroy();
  return socket !== null;
}

// ECONNREFUSED: a socket file without a process, or on Linux no socket. ENOTSOCK: the same elsewhere.
export function isNobody(error: Error): boolean {
  return ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].some((code) => isCode(error, code));
}

async function take(ground: Ground, folder: string, own: string, name: string): Promise<boolean> {
  const next = `${name}.next`;
  for (;;) {
    if (linkIfFree(join(folder, own), join(folder, name))) return true;
    if (await ground.isListening(folder, name)) return false;
    if (!(await take(ground, folder, own, next))) {
      // Another starter is at step 3. It will hold the name, or die.
      await sleep(RETRY_MS);
      continue;
    }
    try {
      if (!(await ground.isListening(folder, name))) removeIfThere(join(folder, name));
    } finally {
      unlinkSync(join(folder, next));
    }
  }
}

function linkIfFree(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

// Someone may have removed the folder and begun anew while we ran: what is not ours stays.
function releaseIfSame(path: string, ino: number, dev: number): void {
  const now = statSync(path, { throwIfNoEntry: false });
  if (now?.ino === ino && now.dev === dev) removeIfThere(path);
}

/** Removes the sockets of starters that were killed before they had the name. */
async function sweep(ground: Ground, folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((entry) => ownNamePattern.test(entry))) {
    const made = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - made > LEFTOVER_MS && !(await ground.isListening(folder, name))) removeIfThere(join(folder, name));
  }
}

async function listenPrivately(server: Server, folder: string, name: string): Promise<void> {
  // The file appears inside `listen`, with this mode from its first moment.
  const umask = process.umask(0o177);
  let listening: Promise<void>;
  try {
    listening = inFolder(folder, name, (path) => listenAt(server, path));
  } finally {
    process.umask(umask);
  }
  await listening;
}

export function listenAt(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      // With no file descriptor left a connection cannot be taken, and that is all.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

/** Node binds and connects inside the call, so that a path too long for a socket can be relative for just that long. */
function inFolder<T>(folder: string, name: string, action: (path: string) => T): T {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES) return action(path);
  const before = process.cwd();
  process.chdir(folder);
  try {
    return action(name);
  } finally {
    process.chdir(before);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
