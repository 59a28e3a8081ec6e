/** Loopback is back as soon as the daemon is: short first waits cost nothing. */
const FIRST_MS = 250;
const LONGEST_MS = 5000;

/** How long to wait before attempt `attempt` (from 0), in ms. */
export function waitBeforeAttempt(attempt: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
}
