// What others make of Loom on the network, and Loom of them: Avahi and python-zeroconf, each on a machine of its own.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { choosePrimitives } from '../crypto/choose.ts';
import { Avahi } from '../testing/mdns/avahi.ts';
import { Scene, keys } from '../testing/mdns/discovery-scene.ts';
import { Machines } from '../testing/network/namespaces.ts';
import type { Sighting } from './discovery.ts';
import { encodeText, parseText } from './mdns/dns/txt-record.ts';
import { presenceHint, quarterHour } from './hint.ts';
import { isLabel, newLabel } from './presence.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const machines = Machines.make('what Avahi and python-zeroconf make of Loom', [
  [
    ['left', '10.77.0.1/16'],
    ['right', '10.77.0.2/16'],
  ],
]);
const python = machines && pythonWithZeroconf();

function pythonWithZeroconf(): string | null {
  // The system's own first: packages of the system are its.
  for (const program of ['/usr/bin/python3', 'python3']) {
    try {
      execFileSync(program, ['-c', 'import zeroconf'], { stdio: 'ignore' });
      return program;
    } catch {
      continue;
    }
  }
  console.warn('SKIPPED: python-zeroconf was not asked what it makes of Loom. It is not installed (python3-zeroconf).');
  return null;
}

/** An advert as Bob's Loom would make it. */
function bobs(port: number): { label: string; text: string[] } {
  const [label, nonce] = [newLabel(random), random(8)];
  const moment = { quarter: quarterHour(Date.now()), label, nonce, port };
  const hint = presenceHint(primitives, Buffer.from(keys.bob, 'hex'), moment);
  return { label, text: encodeText({ nonce, hint, slots: random(128) }).map(String) };
}

/** Whether a TXT record is one of Ann's, under this name. */
function isAnns(label: string, strings: readonly string[], port: number): boolean {
  const text = parseText(strings.map((string) => Buffer.from(string)));
  if (!text) return false;
  const key = Buffer.from(keys.ann, 'hex');
  const quarter = quarterHour(Date.now());
  return [quarter, quarter - 1].some((each) =>
    Buffer.from(presenceHint(primitives, key, { quarter: each, label, nonce: text.nonce, port })).equals(text.hint),
  );
}

describe.runIf(machines)('an outside witness', () => {
  let scene: Scene;
  let avahi: Avahi | null = null;

  beforeAll(async () => {
    scene = await Scene.on(machines!);
  });

  afterEach(() => {
    avahi?.stop();
    avahi = null;
    scene.clear();
  });

  afterAll(() => scene.remove());

  it('Avahi resolves what Loom says, and hears its goodbye', async (context) => {
    avahi = await Avahi.start(machines!, 'right');
    if (!avahi) return context.skip();
    const ann = scene.start('left', 'ann', { port: 4777 });
    const found = await avahi.until((all) =>
      ['IPv4', 'IPv6'].every((family) => all.some((one) => one.family === family)),
    );
    expect(new Set(found.map(({ name }) => name)).size).toBe(1);
    for (const { name, host, port, text } of found) {
      expect(isLabel(name)).toBe(true);
      expect([host, port]).toEqual([`${name}.local`, 4777]);
      expect(isAnns(name, text, 4777)).toBe(true);
    }
    const addresses = found.map(({ address }) => address);
    expect(addresses).toContain('10.77.0.1');
    expect(addresses.every((address) => address === '10.77.0.1' || address.startsWith('fe80:'))).toBe(true);
    await ann.stop();
    await avahi.until((all) => all.length === 0);
  });

  it('Loom sees what Avahi says for a contact, and loses it', async (context) => {
    avahi = await Avahi.start(machines!, 'right');
    if (!avahi) return context.skip();
    const ann = scene.start('left', 'ann');
    const { label, text } = bobs(4888);
    const withdraw = avahi.publish(label, 4888, text);
    const { data } = await ann.seeing('bob', 0, (hosts) => hosts.includes('10.77.0.2'));
    expect((data as Sighting).port).toBe(4888);
    expect(await ann.ask<{ hosts: readonly string[] }>('witness.local', 'resolved')).toMatchObject({
      hosts: expect.arrayContaining(['10.77.0.2']) as string[],
    });
    withdraw();
    expect((await ann.first('lost')).data).toBe('bob');
  });

  it.runIf(python)(
    'python-zeroconf resolves what Loom says, and is seen as a contact when it speaks as one',
    async () => {
      const ann = scene.start('left', 'ann', { port: 4777 });
      const { label, text } = bobs(4888);
      const properties = Object.fromEntries(
        text.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
      );
      const own = { name: label, address: '10.77.0.2', port: 4888, text: properties };
      const script = fileURLToPath(new URL('../testing/mdns/zeroconf-witness.py', import.meta.url));
      const witness = scene.command('right', python!, script, JSON.stringify(own));
      const [seen, found] = await Promise.all([ann.seeing('bob'), resolvedOther(label)]);
      expect(seen.data).toMatchObject({ hosts: ['10.77.0.2'], port: 4888 });
      expect(found).toMatchObject({ host: `${found.name}.local.`, port: 4777 });
      expect(found.addresses[0]).toBe('10.77.0.1');
      const strings = Object.entries(found.text).map(([key, value]) => `${key}=${value}`);
      expect(isAnns(found.name, strings, 4777)).toBe(true);
      await witness.stop();
      expect((await ann.first('lost')).data).toBe('bob');

      async function resolvedOther(not: string): Promise<Found> {
        for (let after = 0; ; after = witness.events.length) {
          await witness.first('resolved', after);
          const all = witness.events.filter(({ event }) => event === 'resolved').map(({ data }) => data as Found);
          const other = all.find(({ name }) => name !== not);
          if (other) return other;
        }
      }
    },
  );
});

interface Found {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly text: Readonly<Record<string, string>>;
}
