// A long conversation beside a short one: a process that starts, unlocks and opens it; and a page of fifty from its
// middle beside the bare query for the same rows.
import type { HistoryService } from './history-process.ts';
import type { Process } from './process.ts';
import type { Row } from './report.ts';
import { spreadOf } from './statistics.ts';
import { comparison } from './stopwatch.ts';
import { Workplace } from './bench-scratch.ts';

/** For each 100,000 messages, and what a turn of the event loop may take beside. */
const FILLED_MS = 3000;
const TURN_MS = 8;

export interface HistoryScale {
  readonly rounds: number;
  readonly long: number;
  readonly short: number;
  readonly pages: number;
}

export function measureHistory({ rounds, long, short, pages }: HistoryScale): Promise<readonly Row[]> {
  return Workplace.with(async (place) => {
    const [longFolder, shortFolder] = [place.folder(), place.folder()];
    await Promise.all([write(place, longFolder, long), write(place, shortFolder, short)]);
    const starts: { ours: number; reference: number }[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const ours = await startAndOpen(place, longFolder, long);
      const reference = await startAndOpen(place, shortFolder, short);
      if (round > 0) starts.push({ ours, reference });
    }
    const reader = process(place, longFolder);
    await reader.ask('start', long);
    const filled = await reader.ask('fillSearch', null);
    const measured: { ours: number; reference: number }[] = [];
    for (let round = 0; round <= 3 * rounds; round += 1) {
      const ours = await reader.ask('readPages', pages);
      const reference = await reader.ask('readRows', pages);
      if (round > 0) measured.push({ ours, reference });
    }
    await reader.end();
    const start = comparison(starts);
    const page = comparison(measured);
    const size = `${long.toLocaleString('en')} messages`;
    return [
      {
        what: `${size}: start, unlock, open the conversation`,
        unit: 'ms',
        ours: start.ours,
        reference: { what: `with ${short.toLocaleString('en')}`, ...start.reference },
        ratio: start.ratio,
        goal: { kind: 'at-most', ratio: 2 },
      },
      {
        what: `${size}: a page of 50 from the middle`,
        unit: 'ms',
        ours: page.ours,
        reference: { what: 'the bare query', ...page.reference },
        ratio: page.ratio,
        goal: { kind: 'at-most', ratio: 3 },
      },
      wanted(`${size}: read for the search after a start`, filled.ms, (FILLED_MS * long) / 100_000),
      wanted('the longest turn meanwhile', filled.longestTurn, TURN_MS),
    ];
  });
}

/** Measured once: a start fills the search once. */
function wanted(what: string, ms: number, most: number): Row {
  return {
    what,
    unit: 'ms',
    ours: spreadOf([ms]),
    reference: { what: 'wanted', ...spreadOf([most]) },
    ratio: spreadOf([ms / most]),
    goal: { kind: 'at-most', ratio: 1 },
  };
}

function process(place: Workplace, folder: string): Process<HistoryService> {
  return place.start<HistoryService>('history-process', { folder });
}

async function write(place: Workplace, folder: string, count: number): Promise<void> {
  const writer = process(place, folder);
  await writer.ask('write', count);
  await writer.end();
}

/** @returns milliseconds in the process, from its profile's start to the newest page. */
async function startAndOpen(place: Workplace, folder: string, count: number): Promise<number> {
  const reader = process(place, folder);
  const ms = await reader.ask('start', count);
  await reader.end();
  return ms;
}
