import { describe, expect, it } from 'vitest';
import { ChosenAdapters } from './adapter-choice.ts';
import { SystemAdapters } from './system-adapters.ts';
import type { AdapterChoice } from './adapter-choice.ts';
import { listLocalAddresses } from './addresses.ts';
import type { Interfaces } from './adapters.ts';

function entry(cidr: string, internal = false): NonNullable<Interfaces[string]>[number] {
  const [address = ''] = cidr.split('/');
  const rest = { address, netmask: '', mac: '', internal, cidr };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 2 } : { ...rest, family: 'IPv4' };
}

const interfaces: Interfaces = {
  lo: [entry('127.0.0.1/8', true), entry('::1/128', true)],
  wlan0: [entry('192.168.1.5/24'), entry('fe80::5/64')],
  eth0: [entry('192.168.1.6/24'), entry('fe80::6/64')],
  docker0: [entry('172.17.0.1/16'), entry('fe80::7/64')],
  'vEthernet (WSL)': [entry('172.30.0.1/20')],
};

function chosen(choice: Partial<AdapterChoice>): ChosenAdapters {
  return new ChosenAdapters({ only: null, except: [], ...choice }, new SystemAdapters(() => interfaces));
}

describe('the adapters that may be used', () => {
  it.each<[Partial<AdapterChoice>, string[]]>([
    [{}, ['lo', 'wlan0', 'eth0', 'docker0', 'vEthernet (WSL)']],
    [{ only: ['wlan0'] }, ['lo', 'wlan0']],
    [{ only: ['wlan0', 'd*'] }, ['lo', 'wlan0', 'docker0']],
    [{ only: ['*'] }, ['lo', 'wlan0', 'eth0', 'docker0', 'vEthernet (WSL)']],
    [{ only: ['wlan'] }, ['lo']],
    [{ only: ['WLAN0', 'tun0'] }, ['lo']],
    [{ except: ['docker*', 'vEthernet (WSL)'] }, ['lo', 'wlan0', 'eth0']],
    [{ only: ['wlan0', 'eth0'], except: ['eth*'] }, ['lo', 'wlan0']],
    [{ except: ['lo'] }, ['wlan0', 'eth0', 'docker0', 'vEthernet (WSL)']],
    [{ except: ['*'] }, []],
  ])('by %j are %j', (choice, names) => {
    expect(Object.keys(chosen(choice).list())).toEqual(names);
  });

  it('alone have addresses to give away', () => {
    expect(listLocalAddresses(chosen({ only: ['wlan0'] }).list())).toEqual(['192.168.1.5']);
  });
});

describe('a connection', () => {
  const free = chosen({ except: ['docker*', 'eth0'] });

  it.each([
    ['192.168.1.77', true],
    ['172.17.0.9', false],
    ['fe80::9%docker0', false],
    ['fe80::9%wlan0', true],
    ['8.8.8.8', true],
    ['127.0.0.1', true],
    ['172.17.0.1', false],
    ['fe80::9%tun7', true],
  ])('may lead to %s: %s', (host, expected) => {
    expect(free.mayDial(host)).toBe(expected);
  });

  it.each([
    ['192.168.1.5', '192.168.1.77', true],
    ['192.168.1.6', '192.168.1.77', false],
    ['172.17.0.1', '8.8.8.8', false],
    ['fe80::7%docker0', 'fe80::9%docker0', false],
    ['fe80::5%wlan0', 'fe80::9%wlan0', true],
    // By the forbidden network to an address of another: routers and weak hosts do that.
    ['192.168.1.5', '172.17.0.9', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['10.9.9.9', '10.9.9.8', true],
  ])('at %s may come from %s: %s', (local, remote, expected) => {
    expect(free.mayAccept(local, remote)).toBe(expected);
  });

  it('is free everywhere when nothing was chosen, and nowhere when all is forbidden', () => {
    expect(chosen({}).mayAccept('172.17.0.1', '172.17.0.9') && chosen({}).mayDial('172.17.0.9')).toBe(true);
    expect(chosen({ except: ['*'] }).mayDial('127.0.0.1')).toBe(false);
    expect(chosen({ except: ['*'] }).mayAccept('127.0.0.1', '127.0.0.1')).toBe(false);
  });
});

describe('a list that cannot be read', () => {
  const unreadable = Object.assign(new Error('uv_interface_addresses'), { code: 'ERR_SYSTEM_ERROR' });
  let error: Error | null;
  const system = (): SystemAdapters =>
    new SystemAdapters(() => {
      if (error) throw error;
      return { eth0: [entry('192.168.1.5/24')], tun0: [entry('10.8.0.2/24')] };
    });

  it('is what it was when it was read last', () => {
    error = null;
    const adapters = new ChosenAdapters({ only: null, except: ['tun0'] }, system());
    expect(Object.keys(adapters.list())).toEqual(['eth0']);
    error = unreadable;
    expect(Object.keys(adapters.list())).toEqual(['eth0']);
    expect(adapters.readable).toBe(false);
    expect(adapters.mayDial('10.8.0.9')).toBe(false);
    expect(adapters.mayDial('192.168.1.9')).toBe(true);
    error = null;
    adapters.list();
    expect(adapters.readable).toBe(true);
  });

  it('keeps nobody from dialling who may use all, and lets nothing through that might be forbidden', () => {
    error = unreadable;
    const free = new ChosenAdapters({ only: null, except: [] }, system());
    expect(free.list()).toEqual({});
    expect(free.mayDial('192.168.1.9') && free.mayAccept('192.168.1.5', '192.168.1.9')).toBe(true);
    const chosen = new ChosenAdapters({ only: null, except: ['tun0'] }, system());
    expect(chosen.mayDial('192.168.1.9') || chosen.mayAccept('192.168.1.5', '192.168.1.9')).toBe(false);
    expect(chosen.mayDial('127.0.0.1')).toBe(true);
  });

  it('is no cover for a bug of ours', () => {
    error = new TypeError('undefined is not a function');
    expect(() => system().list()).toThrow(TypeError);
  });
});
