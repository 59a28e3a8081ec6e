import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { networkInterfaces } from 'node:os';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Firewall } from '../../contract/diagnosis.ts';
import { adviceFor, detectFirewall, subnetsOf, type Door } from './firewall.ts';

const door = (firewall: Firewall, subnets = ['192.168.1.0/24']): Door => ({
  firewall,
  peerPort: 41234,
  subnets,
  program: "/home/o'neill/node",
});
const commands = (given: Door, finding: 'they-cannot-reach-us' | 'multicast-dropped' = 'they-cannot-reach-us') =>
  adviceFor([finding], given)?.commands;

describe('what to let in', () => {
  it('is told where a finding asks for it, and there alone', () => {
    expect(adviceFor(['online', 'we-cannot-reach-them', 'clock-off', 'behind-router'], door('ufw'))).toBeNull();
    expect(adviceFor(['inbound-dropped'], door('linux'))).toEqual({
      firewall: 'linux',
      opens: [{ protocol: 'TCP', port: 41234 }],
      commands: [],
    });
    expect(adviceFor(['they-cannot-reach-us', 'multicast-dropped'], door('ufw'))?.commands).toHaveLength(2);
  });

  it('is a command of each firewall, with the port and the networks of this computer', () => {
    expect(commands(door('ufw'))).toEqual(['sudo ufw allow from 192.168.1.0/24 to any port 41234 proto tcp']);
    expect(commands(door('ufw'), 'multicast-dropped')).toEqual([
      'sudo ufw allow from 192.168.1.0/24 to any port 5353 proto udp',
    ]);
    expect(commands(door('ufw', []))).toEqual(['sudo ufw allow 41234/tcp']);
    expect(commands(door('firewalld'))).toEqual([
      'sudo firewall-cmd --add-port=41234/tcp',
      'sudo firewall-cmd --permanent --add-port=41234/tcp',
    ]);
    expect(commands(door('firewalld'), 'multicast-dropped')?.[0]).toBe('sudo firewall-cmd --add-service=mdns');
    expect(commands(door('nftables', ['10.0.0.0/8', 'fe80::/10']))).toEqual([
      'sudo nft insert rule inet filter input ip saddr 10.0.0.0/8 tcp dport 41234 accept',
      'sudo nft insert rule inet filter input ip6 saddr fe80::/10 tcp dport 41234 accept',
    ]);
    expect(commands(door('nftables', []))).toEqual(['sudo nft insert rule inet filter input tcp dport 41234 accept']);
    expect(commands(door('macos'))?.[0]).toBe(
      "sudo /usr/libexec/ApplicationFirewall/socketfilterfw --add '/home/o'\\''neill/node'",
    );
    expect(commands(door('windows'))?.[0]).toContain('-Protocol TCP -LocalPort 41234 -RemoteAddress LocalSubnet');
    expect(commands(door('other'))).toEqual([]);
  });
});

describe('the firewall of a system', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'loom-firewall-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function run(unit: string): void {
    mkdirSync(join(root, 'run/systemd/units'), { recursive: true });
    symlinkSync('9b1cee2d', join(root, `run/systemd/units/invocation:${unit}.service`));
  }

  it('is seen by what it leaves for everybody to read', async () => {
    expect(await detectFirewall('linux', root)).toBe('linux');
    write('etc/ufw/ufw.conf', '# comment\nENABLED=no\nLOGLEVEL=low\n');
    expect(await detectFirewall('linux', root)).toBe('linux');
    run('nftables');
    expect(await detectFirewall('linux', root)).toBe('nftables');
    run('firewalld');
    expect(await detectFirewall('linux', root)).toBe('firewalld');
    write('etc/ufw/ufw.conf', '# comment\nENABLED=yes\n');
    expect(await detectFirewall('linux', root)).toBe('ufw');
  });

  it('is the one that other systems come with', async () => {
    expect(await detectFirewall('darwin', root)).toBe('macos');
    expect(await detectFirewall('win32', root)).toBe('windows');
    expect(await detectFirewall('freebsd', root)).toBe('other');
  });
});

describe('the networks of adapters', () => {
  const entry = (address: string, prefix: number, family: 'IPv4' | 'IPv6' = 'IPv4') =>
    ({ address, cidr: `${address}/${prefix}`, family, internal: false, mac: '', netmask: '', scopeid: 0 }) as const;
  const interfaces: ReturnType<typeof networkInterfaces> = {
    wlan0: [entry('192.168.1.77', 24), entry('fe80::1', 64, 'IPv6'), entry('203.0.113.9', 24)],
    eth0: [entry('10.20.30.40', 20), entry('192.168.1.78', 24)],
    eth1: [entry('fe80::2', 64, 'IPv6')],
    tun0: [entry('10.8.0.2', 32)],
  };

  it('are those people are met on, IPv6 where there is nothing else', () => {
    expect(subnetsOf(['wlan0', 'eth0'], interfaces)).toEqual(['192.168.1.0/24', '10.20.16.0/20']);
    expect(subnetsOf(['eth1'], interfaces)).toEqual(['fe80::/10']);
    expect(subnetsOf(['tun0'], interfaces)).toEqual(['10.8.0.2/32']);
    expect(subnetsOf(['gone'], interfaces)).toEqual([]);
  });
});
