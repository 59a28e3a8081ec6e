// A small stopwatch: runs an action for a while, several times over, and takes the median of the rounds.

const ROUNDS = 5;

export interface Measurement {
  readonly what: string;
  readonly perSecond: number;
  readonly microseconds: number;
}

/**
 * @param action does its thing `times` times.
 * @param roundMs how long one round takes, about.
 */
export function measure(what: string, roundMs: number, action: (times: number) => void): Measurement {
  let times = 1;
  // Warms up, and finds out how often the action fits into a round.
  for (let elapsed = timed(action, times); elapsed < roundMs / 2; elapsed = timed(action, times)) times *= 2;
  const rounds = Array.from({ length: ROUNDS }, () => timed(action, times) / times).sort((a, b) => a - b);
  const milliseconds = rounds[Math.floor(ROUNDS / 2)] ?? 0;
  return { what, perSecond: 1000 / milliseconds, microseconds: 1000 * milliseconds };
}

/** One line each: how many a second, and how long one takes. */
export function table(measurements: readonly Measurement[]): string {
  const width = Math.max(...measurements.map(({ what }) => what.length));
  const line = ({ what, perSecond, microseconds }: Measurement): string =>
    `${what.padEnd(width)}  ${Math.round(perSecond).toLocaleString('en').padStart(10)} /s  ${microseconds.toFixed(1).padStart(10)} µs`;
  return measurements.map(line).join('\n');
}

function timed(action: (times: number) => void, times: number): number {
  const start = performance.now();
  action(times);
  return performance.now() - start;
}
