// More sockets than the door holds, idle or slow: the tab that is in gets its answers, and a new one gets in beside them.
// Times are printed; LOOM_CROWD makes it as large as one likes.
import { expect, test } from '@playwright/test';
import { CONNECTIONS, UNPROVEN_SOCKETS } from '../../server/http/limits.ts';
import { TestPage } from '../../server/testing/network/http-edge.ts';
import { Daemon } from '../support/daemon.ts';
import { answers, Crowd, openTab, told } from './crowd.ts';

const SOCKETS = Number(process.env.LOOM_CROWD ?? 1_500);
const ANSWERS = 200;

test('unproven sockets and wrong codes keep the owner out no longer than they take', async () => {
  const daemon = new Daemon('ann');
  await daemon.start();
  await daemon.ask((control) => control.request('identity.create', { name: 'Ann', passphrase: '' }));
  const { port, origin } = { port: Number(new URL(daemon.origin).port), origin: daemon.origin };
  const strangers: TestPage[] = [];
  let flooding = true;
  const flood = async (): Promise<void> => {
    while (flooding) {
      strangers.push(new TestPage(port, origin));
      const headers = { 'content-type': 'application/json', origin };
      const body = JSON.stringify({ code: 'A'.repeat(22) });
      // Some of theirs are hung up on.
      const reply = await fetch(`${origin}/api/session`, { method: 'POST', headers, body }).catch(() => null);
      if (reply) expect(reply.status).toBe(401);
      strangers.splice(0, strangers.length - 2 * UNPROVEN_SOCKETS).forEach(({ socket }) => socket.terminate());
    }
  };
  try {
    const floods = Array.from({ length: 4 }, flood);
    await expect.poll(() => strangers.length).toBeGreaterThan(UNPROVEN_SOCKETS);
    for (let round = 0; round < 10; round += 1) {
      const tab = await openTab(daemon);
      expect(await answers(tab, 1)).toHaveLength(1);
      tab.socket.close();
    }
    flooding = false;
    await Promise.all(floods);
  } finally {
    flooding = false;
    strangers.forEach(({ socket }) => socket.terminate());
    await daemon.remove();
  }
});

test(`${SOCKETS} idle and slow sockets keep no open tab waiting`, async () => {
  const daemon = new Daemon('ann');
  await daemon.start();
  try {
    await daemon.ask((control) => control.request('identity.create', { name: 'Ann', passphrase: '' }));
    const tab = await openTab(daemon);
    console.log(`before: ${told(await answers(tab, ANSWERS))}`);
    const crowd = await Crowd.at(Number(new URL(daemon.origin).port), SOCKETS);
    console.log(`beside ${SOCKETS} sockets: ${told(await answers(tab, ANSWERS))}; ${crowd.refused} hung up on`);
    expect(crowd.refused).toBeGreaterThanOrEqual(SOCKETS - CONNECTIONS);
    // They fill every place, and the owner comes in all the same, while more of them come.
    const port = Number(new URL(daemon.origin).port);
    const more = Crowd.at(port, SOCKETS);
    const started = performance.now();
    const second = await openTab(daemon);
    console.log(`a new tab came in after ${(performance.now() - started).toFixed(0)} ms`);
    expect(await answers(second, 1)).toHaveLength(1);
    (await more).leave();
    crowd.leave();
    expect(await answers(tab, 1)).toHaveLength(1);
  } finally {
    await daemon.remove();
  }
});
