// Addresses at which contacts are reached: what comes from there is let in before strangers. An address proves nothing;
// it only says whom a flood shall not shut out. What adverts say does not count: anybody can repeat one for themselves.
import { parseAddress } from '../../../network/addresses.ts';
import type { Clock } from '../../../timing/clock.ts';
import type { Roster } from '../../contacts/roster.ts';

/** How long the list is good, ms: it is asked for every connection of a flood, and changes seldom. */
const KEPT_MS = 1_000;

export class KnownHosts {
  readonly #roster: Pick<Roster, 'list'>;
  readonly #clock: Clock;
  #hosts: ReadonlySet<string> = new Set();
  #listedAt = -Infinity;

  constructor(roster: Pick<Roster, 'list'>, clock: Clock) {
    this.#roster = roster;
    this.#clock = clock;
  }

  has(host: string): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#listedAt >= KEPT_MS) {
      this.#hosts = this.#list();
      this.#listedAt = now;
    }
    return this.#hosts.has(host);
  }

  #list(): ReadonlySet<string> {
    const hosts = new Set<string>();
    for (const { blocked, addresses } of this.#roster.list()) {
      if (blocked) continue;
      for (const { address } of addresses) hosts.add(parseAddress(address)?.host ?? address);
    }
    return hosts;
  }
}
