// Killing, as the kernel does when memory runs out: at a random moment, or right at a named act (accident.js).
import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from './pair.ts';

/** The acts of a Loom that is up, each with how often it comes by soon enough to be worth waiting for. */
export const PLACES = [
  // One transaction: nothing of it written, a part, all but not synced, durable and nobody told.
  ['before log.write', 40],
  ['after log.write', 40],
  ['before log.sync', 12],
  ['after log.sync', 12],
  // A link and its greeting, a session being made, an envelope or its ACK on its way.
  ['before wire.write', 12],
  ['after wire.write', 12],
  ['before wire.read', 12],
  ['after wire.read', 12],
  // Durable, and the person is not told; told.
  ['before control.write', 12],
  ['after control.write', 12],
  // The log carried over into the database.
  ['before database.write', 12],
  ['after database.write', 12],
  ['before database.sync', 2],
  ['after database.sync', 2],
  // Coming up.
  ['before lock.make', 1],
  ['after lock.make', 1],
  ['after log.open', 1],
  ['before folder.sync', 1],
  ['after folder.sync', 1],
] as const;

/** A process that has not come to its place after a random moment up to this is killed where it is. */
const MOMENT_MS = 800;

export interface Restarts {
  /** ms from spawning a process after a kill to its ready line, for each. */
  readonly times: number[];
  /** How often each place was where a process ended. */
  readonly places: Map<string, number>;
}

export function noRestarts(): Restarts {
  return { times: [], places: new Map() };
}

/**
 * Kills one who runs, `kills` times, each time at a place or at a random moment; it runs again at the end.
 * @param random gives numbers from 0 to 1.
 */
export async function killOften(victim: Person, kills: number, random: () => number, seen: Restarts): Promise<void> {
  await victim.daemon.kill();
  for (let kill = 1; kill < kills; kill += 1) {
    const [place, most] = PLACES[Math.floor(random() * PLACES.length)]!;
    victim.crash = `${place} ${1 + Math.floor(random() * most)}`;
    const reached = await runs(victim, (0.2 + random()) * MOMENT_MS, seen);
    await victim.daemon.kill();
    note(seen, reached ? place : 'a random moment');
  }
  victim.crash = '';
  await start(victim, seen);
}

/** @returns whether it ended by itself within `moment`, or before it was up. */
async function runs(victim: Person, moment: number, seen: Restarts): Promise<boolean> {
  try {
    await start(victim, seen);
  } catch (error) {
    // Killed. Anything else is what this is about: a Loom that does not come up.
    if (error instanceof Error && error.message.startsWith('ended with null')) return true;
    throw error;
  }
  const control = await victim.daemon.control().catch(() => null);
  if (!control) return true;
  const ended = await Promise.race([control.closed.then(() => true), sleep(moment, false)]);
  control.close();
  return ended;
}

async function start({ daemon }: Person, { times }: Restarts): Promise<void> {
  const since = performance.now();
  await daemon.start();
  times.push(performance.now() - since);
}

function note({ places }: Restarts, place: string): void {
  places.set(place, (places.get(place) ?? 0) + 1);
}

/** What a report says of them. */
export function told({ times, places }: Restarts): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => `${Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)} ms`;
  const where = [...places].map(([place, count]) => `${place}: ${count}`).toSorted();
  return `restarts: ${times.length}, median ${at(0.5)}, 99 of 100 ${at(0.99)}, longest ${at(1)}; ended at ${where.join(', ')}`;
}
