// Notices when this machine's addresses change: a cable, a new Wi-Fi, waking up.
import type { networkInterfaces } from 'node:os';
import type { Clock } from '../timing/clock.ts';

/** How often the list of addresses is looked at; costs well under a millisecond. */
const LOOK_MS = 2_000;

/** A look that comes this much late means that the machine slept. */
const SLEPT_MS = 10_000;

export function currentAddresses(interfaces: ReturnType<typeof networkInterfaces>): string[] {
  const found: string[] = [];
  for (const [name, addresses] of Object.entries(interfaces)) {
    for (const { address, internal } of addresses ?? []) if (!internal) found.push(`${name} ${address}`);
  }
  return found.sort();
}

/** Calls `onChange` after each change and after sleep. @returns a function that ends the watch. */
export function watchNetwork(clock: Clock, addresses: () => readonly string[], onChange: () => void): () => void {
  let known = addresses().join();
  let lookedAt = clock.now();
  let cancel = clock.after(LOOK_MS, look);

  function look(): void {
    const current = addresses().join();
    const slept = clock.now() - lookedAt > LOOK_MS + SLEPT_MS;
    lookedAt = clock.now();
    const changed = slept || current !== known;
    known = current;
    cancel = clock.after(LOOK_MS, look);
    if (changed) onChange();
  }

  return () => cancel();
}
