// One tab's WebSocket, from the upgrade to its end (W7, W9).
//
//   unproven ──page's proof holds──▶ open ──▶ closed
//      └──late, too big, wrong, one of too many───▲
//
//   → { ns }                             32 random bytes, hex
//   ← { sid, nc, mac, before? }          mac = clientProof(key, ns, nc, origin); before: { sid, mac } of its keepsake
//   → { mac, keepsake, before? }         serverProof(key, nc, ns); before = serverKeepsakeProof(keepsake, nc, ns)
//                                        from here on requests, replies and events
import type { WebSocket } from '@fastify/websocket';
import { randomBytes } from 'node:crypto';
import type { RawData } from 'ws';
import { z } from 'zod';
import type { Clock } from '../timing/clock.ts';
import type { Access } from './access.ts';
import type { Connection, Dispatcher } from './dispatch.ts';
import { BACKLOG_BYTES, HEARTBEAT_MS, MESSAGES_PER_SECOND, PROOF_BYTES, PROOF_MS, UNPROVEN_SOCKETS } from './limits.ts';
import { serverKeepsakeProof, serverProof } from './proof.ts';

/** Why we hang up, as a close code (RFC 6455 §7.4.2: 4000 and up are the application's). */
export const closeCodes = {
  /** No session, a revoked one, or a proof that does not hold: this key opens nothing any more. */
  session: 4401,
  /** No proof in time. */
  late: 4408,
  /** Not understood: binary, too big, no JSON. */
  malformed: 4400,
  /** More messages than a person can cause. */
  flood: 4429,
  /** The process ends. */
  goingAway: 1001,
} as const;

const sid = z.string().regex(/^[0-9a-f]{32}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const proofSchema = z.strictObject({
  sid,
  nc: hash,
  mac: hash,
  before: z.strictObject({ sid, mac: hash }).optional(),
});

export interface SocketOptions {
  readonly access: Access;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
}

type State =
  | { readonly kind: 'unproven'; readonly ns: Buffer; readonly cancelDeadline: () => void }
  | { readonly kind: 'open'; readonly connection: Connection; readonly unwatch: () => void; readonly stop: () => void }
  | { readonly kind: 'closed' };

/** Takes the sockets in, and bounds how many are without a proof: who opens many pushes out their own. */
export class SocketDoor {
  readonly #options: SocketOptions;
  /** Oldest first. */
  readonly #unproven = new Set<WebSocket>();
  #stopped = false;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** @param origin the page's, which the guard has matched with the host. @param proven called when its proof holds. */
  accept(socket: WebSocket, origin: string, proven: () => void): void {
    if (this.#stopped) {
      socket.close(closeCodes.goingAway);
      return;
    }
    this.#unproven.add(socket);
    socket.on('close', () => this.#unproven.delete(socket));
    const [oldest] = this.#unproven;
    if (this.#unproven.size > UNPROVEN_SOCKETS && oldest) {
      this.#unproven.delete(oldest);
      oldest.terminate();
    }
    new TabSocket(this.#options, socket, origin, () => {
      this.#unproven.delete(socket);
      proven();
    });
  }

  /** Hangs up on all, and from now on on whoever still comes. */
  stop(sockets: Iterable<WebSocket>): void {
    this.#stopped = true;
    for (const socket of sockets) socket.close(closeCodes.goingAway);
  }
}

class TabSocket {
  readonly #options: SocketOptions;
  readonly #socket: WebSocket;
  readonly #origin: string;
  /** Told when its proof holds. */
  readonly #proven: () => void;
  readonly #rate: Rate;
  #state: State;

  constructor(options: SocketOptions, socket: WebSocket, origin: string, proven: () => void) {
    this.#options = options;
    this.#socket = socket;
    this.#origin = origin;
    this.#proven = proven;
    this.#rate = new Rate(options.clock);
    const ns = randomBytes(32);
    const cancelDeadline = options.clock.after(PROOF_MS, () => this.#hangUp(closeCodes.late));
    this.#state = { kind: 'unproven', ns, cancelDeadline };
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', () => this.#count());
    socket.on('close', () => this.#leave());
    this.#send(JSON.stringify({ ns: ns.toString('hex') }));
  }

  #receive(data: RawData, isBinary: boolean): void {
    const state = this.#state;
    // `ws` hands over one Buffer unless told otherwise.
    if (state.kind === 'closed' || !this.#count()) return;
    if (isBinary || !Buffer.isBuffer(data)) this.#hangUp(closeCodes.malformed);
    else if (state.kind === 'open') {
      if (!state.connection.receive(data.toString('utf8'))) this.#hangUp(closeCodes.malformed);
    } else this.#checkProof(data, state.ns, state.cancelDeadline);
  }

  #checkProof(data: Buffer, ns: Buffer, cancelDeadline: () => void): void {
    const proof = data.length <= PROOF_BYTES ? parseProof(data.toString('utf8')) : null;
    if (!proof) {
      this.#hangUp(closeCodes.malformed);
      return;
    }
    const session = this.#options.access.prove(proof, ns, this.#origin);
    if (!session) {
      this.#hangUp(closeCodes.session);
      return;
    }
    cancelDeadline();
    this.#proven();
    const connection = this.#options.dispatcher.open(session, (text) => this.#send(text));
    const unwatch = session.whenRevoked(() => this.#hangUp(closeCodes.session));
    this.#state = { kind: 'open', connection, unwatch, stop: this.#startHeartbeat() };
    const nc = Buffer.from(proof.nc, 'hex');
    const { keepsake, before } = session;
    const answer = {
      mac: serverProof(session.key, nc, ns).toString('hex'),
      keepsake: keepsake.toString('hex'),
      ...(before !== null && { before: serverKeepsakeProof(before, nc, ns).toString('hex') }),
    };
    this.#send(JSON.stringify(answer));
  }

  /** Pings now and then; a tab that is gone without a word answers none. */
  #startHeartbeat(): () => void {
    let answered = true;
    let cancel = (): void => undefined;
    const beat = (): void => {
      if (!answered) {
        this.#socket.terminate();
        return;
      }
      answered = false;
      this.#socket.ping();
      cancel = this.#options.clock.after(HEARTBEAT_MS, beat);
    };
    this.#socket.on('pong', () => (answered = true));
    cancel = this.#options.clock.after(HEARTBEAT_MS, beat);
    return () => cancel();
  }

  #count(): boolean {
    if (this.#rate.take()) return true;
    this.#hangUp(closeCodes.flood);
    return false;
  }

  #send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount > BACKLOG_BYTES) this.#socket.terminate();
  }

  /** Begins to close. What still arrives is not looked at; an unproven socket keeps its place until it is gone. */
  #hangUp(code: number): void {
    this.#socket.close(code);
    this.#leave();
  }

  #leave(): void {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if (state.kind === 'unproven') state.cancelDeadline();
    if (state.kind !== 'open') return;
    state.unwatch();
    state.stop();
    state.connection.close();
  }
}

/** At most so many a second, a second's worth at once. */
class Rate {
  readonly #clock: Clock;
  #left = MESSAGES_PER_SECOND;
  #at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.monotonic();
  }

  take(): boolean {
    const now = this.#clock.monotonic();
    this.#left = Math.min(MESSAGES_PER_SECOND, this.#left + ((now - this.#at) * MESSAGES_PER_SECOND) / 1000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

function parseProof(text: string): z.infer<typeof proofSchema> | null {
  try {
    return proofSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
