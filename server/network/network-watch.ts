// Notices when this machine's addresses change: a cable, a new Wi-Fi, waking up.
import type { networkInterfaces } from 'node:os';
import type { Clock } from '../timing/clock.ts';

/** How often the list of addresses is looked at; costs well under a millisecond. */
const LOOK_MS = 2_000;

/** A look that comes this much late means that the machine slept. */
const SLEPT_MS = 10_000;

/** One of this machine's addresses that others can reach. */
export interface LocalAddress {
  readonly adapter: string;
  /** IP address without scope. */
  readonly host: string;
}

/** In no order. */
export function currentAddresses(interfaces: ReturnType<typeof networkInterfaces>): LocalAddress[] {
  return Object.entries(interfaces).flatMap(([adapter, addresses]) =>
    (addresses ?? []).filter(({ internal }) => !internal).map(({ address }) => ({ adapter, host: address })),
  );
}

/** Calls `onChange` after each change and after sleep. @returns a function that ends the watch. */
export function watchNetwork(clock: Clock, addresses: () => readonly LocalAddress[], onChange: () => void): () => void {
  let known = listed(addresses());
  let lookedAt = clock.now();
  let cancel = clock.after(LOOK_MS, look);

  function look(): void {
    const current = listed(addresses());
    const slept = clock.now() - lookedAt > LOOK_MS + SLEPT_MS;
    lookedAt = clock.now();
    const changed = slept || current !== known;
    known = current;
    cancel = clock.after(LOOK_MS, look);
    if (changed) onChange();
  }

  return () => cancel();
}

/** The same text for the same addresses, in whatever order the system gives them. */
function listed(addresses: readonly LocalAddress[]): string {
  return addresses
    .map(({ adapter, host }) => `${adapter} ${host}`)
    .toSorted()
    .join();
}
