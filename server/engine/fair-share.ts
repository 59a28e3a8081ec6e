// Places for people we do not know are few, and whoever comes first may be one computer with many names. When all are
// taken, the address that has the most of them gives one up.

/**
 * @param held who has a place, oldest first. @param newcomer the address of who wants one.
 * @returns who gives way: the newest of the address that has most; null: nobody has more than the newcomer would.
 */
export function whoGivesWay<T>(held: readonly T[], addressOf: (each: T) => string, newcomer: string): T | null {
  const byAddress = new Map<string, T[]>();
  for (const each of held) {
    const same = byAddress.get(addressOf(each));
    if (same) same.push(each);
    else byAddress.set(addressOf(each), [each]);
  }
  const have = (byAddress.get(newcomer)?.length ?? 0) + 1;
  const most = [...byAddress.values()].reduce<readonly T[]>((a, b) => (b.length > a.length ? b : a), []);
  return most.length > have ? (most.at(-1) ?? null) : null;
}
