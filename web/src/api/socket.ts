// One WebSocket to the daemon, from opening to its end. Nothing but the proof is sent before the server has proved itself.
//
//   greeting ──{ns}──▶ proving ──{mac} holds──▶ proven ──close──▶ lost
//      │                  │ └──{mac} wrong────▶ impostor, as when it does not know our keepsake
//      └──close─▶ lost    └──close 4401───────▶ refused, as later when the session is revoked
import { encodeHex, parseHex } from './hex.ts';
import { importProofKey, makeClientProof, NONCE_BYTES, serverProofHolds } from './proof.ts';
import type { ProofOf } from './proof.ts';
import type { Keepsake, Session } from './session.ts';

/** Loopback answers in ms; through a tunnel or on a machine just woken it may take seconds. */
const PROOF_MS = 10_000;

/** The close code of a daemon that does not know our session, or no longer. */
const SESSION_REFUSED = 4401;

/** `refused`: the daemon does not know our session. `impostor`: what answered is not our daemon. */
export type SocketEnd = 'lost' | 'refused' | 'impostor';

export interface SocketEvents {
  /** @param keepsake for the next time. */
  readonly proven: (keepsake: Keepsake | null) => void;
  readonly message: (value: unknown) => void;
  readonly ended: (end: SocketEnd) => void;
}

type State =
  | { readonly kind: 'greeting' }
  | {
      readonly kind: 'proving';
      readonly key: CryptoKey;
      /** Null: we were not in before. */
      readonly keepsake: CryptoKey | null;
      readonly serverNonce: Uint8Array;
      readonly clientNonce: Uint8Array;
    }
  | { readonly kind: 'proven' }
  | { readonly kind: 'ended' };

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export class ProvenSocket {
  readonly #socket: WebSocket;
  readonly #session: Session;
  readonly #keepsake: Keepsake | null;
  readonly #events: SocketEvents;
  readonly #timer: ReturnType<typeof setTimeout>;
  #state: State = { kind: 'greeting' };
  // One after the other, as the proof's steps wait for WebCrypto.
  #queue: Promise<void> = Promise.resolve();

  /** @param keepsake of the Loom that we were in before: another is none of ours. Null: any. */
  constructor(session: Session, keepsake: Keepsake | null, events: SocketEvents) {
    this.#session = session;
    this.#keepsake = keepsake;
    this.#events = events;
    this.#socket = new WebSocket(`ws://${location.host}/ws`);
    this.#timer = setTimeout(() => this.#end('lost'), PROOF_MS);
    this.#socket.addEventListener('message', (event) => this.#receive(event));
    this.#socket.addEventListener('close', (event) => {
      // After what arrived before it, or a proof in the making would still be taken for an open line.
      this.#queue = this.#queue.then(() => {
        this.#end(event.code === SESSION_REFUSED ? 'refused' : 'lost');
      });
    });
  }

  send(value: unknown): void {
    if (this.#state.kind === 'proven') this.#socket.send(JSON.stringify(value));
  }

  close(): void {
    this.#end('lost');
  }

  #end(end: SocketEnd): void {
    if (this.#state.kind === 'ended') return;
    this.#state = { kind: 'ended' };
    clearTimeout(this.#timer);
    this.#socket.close();
    this.#events.ended(end);
  }

  #receive(event: MessageEvent): void {
    if (typeof event.data !== 'string') return;
    const text = event.data;
    if (this.#state.kind === 'proven') {
      this.#events.message(JSON.parse(text));
      return;
    }
    this.#queue = this.#queue.then(() => this.#prove(text)).catch(() => this.#end('impostor'));
  }

  async #prove(text: string): Promise<void> {
    const value: unknown = JSON.parse(text);
    const state = this.#state;
    if (state.kind === 'greeting') await this.#answer(parseHex(field(value, 'ns'), NONCE_BYTES));
    else if (state.kind === 'proving') await this.#check(state, value);
    else if (state.kind === 'proven') this.#events.message(value);
  }

  async #answer(serverNonce: Uint8Array | null): Promise<void> {
    const raw = parseHex(this.#session.key, 32);
    if (serverNonce === null || raw === null) {
      this.#end('impostor');
      return;
    }
    const clientNonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const prove = (of: ProofOf, by: CryptoKey): Promise<string> =>
      makeClientProof(of, by, serverNonce, clientNonce, location.origin);
    const key = await importProofKey(raw);
    const keepsake = await importKeepsake(this.#keepsake);
    const mac = await prove('session', key);
    const before = keepsake && { sid: this.#keepsake?.sid, mac: await prove('keepsake', keepsake) };
    if (this.#state.kind !== 'greeting') return;
    this.#state = { kind: 'proving', key, keepsake, serverNonce, clientNonce };
    this.#socket.send(
      JSON.stringify({ sid: this.#session.sid, nc: encodeHex(clientNonce), mac, ...(before && { before }) }),
    );
  }

  async #check(state: State & { kind: 'proving' }, answer: unknown): Promise<void> {
    const { key, keepsake, serverNonce, clientNonce } = state;
    const isProof = (of: ProofOf, by: CryptoKey, mac: unknown): Promise<boolean> =>
      serverProofHolds(of, by, serverNonce, clientNonce, mac);
    const holds =
      (await isProof('session', key, field(answer, 'mac'))) &&
      (keepsake === null || (await isProof('keepsake', keepsake, field(answer, 'before'))));
    if (this.#state !== state) return;
    if (!holds) {
      this.#end('impostor');
      return;
    }
    clearTimeout(this.#timer);
    this.#state = { kind: 'proven' };
    const next = field(answer, 'keepsake');
    const isKey = typeof next === 'string' && parseHex(next, 32) !== null;
    this.#events.proven(isKey ? { sid: this.#session.sid, key: next } : null);
  }
}

async function importKeepsake(keepsake: Keepsake | null): Promise<CryptoKey | null> {
  const raw = keepsake && parseHex(keepsake.key, 32);
  return raw && importProofKey(raw);
}
