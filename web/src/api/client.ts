// The page's one line to the daemon: gets in, proves, asks, listens, and comes back after a cut without losing anything.
import type { CommandName, Input, Reply, Result } from '../../../server/contract/commands.ts';
import type { EventMessage } from '../../../server/contract/events.ts';
import { waitBeforeAttempt } from './backoff.ts';
import { askFirst, clickedHere, firstCode, mustAsk, onLaterCode } from './entry-code.ts';
import type { EntryCode } from './entry-code.ts';
import { Pending } from './pending.ts';
import { forgetSession, keepSession, readSession, redeemCode } from './session.ts';
import type { Keepsake, Session } from './session.ts';
import { ProvenSocket } from './socket.ts';
import type { SocketEnd } from './socket.ts';
import { answerTabs, askTabs, onTabIn, tabsAnswer, tellTabs } from './tabs.ts';

/**
 * `asks`: a way in is there, and who led this tab here is unknown: a person has to want it.
 * `out`: no way in; `code`: the code was refused; `none`: there was neither session nor code; `restarted`: the session is gone.
 * `lost`: we were in, the line is cut, it is being tried again.
 */
export type LineState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'asks' }
  | { readonly kind: 'open' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'impostor' }
  | { readonly kind: 'out'; readonly reason: 'none' | 'code' | 'restarted' };

/** Each turn takes some 20 ms, and few codes are open at once. */
const TURNS_MS = 400;

export interface ClientEvents {
  readonly line: (state: LineState) => void;
  readonly events: (events: readonly EventMessage[]) => void;
  /** What we know is stale or was never loaded: load everything. */
  readonly reload: () => void;
}

export class Client {
  readonly #events: ClientEvents;
  readonly #pending = new Pending();
  #state: LineState = { kind: 'starting' };
  #socket: ProvenSocket | null = null;
  #subscribed = false;
  #session: Session | null = null;
  /** Given for a code, and nobody has proven it yet: it may be a stranger's. */
  #untried = false;
  /** Of the Loom that we are in, or were: no other is let near what was written for it. */
  #keepsake: Keepsake | null = null;
  /** What the tab was opened with, until it is used. */
  #code: EntryCode | null = null;
  #place: { boot: string; cursor: number } | null = null;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(events: ClientEvents) {
    this.#events = events;
  }

  async start(): Promise<void> {
    onLaterCode((code) => void this.#enterWith(code, 'code'));
    answerTabs(
      () => this.#state.kind === 'open',
      () =>
        this.call('session.code', {}).then(
          ({ code }) => code,
          () => null,
        ),
    );
    const wake = (): void => {
      if (this.#state.kind === 'lost' && document.visibilityState === 'visible') this.#connect();
    };
    onTabIn(() => this.#comeAfter());
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);

    this.#code = firstCode();
    this.#session = readSession();
    const hasWay = this.#code !== null || this.#session !== null;
    if (mustAsk() && (hasWay || (await tabsAnswer()))) this.#setState({ kind: 'asks' });
    else await this.#enter();
  }

  /** A person wants in. */
  async allow(): Promise<void> {
    if (this.#state.kind !== 'asks') return;
    clickedHere();
    this.#setState({ kind: 'starting' });
    await this.#enter();
  }

  call<N extends CommandName>(command: N, params: Input<N>): Promise<Result<N>> {
    const socket = this.#socket;
    const transmit = this.#subscribed && socket !== null ? (value: unknown): void => socket.send(value) : null;
    return this.#pending.call(command, params, transmit);
  }

  /** After this tab unlocked: what it held until now opens nothing more, the daemon hands out another. */
  async renew(): Promise<void> {
    const session = await this.call('session.renew', {});
    this.#session = session;
    keepSession(session);
  }

  /** Tries again now, for people who do not want to wait. */
  retry(): void {
    if (this.#state.kind === 'lost') this.#connect();
  }

  /** Another tab is in: through it this one gets in, too, unless a person has to want it. */
  #comeAfter(): void {
    const state = this.#state;
    if (state.kind !== 'out' && state.kind !== 'impostor') return;
    clearTimeout(this.#timer);
    if (mustAsk()) this.#setState({ kind: 'asks' });
    else if (this.#session !== null) this.#connect();
    else this.#askTabsInTurn(state.kind === 'out' ? state.reason : 'restarted');
  }

  /** Where many tabs are refused at once, as after unlocking in one of them, they take turns. */
  #askTabsInTurn(reason: 'none' | 'code' | 'restarted'): void {
    this.#timer = setTimeout(() => void this.#askTabs(reason), Math.random() * TURNS_MS);
  }

  #setState(state: LineState): void {
    this.#state = state;
    this.#events.line(state);
  }

  async #enter(): Promise<void> {
    const code = this.#code;
    this.#code = null;
    if (code !== null) await this.#enterWith(code, 'code');
    else if (this.#session !== null) this.#connect();
    else await this.#askTabs('none');
  }

  async #enterWith(code: EntryCode, reason: 'none' | 'code' | 'restarted'): Promise<void> {
    const answer = await redeemCode(code);
    if (answer.kind === 'session') {
      this.#session = answer.session;
      this.#untried = true;
      keepSession(answer.session);
      this.#connect();
    } else if (this.#session !== null && reason === 'code') {
      // A stale link, or one made up elsewhere, in a tab that has a session of its own.
      if (this.#socket === null && this.#state.kind === 'starting') {
        askFirst();
        this.#setState({ kind: 'asks' });
      }
    } else {
      this.#setState({ kind: 'out', reason });
    }
  }

  async #askTabs(reason: 'none' | 'code' | 'restarted'): Promise<void> {
    const code = await askTabs();
    if (code === null) this.#setState({ kind: 'out', reason });
    else await this.#enterWith({ code, launch: false }, reason);
  }

  #connect(): void {
    if (this.#session === null) return;
    clearTimeout(this.#timer);
    const old = this.#socket;
    this.#socket = null;
    this.#subscribed = false;
    old?.close();
    // Its end is nobody's any more: what was on its way goes on the new one.
    this.#pending.cut();
    const socket: ProvenSocket = new ProvenSocket(this.#session, this.#keepsake, {
      proven: (keepsake) => {
        if (this.#socket !== socket) return;
        this.#keepsake = keepsake ?? this.#keepsake;
        this.#untried = false;
        this.#subscribe(socket);
      },
      message: (value) => {
        if (this.#socket === socket) this.#receive(value);
      },
      ended: (end) => {
        if (this.#socket === socket) this.#ended(end);
      },
    });
    this.#socket = socket;
  }

  #subscribe(socket: ProvenSocket): void {
    if (this.#socket !== socket) return;
    this.#attempt = 0;
    const params = { cursor: this.#place?.cursor ?? null, boot: this.#place?.boot ?? null };
    const first = this.#place === null;
    void this.#pending
      .call('events.subscribe', params, (request) => socket.send(request))
      .then((stream) => this.#subscribedTo(stream, first, socket))
      .catch(() => socket.close());
  }

  #subscribedTo({ boot, cursor, missed }: Result<'events.subscribe'>, first: boolean, socket: ProvenSocket): void {
    if (this.#socket !== socket) return;
    this.#subscribed = true;
    this.#place = { boot, cursor };
    this.#setState({ kind: 'open' });
    tellTabs();
    if (first || missed === null) this.#events.reload();
    else if (missed.length > 0) this.#events.events(missed);
    this.#pending.resume((request) => socket.send(request));
  }

  #receive(value: unknown): void {
    const message = value as Reply | EventMessage;
    if ('id' in message) {
      this.#pending.settle(message);
      return;
    }
    if (this.#place !== null) this.#place.cursor = message.cursor;
    this.#events.events([message]);
  }

  #forget(): void {
    this.#session = null;
    forgetSession();
  }

  #ended(end: SocketEnd): void {
    this.#socket = null;
    this.#subscribed = false;
    this.#pending.cut();
    if (end === 'impostor') {
      if (this.#untried) this.#forget();
      this.#setState({ kind: 'impostor' });
      return;
    }
    if (end === 'refused') {
      this.#forget();
      this.#askTabsInTurn('restarted');
      return;
    }
    this.#setState({ kind: 'lost' });
    this.#timer = setTimeout(() => this.#connect(), waitBeforeAttempt(this.#attempt));
    this.#attempt += 1;
  }
}
