// The control socket where a socket has no file that permissions could guard: a named pipe on Windows, which every user
// of the computer sees and may connect to. So its name is random, and stands with a key in a file of the profile's
// private folder; and each side proves to the other that it holds that key before anything else is said:
//
//   → { ns }       32 random bytes, hex
//   ← { nc, mac }  mac = clientProof(key, ns, nc, CONTROL)
//   → { mac }      serverProof(key, nc, ns); from here on requests, replies and events
//
// The file takes the place of the socket file of `socket-file.ts`, with the same rules for who holds the name. A program
// that takes the pipe's name after its process was killed holds no key, and counts as none. Elsewhere the same runs over
// an abstract Unix socket (unix(7)), which has no permissions either.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { PROOF_BYTES, PROOF_MS } from '../limits.ts';
import { LineReader } from './line-reader.ts';
import { clientProof, serverProof } from '../proof.ts';
import { isNobody, listenAt } from './socket-file.ts';
import type { Ground } from './socket-file.ts';

/** In place of the page's origin in the proof. */
const CONTROL = 'loom-control';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const fileSchema = z.strictObject({ address: z.string().min(1).max(200), key: hex32, pid: z.int().positive() });
const greeting = z.strictObject({ ns: hex32 });
const ours = z.strictObject({ nc: hex32, mac: hex32 });
const theirs = z.strictObject({ mac: hex32 });

type PipeFile = z.infer<typeof fileSchema>;

/** @param key 32 bytes: the listener's own, new for each process. */
export function pipeGround(key: Buffer): Ground {
  return {
    ending: '.pipe',
    async listen(server: Server, folder: string, name: string) {
      const address = pipeAddress(randomBytes(16).toString('hex'));
      await listenAt(server, address);
      const file: PipeFile = { address, key: key.toString('hex'), pid: process.pid };
      writeFileSync(join(folder, name), JSON.stringify(file), { mode: 0o600, flag: 'wx' });
    },
    async isListening(folder: string, name: string) {
      const file = readPipeFile(folder, name);
      const found = file && (await reach(file));
      if (!file || !found) return false;
      found.socket.destroy();
      // Silent: it may be busy, or stopped for a while; or a stranger's, when its process is gone.
      return found.answer === 'proven' || (found.answer === 'silent' && isAlive(file.pid));
    },
  };
}

/** @returns a connection to the process behind `name`, proven both ways; null when there is none. */
export async function connectToPipe(folder: string, name: string): Promise<Socket | null> {
  const file = readPipeFile(folder, name);
  const found = file && (await reach(file));
  if (found?.answer === 'proven') return found.socket;
  found?.socket.destroy();
  return null;
}

/** The listener's half. `admitted` is called once the other side proved that it holds the key; else we hang up. */
export function admit(socket: Socket, key: Buffer, admitted: () => void): void {
  const ns = randomBytes(32);
  const lines = new LineReader(PROOF_BYTES);
  const deadline = setTimeout(() => socket.destroy(), PROOF_MS);
  socket.once('close', () => clearTimeout(deadline));
  const read = (piece: Buffer): void => {
    const complete = lines.push(piece);
    if (complete?.length === 0) return;
    const proof = complete?.length === 1 ? parse(ours, complete[0]) : null;
    if (!proof || !equals(proof.mac, clientProof(key, ns, Buffer.from(proof.nc, 'hex'), CONTROL))) {
      socket.destroy();
      return;
    }
    clearTimeout(deadline);
    socket.off('data', read);
    writeLine(socket, { mac: serverProof(key, Buffer.from(proof.nc, 'hex'), ns).toString('hex') });
    admitted();
  };
  socket.on('data', read);
  writeLine(socket, { ns: ns.toString('hex') });
}

type Answer = 'proven' | 'foreign' | 'silent';

/** @returns null when nothing listens there. */
function reach({ address, key }: PipeFile): Promise<{ readonly socket: Socket; readonly answer: Answer } | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once('error', (error) => {
      if (isNobody(error)) resolve(null);
      else reject(error);
    });
    socket.once('connect', () => {
      socket.removeAllListeners('error').on('error', () => socket.destroy());
      void ask(socket, Buffer.from(key, 'hex')).then((answer) => resolve({ socket, answer }));
    });
  });
}

/** The command line's half. */
function ask(socket: Socket, key: Buffer): Promise<Answer> {
  return new Promise((resolve) => {
    const nc = randomBytes(32);
    const lines = new LineReader(PROOF_BYTES);
    let ns: Buffer | null = null;
    const finish = (answer: Answer): void => {
      clearTimeout(deadline);
      socket.off('data', read).off('close', gone);
      resolve(answer);
    };
    const gone = (): void => finish('silent');
    const deadline = setTimeout(gone, PROOF_MS);
    const take = (line: string): void => {
      if (ns !== null) {
        const said = parse(theirs, line);
        finish(said && equals(said.mac, serverProof(key, nc, ns)) ? 'proven' : 'foreign');
        return;
      }
      const said = parse(greeting, line);
      if (!said) {
        finish('foreign');
        return;
      }
      ns = Buffer.from(said.ns, 'hex');
      writeLine(socket, { nc: nc.toString('hex'), mac: clientProof(key, ns, nc, CONTROL).toString('hex') });
    };
    const read = (piece: Buffer): void => {
      const complete = lines.push(piece);
      if (complete) complete.forEach(take);
      else finish('foreign');
    };
    socket.on('data', read).on('close', gone);
  });
}

function pipeAddress(name: string): string {
  return process.platform === 'win32' ? `\\\\.\\pipe\\loom-${name}` : `\0loom-${name}`;
}

/** Null when it is not there, or not whole: its process was killed while it wrote. */
function readPipeFile(folder: string, name: string): PipeFile | null {
  try {
    return parse(fileSchema, readFileSync(join(folder, name), 'utf8'));
  } catch (error) {
    if (error instanceof Error && isNobody(error)) return null;
    throw error;
  }
}

function parse<T>(schema: z.ZodType<T>, text: string | undefined): T | null {
  try {
    return schema.safeParse(JSON.parse(text ?? '')).data ?? null;
  } catch {
    return null;
  }
}

function equals(mac: string, expected: Buffer): boolean {
  const given = Buffer.from(mac, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function writeLine(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
