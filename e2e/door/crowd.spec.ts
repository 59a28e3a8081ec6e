// More sockets than the door holds, idle or slow: the tab that is in gets its answers, and a new one gets in when the
// crowd is gone. Times are printed; LOOM_CROWD makes it as large as one likes.
import { expect, test } from '@playwright/test';
import { CONNECTIONS } from '../../server/http/limits.ts';
import { Daemon } from '../daemon.ts';
import { answers, Crowd, openTab, told } from './crowd.ts';

const SOCKETS = Number(process.env.LOOM_CROWD ?? 1500);
const ANSWERS = 200;

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
    crowd.leave();
    await expect(async () => (await openTab(daemon)).socket.close()).toPass();
    expect(await answers(tab, 1)).toHaveLength(1);
  } finally {
    await daemon.remove();
  }
});
