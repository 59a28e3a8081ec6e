// Time as a parameter: the real clock here, a fake one in `testing`.

export const DAY_MS = 24 * 60 * 60 * 1000;

export interface Clock {
  /** ms since 1970; may jump either way. */
  now(): number;
  /** Milliseconds that only grow, from an arbitrary origin. */
  monotonic(): number;
  /** Runs `action` once after `ms`. @returns a function that cancels it. */
  after(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
