// `name.local` to addresses by mDNS (RFC 6762 §3), for addresses people type. Never DNS.
import type { TimerClock } from '../../timing/timer-group.ts';
import { TimerGroup } from '../../timing/timer-group.ts';
import { isLocalName } from '../../network/addresses.ts';
import type { AdapterLink } from '../../network/adapters.ts';
import { addressesOf, bestFirst } from './found-addresses.ts';
import { MAX_RESOLVES, RESOLVE_REPEAT, RESOLVE_SETTLE, RESOLVE_TIMEOUT } from './limits.ts';
import { encodeQuery } from './dns/packet.ts';
import type { Message } from './dns/packet.ts';

interface Search {
  readonly name: string;
  readonly found: Set<string>;
  /** The first answer is in. */
  settling: boolean;
  readonly finish: () => void;
}

export class Resolver {
  readonly #timers: TimerGroup;
  readonly #ask: (packet: Uint8Array) => void;
  readonly #searches = new Set<Search>();

  constructor(clock: TimerClock, ask: (packet: Uint8Array) => void) {
    this.#timers = new TimerGroup(clock);
    this.#ask = ask;
  }

  /** @returns local addresses, link-local ones with scope; empty when no one answers, or the name is not a name. */
  resolve(text: string): Promise<readonly string[]> {
    const name = text.toLowerCase();
    if (!isLocalName(name) || this.#searches.size >= MAX_RESOLVES) return Promise.resolve([]);
    return new Promise((resolve) => {
      const search: Search = {
        name,
        found: new Set(),
        settling: false,
        finish: () => {
          cancelRepeat();
          cancelTimeout();
          this.#searches.delete(search);
          resolve(bestFirst(search.found));
        },
      };
      const question = encodeQuery([
        { name, type: 'A' },
        { name, type: 'AAAA' },
      ]);
      this.#searches.add(search);
      const cancelRepeat = this.#timers.after(RESOLVE_REPEAT, () => this.#ask(question));
      const cancelTimeout = this.#timers.after(RESOLVE_TIMEOUT, search.finish);
      this.#ask(question);
    });
  }

  receive(message: Message, link: AdapterLink): void {
    if (message.kind !== 'response') return;
    for (const search of this.#searches) {
      const found = addressesOf(search.name, [...message.answers, ...message.additionals], link);
      for (const { addresses } of found.values()) for (const address of addresses) search.found.add(address);
      if (search.found.size === 0 || search.settling) continue;
      search.settling = true;
      this.#timers.after(RESOLVE_SETTLE, search.finish);
    }
  }

  /** Ends all searches with what they have. */
  stop(): void {
    for (const search of [...this.#searches]) search.finish();
    this.#timers.clear();
  }
}
