// Messages from one Loom's disk to another's, and the acknowledgement back: one at a time beside a bare floor, and many
// at once beside the same Loom with a transaction for each write, on this disk and on a slow one.
import type { FloorService } from './floor.ts';
import type { Row } from './report.ts';
import { median, spreadOf } from './statistics.ts';
import { comparison } from './stopwatch.ts';
import { couple, Workplace } from './bench-scratch.ts';

export interface DeliveryScale {
  readonly rounds: number;
  readonly singly: number;
  readonly many: number;
  readonly ungrouped: number;
}

/** On their way at once: what a person who pastes, or a program on the command line, may bring about. */
const WINDOW = 2000;
const SLOW_MS = 2;

export function measureSingly({ rounds, singly }: DeliveryScale): Promise<Row> {
  return Workplace.with(async (place) => {
    const { sender, contact } = await couple(place);
    const [caller, answerer] = [0, 1].map(() => place.start<FloorService>('floor', { folder: place.folder() }));
    if (!caller || !answerer) throw new Error('two processes were started');
    await caller.ask('connect', await answerer.ask('listen', undefined));
    const measured: { ours: number; reference: number }[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const ours = median(await sender.ask('sendSingly', { contact, count: singly }));
      const reference = median(await caller.ask('sendSingly', singly));
      // The first round warms up.
      if (round > 0) measured.push({ ours, reference });
    }
    const { ours, reference, ratio } = comparison(measured);
    return {
      what: 'delivered, one at a time, p50',
      unit: 'ms',
      ours,
      reference: { what: 'TCP echo and two commits', ...reference },
      ratio,
      goal: { kind: 'at-most', ratio: 1.5 },
    };
  });
}

export async function measureMany(scale: DeliveryScale): Promise<readonly Row[]> {
  const here = await grouped(scale, 0);
  const slow = await grouped(scale, SLOW_MS);
  const floor = { median: 30_000, low: 30_000, high: 30_000 };
  return [
    { ...here, what: 'delivered, many at once', goal: { kind: 'at-least', ratio: 4 } },
    { ...slow, what: `the same, each sync ${SLOW_MS} ms slower`, goal: { kind: 'at-least', ratio: 40 } },
    {
      what: 'delivered, many at once',
      unit: '/s',
      ours: here.ours,
      reference: { what: 'wanted', ...floor },
      ratio: spreadOf([here.ours.low, here.ours.median, here.ours.high].map((rate) => rate / floor.median)),
      goal: { kind: 'at-least', ratio: 1 },
    },
  ];
}

function grouped(
  { rounds, many, ungrouped }: DeliveryScale,
  slowerSyncMs: number,
): Promise<Omit<Row, 'what' | 'goal'>> {
  return Workplace.with(async (place) => {
    const ours = await couple(place, { slowerSyncMs });
    const theirs = await couple(place, { slowerSyncMs, ungrouped: true });
    const measured: { ours: number; reference: number }[] = [];
    const single = slowerSyncMs > 0 ? Math.ceil(ungrouped / 10) : ungrouped;
    for (let round = 0; round <= rounds; round += 1) {
      const fast = await ours.sender.ask('sendMany', { contact: ours.contact, count: many, window: WINDOW });
      const slow = await theirs.sender.ask('sendMany', { contact: theirs.contact, count: single, window: WINDOW });
      if (round > 0) measured.push({ ours: fast, reference: slow });
    }
    const result = comparison(measured);
    return {
      unit: '/s',
      ours: result.ours,
      reference: { what: 'a transaction for each', ...result.reference },
      ratio: result.ratio,
    };
  });
}
