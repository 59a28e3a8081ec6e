// Strangers that want to keep a Loom busy: sockets that say nothing, and handshakes without end, from many addresses.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { concat } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { Link } from '../protocol/link.ts';
import { parseToken } from '../protocol/token.ts';
import type { BuiltProgram } from '../testing/built-program.ts';
import type { LoomAt } from '../testing/loom-at.ts';

/** Source addresses of a flood, 127.0.1.1 and on. */
const ADDRESSES = 50;

const primitives = choosePrimitives(undefined);

export function sourceAddress(n: number): string {
  return `127.0.1.${1 + (n % ADDRESSES)}`;
}

/** Preamble and message 1, as good as any, for the victim's static key. */
export async function firstMessage(victim: LoomAt): Promise<Uint8Array> {
  const { token } = await victim.run('identity.token');
  const ourStatic = primitives.x25519KeyPair(primitives.random(32));
  const theirStatic = parseToken(primitives, token).staticKey;
  const link = Link.initiator({ primitives, ourStatic, theirStatic, random: (length) => primitives.random(length) });
  return concat(...link.start().flatMap((event) => (event.kind === 'send' ? [event.bytes] : [])));
}

/** A socket that never ends by itself. */
export function knock(
  { host, port }: Pick<LoomAt, 'host' | 'port'>,
  from: string,
  bytes: Uint8Array | null = null,
): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, localAddress: from, noDelay: true });
    socket.on('error', () => resolve(null));
    socket.once('connect', () => {
      if (bytes) socket.write(bytes);
      resolve(socket);
    });
    socket.resume();
  });
}

/** A flood in a process of its own, so that it takes no time of those who measure. */
export class Flood {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /**
   * Resolves once it has come to the door.
   * @param program `flood-process.ts`, built. @param rate connections a second, each with `bytes`.
   */
  static async start(program: BuiltProgram, { host, port }: LoomAt, rate: number, bytes: Uint8Array): Promise<Flood> {
    const process = fork(program.path, [host, `${port}`, `${rate}`, Buffer.from(bytes).toString('hex')]);
    await once(process, 'message');
    return new Flood(process);
  }

  /** @returns how many connections there were. */
  async stop(): Promise<number> {
    const told = once(this.#process, 'message');
    this.#process.send('stop');
    const [connections] = (await told) as [number];
    this.#process.kill();
    return connections;
  }
}

/** @returns the value that `part` of all are not above. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
