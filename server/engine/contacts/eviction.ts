// Places for people we do not know are few, and whoever comes first may be one computer with many names and addresses. When
// all are taken, the lot that has most gives one up; among as many, the one that has been there longest.
import { lotOf } from '../../network/lot.ts';

/**
 * @param held who has a place, oldest first, and last of all who has come just now.
 * @returns who gives way: in the lot that has most, of the address that has most, the oldest; of equals the oldest.
 */
export function pickVictim<T>(held: readonly T[], hostOf: (each: T) => string): T {
  return oldestOfMost(
    most(held, (each) => lotOf(hostOf(each))),
    hostOf,
  );
}

/** @returns the oldest of the address that has most; of equals the oldest. @throws Error when there is nobody. */
export function oldestOfMost<T>(lot: readonly T[], hostOf: (each: T) => string): T {
  const [oldest] = most(lot, hostOf);
  if (oldest === undefined) throw new Error('nobody has a place');
  return oldest;
}

/** The largest group, in order; of equals the one that began first. */
function most<T>(all: readonly T[], groupOf: (each: T) => string): readonly T[] {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(groupOf(each));
    if (group) group.push(each);
    else groups.set(groupOf(each), [each]);
  }
  return [...groups.values()].reduce<readonly T[]>((a, b) => (b.length > a.length ? b : a), []);
}
