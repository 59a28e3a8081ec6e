// What the doctor says, on two machines whose network is taken apart in every way that one machine can show.
// Needs root and `ip netns`; anywhere else it says that it did not run.
import { expect, test } from '@playwright/test';
import { execFileSync, spawnSync } from 'node:child_process';
import type { Diagnosis } from '../../server/contract/diagnosis.ts';
import type { ContactId } from '../../server/contract/ids.ts';
import { Daemon } from '../support/daemon.ts';

const id = process.pid.toString(36);
const [here, there] = [`loom-e${id}`, `loom-f${id}`];
const looms: Daemon[] = [];

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function lay(): boolean {
  try {
    for (const name of [here, there]) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    ip('link', 'add', 'lan0', 'netns', here, 'type', 'veth', 'peer', 'name', 'lan0', 'netns', there);
    for (const [at, name] of [here, there].entries()) {
      // IPv4 alone, so that each cause is the only one.
      ip('netns', 'exec', name, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/lan0/disable_ipv6');
      ip('-n', name, 'addr', 'add', `10.79.0.${at + 1}/24`, 'dev', 'lan0');
      ip('-n', name, 'link', 'set', 'lan0', 'up');
    }
    return true;
  } catch {
    console.warn('SKIPPED: the doctor was not asked. It needs root and ip netns.');
    return false;
  }
}

async function loom(name: string, namespace: string, ...options: string[]): Promise<Daemon> {
  const daemon = new Daemon(name, options, { command: ['ip', 'netns', 'exec', namespace], options: [] });
  looms.push(daemon);
  await daemon.start();
  await daemon.ask((control) => control.request('identity.create', { name, passphrase: '' }));
  return daemon;
}

const tokenOf = (daemon: Daemon): Promise<string> =>
  daemon.ask(async (control) => (await control.request('identity.token', {})).token);

const add = (daemon: Daemon, token: string, name: string, address?: string): Promise<ContactId> =>
  daemon.ask(async (control) => {
    const contact = { token, name, ...(address !== undefined && { address }) };
    return (await control.request('contact.add', contact)).id;
  });

const ask = (daemon: Daemon, contact?: ContactId): Promise<Diagnosis> =>
  daemon.ask((control) => control.request('network.doctor', contact === undefined ? {} : { contact }));

/** What is thought of first. */
const cause = async (daemon: Daemon, contact?: ContactId): Promise<string | undefined> =>
  (await ask(daemon, contact)).findings[0];

test.describe('the doctor names', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(() => {
    test.skip(!lay(), 'needs root and ip netns');
  });
  test.afterEach(async () => {
    for (const daemon of looms.splice(0)) await daemon.remove();
  });
  test.afterAll(() => {
    for (const name of [here, there]) spawnSync('ip', ['netns', 'del', name]);
  });

  test('what is the matter with a contact', { tag: '@slow' }, async () => {
    const [ann, bob, carl] = [await loom('ann', here), await loom('bob', there), await loom('carl', there)];
    const bobs = await tokenOf(bob);
    const bobsAddress = `10.79.0.2:${bob.ready.peerPort}`;
    const contact = await add(ann, bobs, 'Bob');
    expect(await cause(ann, contact)).toBe('no-address');
    await ann.ask((control) => control.request('contact.address', { contact, address: bobsAddress }));
    await expect.poll(() => cause(ann, contact)).toBe('not-added');
    await add(bob, await tokenOf(ann), 'Ann');
    await expect.poll(() => cause(ann, contact)).toBe('online');
    expect((await ask(ann)).findings).toEqual(['fine']);

    await bob.stop();
    await expect.poll(() => cause(ann, contact)).toBe('not-running');
    const other = await add(ann, await tokenOf(await loom('dora', there)), 'Dora', `10.79.0.2:${carl.ready.peerPort}`);
    await looms.at(-1)?.stop();
    const { contact: seen, findings } = await ask(ann, other);
    expect(findings[0]).toBe('stale-address');
    expect(seen?.tried).toMatchObject([{ source: 'typed', outcome: 'other-identity', neighbour: true }]);

    const unseen = await tokenOf(await loom('emil', there, '--no-discovery'));
    const away = await add(ann, unseen, 'Emil', '10.79.0.77:4000');
    await looms.at(-1)?.stop();
    expect(await cause(ann, away)).toBe('away');
    await ann.ask((control) => control.request('contact.remove', { contact: away }));
    const elsewhere = await add(ann, unseen, 'Emil', '10.80.0.9:4000');
    expect(await cause(ann, elsewhere)).toBe('wrong-subnet');
  });

  test('what two see who test each other, and which of them a firewall shuts off', { tag: '@slow' }, async () => {
    const [ann, bob] = [await loom('ann', here), await loom('bob', there)];
    // What Bob's port would answer is dropped, so that nobody gets in; what he dials himself goes through.
    const rule = ['ipproto', 'tcp', 'sport', String(bob.ready.peerPort), 'blackhole'];
    ip('-n', there, 'rule', 'add', ...rule);
    const anns = await add(bob, await tokenOf(ann), 'Ann');
    const bobs = await add(ann, await tokenOf(bob), 'Bob');
    try {
      await expect
        .poll(async () => (await ask(bob, anns)).findings, { timeout: 30_000 })
        .toEqual(['online', 'they-cannot-reach-us']);
      const { contact, advice } = await ask(bob, anns);
      expect(contact).toMatchObject({ weReach: 'yes', theyReach: 'no', compared: { theySeeUs: true } });
      expect(contact?.compared?.theyTried).toMatchObject([
        { address: `10.79.0.2:${bob.ready.peerPort}`, outcome: 'timeout' },
      ]);
      expect(Math.abs(contact?.compared?.clockDifference ?? NaN)).toBeLessThan(1_000);
      expect(advice?.opens).toEqual([{ protocol: 'TCP', port: bob.ready.peerPort }]);
      const theirs = await ask(ann, bobs);
      expect(theirs.findings).toEqual(['online', 'we-cannot-reach-them']);
      expect(theirs.contact).toMatchObject({ weReach: 'no', theyReach: 'yes' });
      expect(theirs.advice).toBeNull();
    } finally {
      ip('-n', there, 'rule', 'del', ...rule);
    }
    await expect.poll(async () => (await ask(bob, anns)).findings, { timeout: 30_000 }).toEqual(['online']);
    const { contact } = await ask(bob, anns);
    expect(contact).toMatchObject({ weReach: 'yes', theyReach: 'yes', nearby: true, compared: { theySeeUs: true } });
  });

  test('a network that keeps two apart though they hear each other', { tag: '@slow' }, async () => {
    const [ann, bob] = [await loom('ann', here), await loom('bob', there)];
    const contact = await add(ann, await tokenOf(bob), 'Bob');
    ip('-n', here, 'route', 'add', 'blackhole', '10.79.0.2/32');
    try {
      await add(bob, await tokenOf(ann), 'Ann');
      await expect.poll(() => cause(ann, contact), { timeout: 20_000 }).toBe('inbound-dropped');
      expect((await ask(ann, contact)).contact).toMatchObject({ nearby: true, connection: 'offline' });
    } finally {
      ip('-n', here, 'route', 'del', 'blackhole', '10.79.0.2/32');
    }
    await expect.poll(() => cause(ann, contact)).toBe('online');
  });

  test('silence, discovery switched off, and no network at all', async () => {
    const ann = await loom('ann', here);
    await expect.poll(() => cause(ann)).toBe('nobody-heard');
    const [adapter] = (await ask(ann)).adapters;
    expect(adapter).toMatchObject({ name: 'lan0', kind: 'network', addresses: ['10.79.0.1'], heard: 0 });
    expect(adapter?.own).toBeGreaterThan(0);
    expect(await cause(await loom('bob', here, '--no-discovery'))).toBe('discovery-off');
    ip('-n', here, 'link', 'set', 'lan0', 'down');
    ip('-n', here, 'addr', 'flush', 'dev', 'lan0');
    expect(await cause(ann)).toBe('no-network');
  });
});
