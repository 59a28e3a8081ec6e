// Message keys of messages that have not come yet, by the ratchet key of their chain and their number (SPEC.md §4).
// A value: every change gives a new one, which shares with the old what they have in common. Keys lie in one flat table
// per chain, oldest chain first, so that saving a state is a copy. It does not know whether a message may be opened:
// who takes a key drops it only once the tag held. Bounded in number, in chains and in time; the oldest go first.
//
// A table is a sequence of records: n(u32) ‖ kept at(u48, Unix ms) ‖ message key(32), n ascending.
import { Buffer } from 'node:buffer';
import { concat, equal, readU32 } from '../../crypto/bytes.ts';
import { Secret } from '../../crypto/secret.ts';
import { KEY_BYTES, SKIPPED_KEYS, SKIPPED_KEY_MS } from '../limits.ts';

const TIME_OFFSET = 4;
const KEY_OFFSET = 10;
export const SKIPPED_RECORD_BYTES = KEY_OFFSET + KEY_BYTES;

/** One chain's kept keys. Never empty. */
export interface KeptChain {
  readonly ratchetKey: Uint8Array;
  readonly table: Uint8Array;
}

export class SkippedKeys extends Secret {
  static readonly none = new SkippedKeys([]);

  /** For the saved state alone. Oldest first. */
  readonly chains: readonly KeptChain[];
  /** How many keys are kept. */
  readonly size: number;
  #times: { oldest: number; newest: number } | null = null;

  /** @param chains plain Uint8Arrays (the `slice` of a Buffer is no copy), each with whole records, n ascending and at least one. */
  constructor(chains: readonly KeptChain[]) {
    super();
    this.chains = chains;
    this.size = chains.reduce((sum, chain) => sum + records(chain.table), 0);
  }

  /** @returns the message key (32 bytes, a copy), or null when it is not kept. */
  find(ratchetKey: Uint8Array, n: number): Uint8Array | null {
    const table = this.#chain(ratchetKey)?.table;
    const start = table ? search(table, n) : -1;
    return table && start >= 0 ? table.slice(start + KEY_OFFSET, start + SKIPPED_RECORD_BYTES) : null;
  }

  /** Whether any key of this chain is kept. */
  knows(ratchetKey: Uint8Array): boolean {
    return this.#chain(ratchetKey) !== undefined;
  }

  /** The same without one key. */
  without(ratchetKey: Uint8Array, n: number): SkippedKeys {
    return this.#map((chain) => {
      if (!equal(chain.ratchetKey, ratchetKey)) return chain.table;
      const start = search(chain.table, n);
      if (start < 0) return chain.table;
      return concat(chain.table.subarray(0, start), chain.table.subarray(start + SKIPPED_RECORD_BYTES));
    });
  }

  /**
   * With the keys of messages `first`, `first` + 1, … of the newest chain, dropping the oldest keys over the bound.
   * @param now Unix ms.
   */
  with(ratchetKey: Uint8Array, first: number, keys: readonly Uint8Array[], now: number): SkippedKeys {
    if (keys.length === 0) return this;
    const added = newTable(first, keys, now);
    const known = this.#chain(ratchetKey);
    const chains = known
      ? this.chains.map((chain) => (chain === known ? { ratchetKey, table: concat(chain.table, added) } : chain))
      : [...this.chains, { ratchetKey, table: added }];
    return new SkippedKeys(chains).#newest(SKIPPED_KEYS);
  }

  /** With the newest `count` chains alone. */
  newestChains(count: number): SkippedKeys {
    if (this.chains.length <= count) return this;
    return new SkippedKeys(count > 0 ? this.chains.slice(-count) : []);
  }

  /**
   * Without the keys that have been kept too long. A key from the future was kept under a wrong clock and is measured
   * the other way round, or it would stay until the clock gets there.
   * @param now Unix ms.
   */
  fresh(now: number): SkippedKeys {
    if (this.size === 0) return this;
    const isFresh = (keptAt: number): boolean => Math.abs(now - keptAt) <= SKIPPED_KEY_MS;
    this.#times ??= span(this.chains);
    if (isFresh(this.#times.oldest) && isFresh(this.#times.newest)) return this;
    return this.#map(({ table }) => {
      const kept: Uint8Array[] = [];
      for (let start = 0; start < table.length; start += SKIPPED_RECORD_BYTES)
        if (isFresh(readTime(table, start))) kept.push(table.subarray(start, start + SKIPPED_RECORD_BYTES));
      return concat(...kept);
    });
  }

  #chain(ratchetKey: Uint8Array): KeptChain | undefined {
    return this.chains.find((chain) => equal(chain.ratchetKey, ratchetKey));
  }

  #newest(count: number): SkippedKeys {
    let over = this.size - count;
    if (over <= 0) return this;
    return this.#map(({ table }) => {
      const dropped = Math.min(over, records(table));
      over -= dropped;
      return dropped === 0 ? table : table.slice(dropped * SKIPPED_RECORD_BYTES);
    });
  }

  /** Chains whose table stays are shared, chains whose table becomes empty go. */
  #map(change: (chain: KeptChain) => Uint8Array): SkippedKeys {
    const chains: KeptChain[] = [];
    for (const chain of this.chains) {
      const table = change(chain);
      if (table.length > 0) chains.push(table === chain.table ? chain : { ratchetKey: chain.ratchetKey, table });
    }
    return chains.length > 0 ? new SkippedKeys(chains) : SkippedKeys.none;
  }
}

function records(table: Uint8Array): number {
  return table.length / SKIPPED_RECORD_BYTES;
}

function newTable(first: number, keys: readonly Uint8Array[], now: number): Uint8Array {
  const table = new Uint8Array(keys.length * SKIPPED_RECORD_BYTES);
  const buffer = Buffer.from(table.buffer);
  keys.forEach((key, i) => {
    const start = i * SKIPPED_RECORD_BYTES;
    buffer.writeUInt32BE(first + i, start);
    buffer.writeUIntBE(now, start + TIME_OFFSET, 6);
    table.set(key, start + KEY_OFFSET);
  });
  return table;
}

/** Where the record of message n starts, or -1. */
function search(table: Uint8Array, n: number): number {
  let low = 0;
  let high = records(table) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = readU32(table, middle * SKIPPED_RECORD_BYTES);
    if (found === n) return middle * SKIPPED_RECORD_BYTES;
    if (found < n) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function readTime(table: Uint8Array, start: number): number {
  return readU32(table, start + TIME_OFFSET) * 0x10000 + (readU32(table, start + TIME_OFFSET + 2) % 0x10000);
}

function span(chains: readonly KeptChain[]): { oldest: number; newest: number } {
  let oldest = Infinity;
  let newest = -Infinity;
  for (const { table } of chains) {
    for (let start = 0; start < table.length; start += SKIPPED_RECORD_BYTES) {
      const keptAt = readTime(table, start);
      oldest = Math.min(oldest, keptAt);
      newest = Math.max(newest, keptAt);
    }
  }
  return { oldest, newest };
}
