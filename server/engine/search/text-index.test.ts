import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';
import { Segment, SEGMENT_BYTES, type Found, type IndexedText } from './segment.ts';
import { TextIndex } from './text-index.ts';

const everyone = (): boolean => true;
const never = new AbortController().signal;

/** Half of them as stored before, newest first, and half as they come. */
function indexOf(texts: readonly string[], maxBytes?: number): TextIndex {
  const index = new TextIndex(maxBytes);
  const entries = texts.map((text, at): IndexedText => ({ row: at + 1, tag: at % 3, time: at, text: fold(text) }));
  const half = Math.floor(entries.length / 2);
  for (const entry of entries.slice(0, half).toReversed()) index.addOlder(entry);
  for (const entry of entries.slice(half)) index.addNewer(entry);
  return index;
}

async function collect(found: AsyncIterable<Found>): Promise<number[]> {
  const rows: number[] = [];
  for await (const { row } of found) rows.push(row);
  return rows;
}

async function placeOf(index: TextIndex, wanted: number): Promise<number> {
  for await (const { place, row } of index.find({ terms: [], accepts: everyone, below: Infinity }, never)) {
    if (row === wanted) return place;
  }
  throw new Error(`row ${wanted} is not here`);
}

function found(
  index: TextIndex,
  terms: readonly string[],
  { below = Infinity, accepts = everyone }: { below?: number; accepts?: (tag: number, time: number) => boolean } = {},
): Promise<number[]> {
  const bytes = terms.map((term) => Buffer.from(fold(term)));
  return collect(index.find({ terms: bytes, accepts, below }, never));
}

describe('the search index', () => {
  it('finds texts that hold every term, anywhere in them, newest first', async () => {
    const index = indexOf(['Green tea', 'tea at https://tea.example/Menu?x=1', '我想喝绿茶', 'TEA', 'greentea']);
    expect(await found(index, ['tea'])).toEqual([5, 4, 2, 1]);
    expect(await found(index, ['tea', 'green'])).toEqual([5, 1]);
    expect(await found(index, ['example/menu'])).toEqual([2]);
    expect(await found(index, ['喝绿'])).toEqual([3]);
    expect(await found(index, ['coffee'])).toEqual([]);
    expect(await found(index, [])).toEqual([5, 4, 3, 2, 1]);
    for (const row of [4, 2]) {
      expect(await found(index, ['tea'], { below: await placeOf(index, row) })).toEqual(row === 4 ? [2, 1] : [1]);
    }
    expect(await found(index, ['tea'], { accepts: (tag) => tag === 0 })).toEqual([4, 1]);
    expect(await found(index, ['tea'], { accepts: (_, time) => time > 2 })).toEqual([5, 4]);
  });

  it('does not find what stands half in one text and half in the next', async () => {
    expect(await found(indexOf(['green', 'tea', 'green', 'tea']), ['greentea'])).toEqual([]);
  });

  it('finds every substring of every text, and what an array of strings finds', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', ' ', '茶', '😀', 'ß', 'م'), maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 30 }), text, async (texts, term) => {
        const terms = fold(term) === '' ? [] : [term];
        const expected = texts.flatMap((each, at) => (fold(each).includes(fold(term)) ? [at + 1] : []));
        expect(await found(indexOf(texts), terms)).toEqual(expected.toReversed());
      }),
    );
  });

  it('forgets and replaces single rows and whole conversations, and leaves none of their bytes', async () => {
    const index = indexOf(['one secret', 'two secret', 'three secret', 'four secret', 'five secret']);
    index.remove(4);
    index.replace(2, 'a much longer text than before');
    index.replace(5, '5');
    expect(await found(index, ['secret'])).toEqual([3, 1]);
    expect(await found(index, ['longer'])).toEqual([2]);
    expect(await found(index, ['5'])).toEqual([5]);
    expect(await found(index, [])).toEqual([5, 3, 2, 1]);
    expect([index.replace(4, 'x'), index.replace(0, 'x')]).toEqual([false, false]);
    index.addNewer({ row: 4, tag: 1, time: 0, text: 'in the row of one that is gone' });
    expect(await found(index, [])).toEqual([4, 5, 3, 2, 1]);
    index.removeTags((tag) => tag === 0);
    expect(await found(index, [])).toEqual([4, 5, 3, 2]);
    index.wipe();
    expect(await found(index, [])).toEqual([]);
  });

  it('goes over many segments, page by page', async () => {
    const long = 'x'.repeat(SEGMENT_BYTES / 4);
    const index = indexOf(Array.from({ length: 40 }, (_, at) => `${long} needle ${at}`));
    const rows = await found(index, ['needle']);
    expect(rows).toEqual(Array.from({ length: 40 }, (_, at) => 40 - at));
    for (const row of [21, 20, 3]) {
      expect(await found(index, ['needle'], { below: await placeOf(index, row) })).toEqual(rows.slice(41 - row));
    }
  });

  it('keeps to its memory: the oldest are not taken, and give way to new ones', async () => {
    const text = 'y'.repeat(SEGMENT_BYTES / 2);
    const index = new TextIndex(4 * SEGMENT_BYTES);
    let row = 1000;
    while (index.addOlder({ row: (row -= 1), tag: 0, time: 0, text })) expect(row).toBeGreaterThan(980);
    for (let newer = 1000; newer < 1008; newer += 1) index.addNewer({ row: newer, tag: 0, time: 0, text });
    expect(index.size).toBeLessThan(6 * SEGMENT_BYTES);
    const rows = await found(index, ['yy']);
    expect(rows.slice(0, 8)).toEqual([1007, 1006, 1005, 1004, 1003, 1002, 1001, 1000]);
  });

  it('gives way to others between two segments, and ends when nobody waits any more', async () => {
    const index = indexOf(Array.from({ length: 12 }, (_, at) => `${'z'.repeat(SEGMENT_BYTES / 2)} ${at}`));
    const abort = new AbortController();
    const search = index.find({ terms: [Buffer.from('nowhere')], accepts: everyone, below: Infinity }, abort.signal);
    const over = collect(search);
    let turns = 0;
    const counting = (async () => {
      while (!abort.signal.aborted) {
        await nextTurn();
        turns += 1;
        if (turns === 3) abort.abort();
      }
    })();
    expect(await over).toEqual([]);
    await counting;
    expect(turns).toBe(3);
  });
});

describe('a segment', () => {
  it('says when it is full, and takes one text of any length', () => {
    const segment = new Segment('newest-first', 0);
    expect(segment.add({ row: 2, tag: 0, time: 0, text: 'x'.repeat(SEGMENT_BYTES + 1) })).toBe(true);
    expect(segment.add({ row: 1, tag: 0, time: 0, text: '' })).toBe(false);
  });

  it('takes at most a third more memory than the texts, once it is full of short ones', () => {
    const segment = new Segment('newest-first', 0);
    const text = 'm'.repeat(76);
    let bytes = 0;
    for (let row = 1_000_000; segment.add({ row, tag: 0, time: 0, text }); row -= 1) bytes += 77;
    segment.close();
    expect(segment.size / bytes).toBeLessThan(1.3);
  });
});
