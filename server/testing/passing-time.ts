// Waiting under a clock that the test moves.
import { setTimeout } from 'node:timers/promises';
import type { FakeClock } from './fake-clock.ts';

/** How far the clock moves in one round of waiting, and how many rounds are waited. */
const ROUND_MS = 20;
const ROUNDS = 20_000;

/** After so many, each takes a millisecond by the wall as well: what is waited for may be a disk, which no clock here moves. */
const QUICK_ROUNDS = 2_000;

/** Lets time pass, in small steps with real turns of the event loop between, until `condition` holds. */
export async function until(clock: FakeClock, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    if (await condition()) return;
    await turns();
    if (round >= QUICK_ROUNDS) await setTimeout(1);
    clock.advance(ROUND_MS);
  }
  throw new Error('waited in vain');
}

/** Lets `ms` pass with turns of the event loop between. */
export async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += ROUND_MS) {
    await turns();
    clock.advance(ROUND_MS);
  }
  await turns();
}

/** Turns of the event loop. */
export async function turns(count = 4): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
