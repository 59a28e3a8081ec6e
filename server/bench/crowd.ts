// Many contacts: a hundred who send at once to one Loom, beside one who sends as much; and five hundred who say nothing,
// beside none.
import { choosePrimitives } from '../crypto/choose.ts';
import type { DaemonService } from './daemon.ts';
import { LightContact } from './light-contact.ts';
import type { Process } from './process.ts';
import type { Row } from './report.ts';
import { spreadOf } from './statistics.ts';
import { comparison } from './stopwatch.ts';
import { Workplace } from './bench-scratch.ts';

export interface CrowdScale {
  readonly rounds: number;
  readonly senders: number;
  /** Of all together. */
  readonly messages: number;
  readonly idle: number;
  readonly idleSeconds: number;
}

/** Messages on their way at once, of all together. */
const WINDOW = 1000;

const primitives = choosePrimitives(undefined);

export function measureSenders({ rounds, senders, messages }: CrowdScale): Promise<readonly Row[]> {
  return Workplace.with(async (place) => {
    const crowd = await meet(place.daemon(), senders);
    const [alone] = await meet(place.daemon(), 1);
    if (!alone) throw new Error('nobody came');
    const measured: { ours: number; reference: number }[] = [];
    const unfairness: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const together = await sendAll(crowd, messages);
      const single = await sendAll([alone], messages);
      if (round === 0) continue;
      measured.push({ ours: together.rate, reference: single.rate });
      unfairness.push(Math.max(...together.waits) / mean(together.waits));
    }
    await Promise.all([...crowd, alone].map((contact) => contact.close()));
    const { ours, reference, ratio } = comparison(measured);
    const waits = spreadOf(unfairness);
    return [
      {
        what: `${senders} contacts send to one at once`,
        unit: '/s',
        ours,
        reference: { what: 'one contact sends', ...reference },
        ratio,
        goal: { kind: 'at-least', ratio: 0.7 },
      },
      {
        what: 'of these, the one who waits longest',
        unit: '× the mean',
        ours: waits,
        reference: { what: 'the mean', ...spreadOf([1]) },
        ratio: waits,
        goal: { kind: 'at-most', ratio: 2 },
      },
    ];
  });
}

export function measureIdle({ idle, idleSeconds }: CrowdScale): Promise<readonly Row[]> {
  return Workplace.with(async (place) => {
    const daemons = [place.daemon(), place.daemon()] as const;
    const crowd = await meet(daemons[0], idle);
    await meet(daemons[1], 0);
    // Until what a start and five hundred handshakes left behind is collected.
    await Promise.all(daemons.map((daemon) => daemon.ask('settle', undefined)));
    const before = await Promise.all(daemons.map((daemon) => daemon.ask('use', undefined)));
    await new Promise((resolve) => setTimeout(resolve, 1000 * idleSeconds));
    const after = await Promise.all(daemons.map((daemon) => daemon.ask('use', undefined)));
    await Promise.all(crowd.map((contact) => contact.close()));
    const cpu = after.map((use, index) => (use.cpuMs - (before[index]?.cpuMs ?? 0)) / (10 * idleSeconds));
    const rss = after.map(({ rssBytes }) => rssBytes / 1024 ** 2);
    const what = `${idle} contacts online and idle`;
    return [
      difference(`${what}, ${idleSeconds} s for an hour`, '% of a core', cpu, 0.5),
      difference(what, 'MB', rss, 60),
    ];
  });
}

function difference(what: string, unit: Row['unit'], [ours = 0, theirs = 0]: readonly number[], by: number): Row {
  return {
    what,
    unit,
    ours: spreadOf([ours]),
    reference: { what: 'no contacts', ...spreadOf([theirs]) },
    ratio: spreadOf([ours - theirs]),
    goal: { kind: 'at-most-more', by },
  };
}

/** A new Loom, and so many contacts that are online with it. */
async function meet(daemon: Process<DaemonService>, count: number): Promise<LightContact[]> {
  await daemon.ask('create', 'many');
  const contacts = Array.from({ length: count }, () => new LightContact(primitives));
  for (const [index, contact] of contacts.entries()) {
    await daemon.ask('add', { token: contact.token, address: await contact.listen(), name: `contact ${index}` });
  }
  await Promise.all(contacts.map((contact) => contact.met()));
  await daemon.ask('online', count);
  return contacts;
}

/** @returns messages a second of all together, and the mean wait of each contact. */
async function sendAll(
  contacts: readonly LightContact[],
  messages: number,
): Promise<{ rate: number; waits: readonly number[] }> {
  const count = Math.ceil(messages / contacts.length);
  const window = Math.ceil(WINDOW / contacts.length);
  const start = performance.now();
  const waits = await Promise.all(contacts.map((contact) => contact.send(count, window)));
  return { rate: (1000 * count * contacts.length) / (performance.now() - start), waits: waits.map(mean) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
