// Which of this machine's adapters Loom may use, by their names. One that it may not use does not exist for it: nothing is
// announced there, its addresses are given to no one, and no connection over it is made or let in.
import { isLoopbackAddress } from './addresses.ts';
import { describeAdapter } from './adapters.ts';
import type { Interfaces } from './adapters.ts';
import { SystemAdapters } from './system-adapters.ts';

/** Names; one that ends in `*` stands for all that begin so. */
export interface AdapterChoice {
  /** Null: all. */
  readonly only: readonly string[] | null;
  /** Beats `only`. */
  readonly except: readonly string[];
}

export class ChosenAdapters {
  readonly #choice: AdapterChoice;
  readonly #system: SystemAdapters;

  constructor(choice: AdapterChoice, system = new SystemAdapters()) {
    this.#choice = choice;
    this.#system = system;
  }

  /** Whether the system lets the list be read. */
  get readable(): boolean {
    return this.#system.readable;
  }

  /** As the system lists them, without those that must not be used. */
  readonly list = (): Interfaces => {
    if (this.#isFree) return this.#system.list();
    return Object.fromEntries(Object.entries(this.#system.list()).filter(([name, found]) => this.#allows(name, found)));
  };

  /** @param host where a connection is to lead; not refused where its network is none of this machine's. */
  mayDial(host: string): boolean {
    return this.#isFree || !this.#isOnlyBehindRefused(host);
  }

  /** @param local the address of ours that was dialled. @param remote where that came from. */
  mayAccept(local: string, remote: string): boolean {
    return this.#isFree || (!this.#isRefusedOwn(local) && !this.#isOnlyBehindRefused(remote));
  }

  get #isFree(): boolean {
    return this.#choice.only === null && this.#choice.except.length === 0;
  }

  #allows(name: string, found: Interfaces[string]): boolean {
    const { only, except } = this.#choice;
    if (matches(except, name)) return false;
    // Loopback leads to this machine alone: who names networks to use does not mean to forbid it.
    return only === null || matches(only, name) || (found ?? []).every(({ internal }) => internal);
  }

  #isRefusedOwn(address: string): boolean {
    const [bare, scope] = address.split('%');
    const owners = Object.entries(this.#system.list()).filter(([name, found]) => {
      if (scope !== undefined && scope !== describeAdapter(name, found ?? []).scope) return false;
      return (found ?? []).some((each) => each.address === bare);
    });
    return owners.length > 0 && owners.every(([name, found]) => !this.#allows(name, found));
  }

  /** On the network of an adapter that must not be used, and of no other. */
  #isOnlyBehindRefused(host: string): boolean {
    const all = this.#system.list();
    // Which of the adapters never seen may be used is unknown.
    if (!this.#system.known) return !isLoopbackAddress(host);
    const around = Object.entries(all).filter(([name, found]) =>
      isLoopbackAddress(host)
        ? (found ?? []).some(({ internal }) => internal)
        : describeAdapter(name, found ?? []).isNeighbour(host),
    );
    return around.length > 0 && around.every(([name, found]) => !this.#allows(name, found));
  }
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}
