// Measures two things side by side: a round of one, a round of the other, and so on. Whatever else the machine does
// meanwhile slows both, so their ratio holds where each figure alone would not.
import { spreadOf, type Spread } from './statistics.ts';

/** Does its thing `times` times. */
export type Action = (times: number) => void | Promise<void>;

export interface Rounds {
  readonly count: number;
  /** How long one round of one side takes, about. */
  readonly ms: number;
}

/** Rates in times a second; the ratio is ours to theirs, round by round. */
export interface Comparison {
  readonly ours: Spread;
  readonly reference: Spread;
  readonly ratio: Spread;
}

export async function compare(ours: Action, reference: Action, rounds: Rounds): Promise<Comparison> {
  const ourTimes = await timesFor(ours, rounds.ms);
  const theirTimes = await timesFor(reference, rounds.ms);
  const measured: { ours: number; reference: number }[] = [];
  for (let round = 0; round < rounds.count; round += 1) {
    measured.push({ ours: await rate(ours, ourTimes), reference: await rate(reference, theirTimes) });
  }
  return comparison(measured);
}

export function comparison(rounds: readonly { readonly ours: number; readonly reference: number }[]): Comparison {
  return {
    ours: spreadOf(rounds.map((round) => round.ours)),
    reference: spreadOf(rounds.map((round) => round.reference)),
    ratio: spreadOf(rounds.map((round) => round.ours / round.reference)),
  };
}

/** Warms up, and finds out how often the action fits into a round. */
async function timesFor(action: Action, ms: number): Promise<number> {
  let times = 1;
  for (;;) {
    const elapsed = (1000 * times) / (await rate(action, times));
    if (elapsed >= ms / 2) return Math.max(1, Math.round((times * ms) / elapsed));
    times *= 2;
  }
}

async function rate(action: Action, times: number): Promise<number> {
  const start = performance.now();
  await action(times);
  return (1000 * times) / (performance.now() - start);
}
