import { expect, it } from 'vitest';
import type { DiscoveryStatus } from './discovery.ts';
import { SilentDiscovery } from './silent.ts';

it('says that it is off, and opens nothing', async () => {
  const statuses: DiscoveryStatus[] = [];
  const discovery = new SilentDiscovery();
  const before = process.getActiveResourcesInfo();
  await discovery.start({ ownKey: new Uint8Array(32), contacts: [], unmet: [], card: null }, 4712, {
    onSighting: () => expect.unreachable(),
    onPeople: () => expect.unreachable(),
    onLost: () => expect.unreachable(),
    onStatus: (status) => statuses.push(status),
  });
  discovery.update();
  expect(await discovery.resolve()).toEqual([]);
  expect(process.getActiveResourcesInfo().filter((name) => name.startsWith('UDP'))).toEqual(
    before.filter((name) => name.startsWith('UDP')),
  );
  await discovery.stop();
  expect(statuses).toEqual([{ status: 'off', reason: '' }]);
});
