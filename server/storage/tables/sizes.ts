// Work in pieces that are bounded by bytes: which rows of a list one piece takes.
import type { Row } from './row.ts';

/** How many of the first rows fit, each with its `size`: until their sizes together pass `maxBytes`. */
export function countWithin(sizes: readonly Row[], maxBytes: number): number {
  let bytes = 0;
  let count = 0;
  while (count < sizes.length && bytes <= maxBytes) {
    bytes += sizes[count]?.number('size') ?? 0;
    count += 1;
  }
  return count;
}
