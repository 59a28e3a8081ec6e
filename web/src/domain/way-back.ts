// How loudly people are reminded that nothing would bring them back.

/** So long it stands below the list, from the first contact on; after that a dot says it. */
const WEEK_MS = 7 * 24 * 60 * 60_000;

/** `card`: in words. `dot`: by a mark on one's own picture. @param addedAt of the contacts, in ms since 1970. */
export function reminderForm(wanted: boolean, addedAt: Iterable<number>, now: number): 'card' | 'dot' | 'none' {
  if (!wanted) return 'none';
  return now - Math.min(now, ...addedAt) < WEEK_MS ? 'card' : 'dot';
}
