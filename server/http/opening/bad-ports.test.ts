import { describe, expect, it } from 'vitest';
import { freePort, isRefusedByBrowsers } from './bad-ports.ts';

const all = Array.from({ length: 65_536 }, (_, port) => port);

/** What Node's own `fetch`, which holds to the same specification, says before it connects. */
async function isRefusedByFetch(port: number): Promise<boolean> {
  const failed: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error);
  return failed instanceof Error && failed.cause instanceof Error && failed.cause.message === 'bad port';
}

describe('ports that browsers refuse', () => {
  it('are those of the specification, and none beside them', async () => {
    const bad = all.filter(isRefusedByBrowsers);
    expect(bad).toEqual(expect.arrayContaining([6000, 6667, 10_080]));
    for (const port of bad) expect([port, await isRefusedByFetch(port)]).toEqual([port, true]);
    const beside = bad.flatMap((port) => [port - 1, port + 1]).filter((port) => port > 0 && !isRefusedByBrowsers(port));
    for (const port of beside) expect([port, await isRefusedByFetch(port)]).toEqual([port, false]);
  });

  it('are passed over where any port will do', async () => {
    const offered: number[] = [];
    const port = await freePort((each) => offered.push(each) <= 3);
    expect(offered).toHaveLength(4);
    expect(offered.indexOf(port)).toBe(3);
    expect(new Set(offered).size).toBe(4);
  });
});
