// How long what people say is there, where it does not stay.
import { TIMER_SECONDS } from '../../../protocol/limits.ts';

/** Nothing of theirs goes the moment it is seen. */
const SHORTEST_MS = TIMER_SECONDS * 1000;

/** Once it has been read, ms; null: it stays. @param ttl as it says itself, seconds. */
export function lifeOf({ ttl }: { readonly ttl?: number }): number | null {
  return ttl === undefined ? null : Math.max(ttl * 1000, SHORTEST_MS);
}
