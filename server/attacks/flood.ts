// Strangers that want to keep a Loom busy: sockets that say nothing, and handshakes without end, from many addresses.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { concat, fromHex } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { encodeFrame } from '../protocol/frames.ts';
import { HANDSHAKE_BYTES } from '../protocol/limits.ts';
import { LinkProtocol, type LinkEvent } from '../protocol/link-protocol.ts';
import { parseToken } from '../protocol/token.ts';
import type { BuiltProgram } from '../testing/built-program.ts';
import type { LoomAt } from '../testing/network/loom-at.ts';

/**
 * What each connection of a flood does: nothing; a message 1 that opens nowhere; or, by somebody who has the token, one that
 * opens, and nothing after that.
 */
export type FloodKind = 'silent' | 'stale' | 'calling';

/** Source addresses of a flood, 127.0.1.1 and on. */
const ADDRESSES = 50;

const primitives = choosePrimitives(undefined);

export function sourceAddress(n: number): string {
  return `127.0.1.${1 + (n % ADDRESSES)}`;
}

/**
 * Primitives of somebody who makes handshakes without end: every one has the same ephemeral keys, and what was computed once
 * is not computed again. What is left costs them less than it costs who is called.
 */
function frugal(theirStatic: Uint8Array): Primitives {
  const pair = primitives.x25519KeyPair(primitives.random(32));
  const shared = primitives.x25519(pair.privateKey, theirStatic);
  const kemPair = primitives.kem.keyPair(primitives.random(64));
  return {
    ...primitives,
    x25519KeyPair: () => ({
      publicKey: pair.publicKey,
      privateKey: { kind: 'X25519PrivateKey', wipe: () => undefined },
    }),
    x25519: () => shared && new Uint8Array(shared),
    kem: {
      ...primitives.kem,
      keyPair: () => ({ ...kemPair, privateKey: { kind: 'KemPrivateKey', wipe: () => undefined } }),
    },
  };
}

/** @param token the victim's. @returns what takes a connection as far as message 1, which opens. */
function caller(token: string): (socket: Socket) => void {
  const { staticKey } = parseToken(primitives, token);
  const options = { primitives: frugal(staticKey), theirStatic: staticKey };
  const ourStatic = primitives.x25519KeyPair(primitives.random(32));
  return (socket) => {
    const protocol = LinkProtocol.initiator({ ...options, ourStatic, random: (length) => primitives.random(length) });
    const say = (events: readonly LinkEvent[]): void =>
      events.forEach((event) => event.kind === 'send' && socket.write(event.bytes));
    say(protocol.start());
    // Message 2 would only cost us something.
    socket.once('data', (answer) => say(protocol.receive(answer)));
  };
}

/** A preamble and a message 1 that opens nowhere. */
function stale(): (socket: Socket) => void {
  const [preamble, message1] = [fromHex('4c4f4f4d00020002'), primitives.random(HANDSHAKE_BYTES[0])];
  return (socket) => void socket.write(concat(preamble, encodeFrame(message1)));
}

/** What a connection of a flood says. @param token the victim's. */
export function sayer(kind: FloodKind, token: string): (socket: Socket) => void {
  if (kind === 'silent') return () => undefined;
  return kind === 'stale' ? stale() : caller(token);
}

/** A socket that never ends by itself. */
export function knock({ host, port }: Pick<LoomAt, 'host' | 'port'>, from: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, localAddress: from, noDelay: true });
    socket.on('error', () => resolve(null));
    socket.once('connect', () => resolve(socket));
    socket.resume();
  });
}

/** A flood in a process of its own, so that it takes no time of those who measure. */
export class Flood {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves once it has come to the door. @param program `flood-process.ts`, built. @param rate connections a second. */
  static async start(program: BuiltProgram, victim: LoomAt, rate: number, kind: FloodKind): Promise<Flood> {
    const { token } = await victim.run('identity.token');
    const process = fork(program.path, [victim.host, `${victim.port}`, `${rate}`, kind, token]);
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

/** Strangers who have the token, in a process of their own. */
export class Chatter {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves once so many links have greeted. @param program `chatter-process.ts`, built. */
  static async start(program: BuiltProgram, victim: LoomAt, links: number, mebibytes: number): Promise<Chatter> {
    const { token } = await victim.run('identity.token');
    const process = fork(program.path, [victim.host, `${victim.port}`, token, `${links}`, `${mebibytes}`]);
    await once(process, 'message');
    return new Chatter(process);
  }

  /** Each link brings so many mebibytes of records that say nothing. @returns how many links are left after that. */
  async pour(): Promise<number> {
    const poured = once(this.#process, 'message');
    this.#process.send('pour');
    const [left] = (await poured) as [number];
    this.#process.kill();
    return left;
  }
}

/** @returns the value that `part` of all are not above. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
