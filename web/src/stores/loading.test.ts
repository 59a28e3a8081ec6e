import { expect, it } from 'vitest';
import { Loading } from './loading.ts';

interface Run {
  readonly end: () => Promise<void>;
  readonly fail: () => Promise<void>;
}

function setUp(): { loading: Loading; runs: Run[] } {
  const runs: Run[] = [];
  const load = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const settled = async (settle: () => void): Promise<void> => {
        settle();
        await Promise.resolve();
      };
      runs.push({ end: () => settled(resolve), fail: () => settled(() => reject(new Error('cut'))) });
    });
  return { loading: new Loading(load), runs };
}

it('begins again with the next line when a cut has left something out, until it gets to its end', async () => {
  const { loading, runs } = setUp();
  loading.begin();
  await runs[0]!.fail();
  expect(runs).toHaveLength(1);
  loading.resume();
  await runs[1]!.fail();
  loading.resume();
  await runs[2]!.end();
  loading.resume();
  expect(runs).toHaveLength(3);
});

it('is not begun again while it is under way, nor for one that another has overtaken', async () => {
  const { loading, runs } = setUp();
  loading.begin();
  loading.resume();
  expect(runs).toHaveLength(1);
  loading.begin();
  await runs[1]!.end();
  await runs[0]!.fail();
  loading.resume();
  expect(runs).toHaveLength(2);
});
