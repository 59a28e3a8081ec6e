// A Loom and its browser on a machine whose every way out is watched: what is not for loopback or the local network would
// leave by an adapter of its own, the one the default route and the name server lie behind. Nothing may.
// Needs root and `ip netns`; anywhere else it says that it did not run.
import { chromium, type Browser, type LaunchOptions } from '@playwright/test';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon } from '../support/daemon.ts';
import { expect, Person, test } from '../support/fixtures.ts';

const id = process.pid.toString(36);
const [home, neighbour, beyond] = [`loom-h${id}`, `loom-n${id}`, `loom-b${id}`];
/** Addresses for documentation (RFC 5737): nobody has them. */
const [NAME_SERVER, SOMEWHERE] = ['203.0.113.53', '203.0.113.80'];
const folder = mkdtempSync(join(tmpdir(), 'loom-silence-'));

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function lay(): boolean {
  try {
    for (const name of [home, neighbour, beyond]) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    ip('link', 'add', 'lan0', 'netns', home, 'type', 'veth', 'peer', 'name', 'lan0', 'netns', neighbour);
    ip('link', 'add', 'out0', 'netns', home, 'type', 'veth', 'peer', 'name', 'out0', 'netns', beyond);
    // The way out has no address of its own, and says nothing by itself.
    for (const name of [home, beyond]) {
      ip('netns', 'exec', name, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/out0/disable_ipv6');
      ip('-n', name, 'link', 'set', 'out0', 'up');
    }
    for (const [name, address] of [
      [home, '10.78.0.1/24'],
      [neighbour, '10.78.0.2/24'],
    ] as const) {
      ip('-n', name, 'addr', 'add', address, 'dev', 'lan0');
      ip('-n', name, 'link', 'set', 'lan0', 'up');
    }
    ip('-n', home, 'route', 'add', 'default', 'dev', 'out0');
    mkdirSync(`/etc/netns/${home}`, { recursive: true });
    writeFileSync(`/etc/netns/${home}/resolv.conf`, `nameserver ${NAME_SERVER}\noptions timeout:1 attempts:1\n`);
    return true;
  } catch {
    console.warn('SKIPPED: whether anything leaves this machine was not watched. It needs root and ip netns.');
    return false;
  }
}

function removeAll(): void {
  for (const name of [home, neighbour, beyond]) spawnSync('ip', ['netns', 'del', name]);
  rmSync(`/etc/netns/${home}`, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** Packets that have left by the way out, questions for hardware addresses included. */
function escaped(): number {
  return Number(ip('netns', 'exec', home, 'cat', '/sys/class/net/out0/statistics/tx_packets'));
}

/**
 * What the browser asks its own maker, whatever page it shows, is no doing of Loom's: these names it is told not to find.
 * For every other it asks the name server.
 */
const OWN_NAMES = ['*.googleapis.com', '*.google.com', '*.gstatic.com'];

async function browserAtHome(options: LaunchOptions): Promise<Browser> {
  const program = join(folder, 'browser');
  const real = options.executablePath ?? chromium.executablePath();
  writeFileSync(program, `#!/bin/sh\nexec ip netns exec ${home} '${real}' "$@"\n`);
  chmodSync(program, 0o755);
  const rules = OWN_NAMES.map((name) => `MAP ${name} ~NOTFOUND`).join(',');
  const args = [...(options.args ?? []), `--host-resolver-rules=${rules}`];
  return chromium.launch({ ...options, args, executablePath: program });
}

const inside = (name: string): { command: readonly string[]; options: readonly string[] } => ({
  command: ['ip', 'netns', 'exec', name],
  options: [],
});

test('in a whole run no packet leaves loopback and the local network, and no name is asked for', async ({
  launchOptions,
}) => {
  test.skip(!lay(), 'needs root and ip netns');
  const [ann, bob] = [new Daemon('ann', [], inside(home)), new Daemon('bob', [], inside(neighbour))];
  let browser: Browser | null = null;
  try {
    await Promise.all([ann.start(), bob.start()]);
    expect(escaped(), 'the daemon alone').toBe(0);
    browser = await browserAtHome(launchOptions);
    const context = await browser.newContext();
    const person = new Person('Ann', ann, context, await context.newPage());
    await person.onboard('correct horse battery staple');
    const { page } = person;
    const bobs = await bob.ask(async (control) => {
      await control.request('identity.create', { name: 'Bob', passphrase: '' });
      return (await control.request('identity.token', {})).token;
    });
    const anns = await person.token();
    await bob.ask((control) =>
      control.request('contact.add', { token: anns, name: 'Ann', address: `10.78.0.1:${ann.ready.peerPort}` }),
    );
    // Without an address: they have to find each other.
    await person.add(bobs, 'Bob');
    await person.openConversation('Bob');
    await person.send('Is anybody out there? https://example.com/ and mail me@example.org');
    await expect(person.log.getByText('delivered')).toBeAttached();
    const answer = 'Only you and me.';
    await bob.ask(async (control) => {
      const [contact] = await control.request('contact.list', {});
      await control.request('message.send', { conversation: contact!.conversation, body: answer });
    });
    await expect(person.message(answer)).toBeVisible();
    await page.getByRole('button', { name: 'Contact details' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'You', exact: true }).click();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Lock now' }).click();
    await page.getByRole('textbox', { name: 'Passphrase' }).fill('correct horse battery staple');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await expect(person.entry('Bob')).toBeVisible();
    expect(person.complaints).toEqual([]);
    console.log(`${escaped()} packets have left, names asked for included`);
    expect(escaped()).toBe(0);

    // What would leave is seen: from the browser, and from a program.
    const alone = escaped();
    await (await context.newPage()).goto('http://nowhere.example/').catch(() => undefined);
    expect(escaped()).toBeGreaterThan(alone);
    const lookUp = `require('node:dns').lookup('example.com', () => undefined)`;
    const connect = `require('node:net').connect(80, '${SOMEWHERE}').on('error', () => undefined)`;
    for (const attempt of [lookUp, connect]) {
      const before = escaped();
      const child = spawnSync('ip', ['netns', 'exec', home, process.execPath, '-e', attempt], { timeout: 3_000 });
      // It may still be waiting for an answer, or just have given up.
      expect(child.error?.message ?? 'ETIMEDOUT').toContain('ETIMEDOUT');
      expect(escaped()).toBeGreaterThan(before);
    }
  } finally {
    await browser?.close();
    await Promise.all([ann.remove(), bob.remove()]);
    removeAll();
  }
});
