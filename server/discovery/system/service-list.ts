// The services that the responder lists, and what stands behind each:
//
//   listed ──▶ waiting ──▶ watched ──resolved──▶ watched, known ──▶ listed, known (another needed the watch)
//                 ▲            └──── silent or gone ────▶ listed ──┐
//                 └────────────── all are asked, a while later ────┘
//
// A watch is a thread and a connection, so there are few: all neighbours have one while they are few as well; beyond
// that contacts keep theirs, and strangers are looked at in turn. A list as long as a flood makes it is cut as the
// built-in backend cuts its adverts.
import type { TimerGroup } from '../../timing/timer-group.ts';
import { MAX_ADVERTS } from '../mdns/limits.ts';
import { readResolved } from './parse-reports.ts';
import type { Listed, Resolved } from './parse-reports.ts';
import * as limits from './limits.ts';
import type { Operation, Responder } from './responder.ts';

export interface ListedService extends Listed {
  readonly resolved: Resolved;
}

export interface ServiceListOptions {
  readonly responder: Responder;
  readonly now: () => number;
  readonly timers: TimerGroup;
  readonly isOwn: (label: string) => boolean;
  readonly isWanted: (label: string) => boolean;
  /** Resolved, or resolved with another text. */
  readonly onResolved: (neighbour: ListedService) => void;
  /** Took its leave, or does not answer any more. */
  readonly onGone: (listed: Listed) => void;
}

interface Entry extends Listed {
  /** One of those it is listed on. */
  scope: string;
  /** How often it is listed on each adapter, by scope: once for each family, or once for both. */
  readonly times: Map<string, number>;
  watch: Operation | null;
  resolved: Resolved | null;
  /** ms since 1970; when a watch was last begun. */
  lookedAt: number;
}

export class ServiceList {
  readonly #options: ServiceListOptions;
  /** Oldest first. */
  readonly #entries = new Map<string, Entry>();
  /** To be watched, longest waiting first. */
  readonly #waiting = new Set<Entry>();
  #second = -1;
  #begun = 0;
  #pumping = false;
  #stopped = false;

  constructor(options: ServiceListOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get watches(): number {
    return this.#all().filter(({ watch }) => watch !== null).length;
  }

  /** The responder lists it, once more perhaps. */
  list(listed: Listed): void {
    if (this.#options.isOwn(listed.label)) return;
    const known = this.#entries.get(listed.label);
    if (known) {
      known.times.set(listed.scope, (known.times.get(listed.scope) ?? 0) + 1);
      return;
    }
    if (this.#entries.size >= MAX_ADVERTS && !this.#makeRoom()) return;
    const entry: Entry = {
      ...listed,
      times: new Map([[listed.scope, 1]]),
      watch: null,
      resolved: null,
      lookedAt: 0,
    };
    this.#entries.set(entry.label, entry);
    this.#lookAt(entry);
  }

  unlist({ label, scope }: Listed): void {
    const entry = this.#entries.get(label);
    const times = entry?.times.get(scope);
    if (!entry || times === undefined) return;
    if (times > 1) entry.times.set(scope, times - 1);
    else entry.times.delete(scope);
    this.#goneFrom(entry, scope);
  }

  /** The adapter is used no more. */
  leave(scope: string): void {
    for (const entry of this.#all()) if (entry.times.delete(scope)) this.#goneFrom(entry, scope);
  }

  /** Who is there? Tells those that are known, and looks anew at those that are not watched. */
  askAll(): void {
    for (const { label } of this.#all()) this.ask(label);
  }

  ask(label: string): void {
    const entry = this.#entries.get(label);
    if (!entry) return;
    if (entry.watch && entry.resolved) this.#options.onResolved({ ...entry, resolved: entry.resolved });
    else if (!entry.watch && this.#options.now() - entry.lookedAt >= limits.LOOK_AGAIN) this.#lookAt(entry);
  }

  stop(): void {
    this.#stopped = true;
    for (const entry of this.#all()) this.#forget(entry);
  }

  #goneFrom(entry: Entry, scope: string): void {
    if (entry.times.has(scope)) return;
    const [other] = entry.times.keys();
    if (other === undefined) {
      this.#forget(entry);
      this.#options.onGone(entry);
    } else if (entry.scope === scope) entry.scope = other;
  }

  #all(): Entry[] {
    return [...this.#entries.values()];
  }

  /** Drops strangers that were looked at before those that were not, then the oldest. @returns whether one could be. */
  #makeRoom(): boolean {
    const strangers = this.#all().filter(({ label }) => !this.#options.isWanted(label));
    const victim = strangers.find(({ lookedAt }) => lookedAt > 0) ?? strangers[0];
    if (victim) this.#forget(victim);
    return victim !== undefined;
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.label);
    this.#waiting.delete(entry);
    this.#unwatch(entry);
  }

  #lookAt(entry: Entry): void {
    this.#waiting.add(entry);
    this.#pump();
  }

  /** Begins as many watches as may be begun now. */
  #pump(): void {
    if (this.#pumping || this.#stopped) return;
    for (const entry of this.#waiting) {
      if (!this.#afford() || !this.#makeWatchFree()) {
        this.#pumping = true;
        this.#options.timers.after(1_000, () => {
          this.#pumping = false;
          this.#pump();
        });
        return;
      }
      this.#waiting.delete(entry);
      this.#watch(entry);
    }
  }

  #afford(): boolean {
    const second = Math.floor(this.#options.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#begun = 0;
    }
    return this.#begun < limits.MAX_WATCHES_PER_SECOND;
  }

  /** Takes one from a neighbour that is known already, a stranger if there is any. */
  #makeWatchFree(): boolean {
    const watched = this.#all().filter(({ watch }) => watch !== null);
    if (watched.length < limits.MAX_WATCHES) return true;
    const known = watched.filter(({ resolved }) => resolved !== null).sort((a, b) => a.lookedAt - b.lookedAt);
    const victim = known.find(({ label }) => !this.#options.isWanted(label)) ?? known[0];
    if (victim) this.#unwatch(victim);
    return victim !== undefined;
  }

  #watch(entry: Entry): void {
    const { responder, now, timers } = this.#options;
    this.#begun += 1;
    entry.lookedAt = now();
    let answered = false;
    const { label, scope } = entry;
    const watch = responder.begin({ kind: 'resolve', label, scope }, (kind, data) => {
      answered = true;
      this.#replied(entry, watch, kind === 'resolved' ? readResolved(data) : null);
    });
    entry.watch = watch;
    timers.after(limits.WATCH_TIMEOUT, () => {
      if (!answered) this.#failed(entry, watch);
    });
  }

  #replied(entry: Entry, watch: Operation, resolved: Resolved | null): void {
    if (entry.watch !== watch) return;
    if (!resolved) {
      this.#failed(entry, watch);
      return;
    }
    entry.resolved = resolved;
    this.#options.onResolved({ ...entry, resolved });
  }

  /** Still listed, so it is looked at again when all are asked. */
  #failed(entry: Entry, watch: Operation): void {
    if (entry.watch !== watch) return;
    this.#unwatch(entry);
    if (!entry.resolved) return;
    entry.resolved = null;
    this.#options.onGone(entry);
  }

  #unwatch(entry: Entry): void {
    const { watch } = entry;
    entry.watch = null;
    watch?.stop();
  }
}
