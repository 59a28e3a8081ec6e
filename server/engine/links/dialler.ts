// Reaches a contact: all addresses side by side, staggered (RFC 8305), each up to the point where the responder has
// proven its static key. The first that does wins, before anything of ours was shown; the others are dropped.
import type { Tried } from '../../contract/diagnosis.ts';
import type { StaticPublicKey } from '../../crypto/keys.ts';
import type { X25519KeyPair } from '../../crypto/primitives.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { LinkProtocol } from '../../protocol/link-protocol.ts';
import type { LinkPurpose } from '../../protocol/preamble.ts';
import type { Connection, Transport } from '../../transport/transport.ts';
import { Link } from './link.ts';
import type { Clock } from '../../timing/clock.ts';
import { deferred } from '../../timing/deferred.ts';
import { Semaphore } from '../../timing/semaphore.ts';
import type { TurnScheduler } from './flow/turn-scheduler.ts';

/** Dials under way at once, over all contacts. */
const DIALS_AT_ONCE = 8;

/** Time for TCP to connect; the handshake has its own deadline. */
const CONNECT_MS = 3_000;

/** Head start of each address over the next. */
const STAGGER_MS = 250;

/** Addresses tried for one contact in one round. */
const TARGETS = 8;

/** Probes of each kind under way at once, over all contacts. Not of the places above: who has us dial back keeps nobody from messages. */
const PROBES_AT_ONCE = 8;

/** Between probes, which all go to one door: it lets in 20 handshakes a second. */
const PROBE_STAGGER_MS = 100;

export interface DialTarget {
  /** IP address; IPv6 link-local with scope. */
  readonly host: string;
  readonly port: number;
}

/** What an address answered. */
export type Probed = Pick<Tried, 'outcome' | 'ms'>;

/** Whose key is dialled, and what for. */
interface Whom {
  readonly theirStatic: StaticPublicKey;
  readonly purpose: LinkPurpose;
}

export interface DiallerOptions {
  readonly primitives: Primitives;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly scheduler: TurnScheduler;
  readonly random: (length: number) => Uint8Array;
  readonly ourStatic: X25519KeyPair;
}

export class Dialler {
  readonly #options: DiallerOptions;
  readonly #dials = new Semaphore(DIALS_AT_ONCE);
  readonly #probes = { told: new Semaphore(PROBES_AT_ONCE), untold: new Semaphore(PROBES_AT_ONCE) };

  constructor(options: DiallerOptions) {
    this.#options = options;
  }

  /** @returns a link whose responder is proven and which waits for `proceed`, or null when no address led there. */
  async dial(
    theirStatic: StaticPublicKey,
    targets: readonly DialTarget[],
    signal: AbortSignal,
    purpose: LinkPurpose = 'chat',
  ): Promise<Link | null> {
    const race = new AbortController();
    const stop = (): void => race.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const won = deferred<Link | null>();
    let winner: Link | null = null;
    const attempts = targets.slice(0, TARGETS).map(async (target, index) => {
      await this.#pause(index * STAGGER_MS, race.signal);
      const link = await this.#attempt({ theirStatic, purpose }, target, race.signal);
      if (link === null) return;
      if (winner !== null || race.signal.aborted) link.destroy();
      else {
        winner = link;
        stop();
        won.resolve(link);
      }
    });
    // A loser may still wait for its turn; the winner waits for nobody.
    void Promise.all(attempts).then(() => won.resolve(null));
    const result = await won.promise;
    signal.removeEventListener('abort', stop);
    return result;
  }

  /**
   * Each address by itself: what it answers. Nothing of ours is shown, and nothing is kept.
   * @param kind whether who asks is told what came of it, or no more than that they were reached. One waits for no other kind.
   */
  probe(
    theirStatic: StaticPublicKey,
    targets: readonly DialTarget[],
    kind: 'told' | 'untold' = 'told',
  ): readonly Promise<Probed>[] {
    const { clock } = this.#options;
    return targets.slice(0, TARGETS).map(async (target, index) => {
      await this.#pause(index * PROBE_STAGGER_MS);
      return this.#probes[kind].run(async () => {
        const begun = clock.monotonic();
        const outcome = await this.#probe(theirStatic, target);
        return { outcome, ms: Math.round(clock.monotonic() - begun) };
      });
    });
  }

  async #probe(theirStatic: StaticPublicKey, target: DialTarget): Promise<Tried['outcome']> {
    const silence = new AbortController();
    let failure: unknown = null;
    const connection = await this.#connect(target, silence.signal, (error) => (failure = error));
    if (!connection) return outcomeOf(failure);
    const cancel = this.#options.clock.after(CONNECT_MS, () => silence.abort());
    const link = await this.#prove(connection, { theirStatic, purpose: 'chat' }, silence.signal);
    cancel();
    link?.destroy();
    if (link) return 'reached';
    return silence.signal.aborted ? 'silent' : 'other-identity';
  }

  #attempt(whom: Whom, target: DialTarget, race: AbortSignal): Promise<Link | null> {
    return this.#dials.run(async () => {
      const connection = await this.#connect(target, race);
      return connection && (await this.#prove(connection, whom, race));
    });
  }

  async #connect(
    target: DialTarget,
    race: AbortSignal,
    onFailure: (error: unknown) => void = () => undefined,
  ): Promise<Connection | null> {
    if (race.aborted) return null;
    const attempt = new AbortController();
    const stop = (): void => attempt.abort();
    race.addEventListener('abort', stop, { once: true });
    const cancel = this.#options.clock.after(CONNECT_MS, stop);
    try {
      return await this.#options.transport.dial(target.host, target.port, attempt.signal);
    } catch (error) {
      // Refused, unreachable, late: the next address or the next round.
      onFailure(attempt.signal.aborted ? null : error);
      return null;
    } finally {
      cancel();
      race.removeEventListener('abort', stop);
    }
  }

  #prove(connection: Connection, whom: Whom, race: AbortSignal): Promise<Link | null> {
    const { primitives, clock, scheduler, random, ourStatic } = this.#options;
    const protocol = LinkProtocol.initiator({ primitives, ourStatic, random, ...whom });
    const link = new Link({ connection, protocol, clock, scheduler, random });
    const lose = (): void => link.destroy();
    if (race.aborted) {
      lose();
      return Promise.resolve(null);
    }
    return new Promise((resolve) => {
      const settle = (result: Link | null): void => {
        race.removeEventListener('abort', lose);
        resolve(result);
      };
      race.addEventListener('abort', lose, { once: true });
      link.start({ kind: 'proving', onProven: () => settle(link), onClosed: () => settle(null) });
    });
  }

  #pause(ms: number, race?: AbortSignal): Promise<void> {
    if (ms === 0 || race?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, done);
      race?.addEventListener('abort', done, { once: true });
      function done(): void {
        cancel();
        race?.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}

/** What a connection that was not made tells; null: it took too long. */
function outcomeOf(error: unknown): Tried['outcome'] {
  if (error === null) return 'timeout';
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
}
