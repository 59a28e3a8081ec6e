import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostilePacket } from '../testing/mdns/hostile-packets.ts';
import { Neighbourhood, loopback } from '../testing/mdns/mdns-loopback.ts';
import type { Neighbour } from '../testing/mdns/mdns-loopback.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { uniqueRecords } from './mdns/dns/own-records.ts';
import { listAdapters } from '../network/adapters.ts';
import { encodeResponse, parseMessage } from './mdns/dns/packet.ts';
import type { MdnsRecord, Message } from './mdns/dns/packet.ts';
import { labelIn } from './mdns/dns/questions.ts';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

let street: Neighbourhood;
let ann: Neighbour;
let bob: Neighbour;

beforeEach(() => {
  street = new Neighbourhood();
  ann = street.neighbour('ann');
  bob = street.neighbour('bob');
});

afterEach(() => street.close());

async function meet(): Promise<void> {
  await ann.start(bob);
  await bob.start(ann);
  await street.until(() => ann.near.has('bob') && bob.near.has('ann'));
}

/** Everything said on the network from now on. */
async function listen(): Promise<Message[]> {
  const heard: Message[] = [];
  await street.bystander((bytes) => {
    const message = parseMessage(bytes);
    if (message) heard.push(message);
  });
  return heard;
}

function labelsIn(messages: readonly Message[]): Set<string> {
  const records = messages.flatMap(({ answers, additionals }) => [...answers, ...additionals]);
  return new Set(records.flatMap((record) => (record.type === 'SRV' ? (labelIn(record) ?? []) : [])));
}

describe('two on one machine', () => {
  it('find each other, at the port announced', async () => {
    await meet();
    expect(ann.status).toEqual({ status: 'on', reason: '' });
    expect(ann.near.get('bob')).toMatchObject({ contact: 'bob', port: bob.port });
    expect(bob.near.get('ann')).toMatchObject({ contact: 'ann', port: ann.port });
    expect(ann.near.get('bob')?.hosts).toContain('127.0.0.1');
    expect(ann.events).toEqual(['found bob']);
  });

  it('lose each other on goodbye', async () => {
    await meet();
    await bob.discovery.stop();
    expect(bob.status).toEqual({ status: 'off', reason: '' });
    await street.until(() => !ann.near.has('bob'), 1_000);
    expect(ann.events).toEqual(['found bob', 'lost bob']);
  });

  it('find each other again', async () => {
    await meet();
    await bob.discovery.stop();
    await street.until(() => !ann.near.has('bob'));
    await bob.start(ann);
    await street.until(() => ann.near.has('bob') && bob.events.length === 2);
    expect(ann.events).toEqual(['found bob', 'lost bob', 'found bob']);
  });

  it('do not see a stranger, nor one whose key was renewed', async () => {
    const carol = street.neighbour('carol');
    await meet();
    await carol.start(ann, bob);
    await street.until(() => carol.near.size === 2);
    expect(ann.events).toEqual(['found bob']);
    // Bob removes Ann: his key is renewed, and she does not get the new one.
    const heard = await listen();
    const before = labelsIn(heard);
    bob.discovery.update({ ...bob.presence([]), ownKey: seededRandom('renewed')(32) });
    await street.until(() => !ann.near.has('bob'));
    await street.pass(5_000);
    expect(ann.near.size).toBe(0);
    expect([...labelsIn(heard)].filter((label) => !before.has(label)).length).toBeGreaterThan(0);
  });

  it('see a contact as soon as its key is known', async () => {
    await ann.start();
    await bob.start();
    await street.pass(5_000);
    expect(ann.events).toEqual([]);
    ann.discovery.update(ann.presence([bob]));
    await street.until(() => ann.near.has('bob'));
    expect(bob.events).toEqual([]);
    ann.discovery.update(ann.presence([]));
    expect(ann.events).toEqual(['found bob', 'lost bob']);
  });

  it('are not moved by an advert whose port is not the one that was hashed', async () => {
    const say = await street.bystander();
    const heard = await listen();
    await ann.start(bob);
    await bob.start();
    await street.until(() => ann.near.has('bob'));
    const records = heard.findLast(({ answers }) =>
      answers.some((record) => labelIn(record) && record.type === 'SRV' && record.data.port === bob.port),
    )!.answers;
    await say(
      encodeResponse(
        records.map((record) => (record.type === 'SRV' ? { ...record, data: { ...record.data, port: 1 } } : record)),
      ),
    );
    await street.pass(2_000);
    expect(ann.near.has('bob')).toBe(true);
    expect(ann.events).not.toContain('lost bob');
  });

  it.each([HOUR, -HOUR, 3 * YEAR, -3 * YEAR])(
    'whose clocks are %i ms apart meet, know it, and stay in sight',
    async (ahead) => {
      const carol = street.neighbour('carol', loopback, ahead);
      await ann.start(carol);
      await carol.start(ann);
      await street.until(() => ann.near.has('carol') && carol.near.has('ann'), 5_000);
      expect(Math.abs(ann.near.get('carol')!.clockDifference - ahead)).toBeLessThanOrEqual(15 * 60_000);
      expect(Math.abs(carol.near.get('ann')!.clockDifference + ahead)).toBeLessThanOrEqual(15 * 60_000);
      await street.pass(HOUR + 240_000, 3_000);
      expect([...ann.events, ...carol.events]).not.toContainEqual(expect.stringContaining('lost'));
    },
  );

  it('keep sight of each other over hours, by new names and new hints, with little said', async () => {
    const heard = await listen();
    await meet();
    await street.pass(4_000);
    const first = labelsIn(heard);
    const events = [ann.events.length, bob.events.length];
    const start = heard.length;
    await street.pass(HOUR - 60_000, 3_000);
    const records = heard.flatMap(({ answers, additionals }) => [...answers, ...additionals]);
    for (const label of first) {
      const texts = records.filter((record) => record.type === 'TXT' && labelIn(record) === label);
      const distinct = new Set(texts.map(({ data }) => Buffer.concat(data as Buffer[]).toString()));
      // Each quarter-hour a new nonce and a new hint.
      expect(distinct.size).toBe(4);
    }
    await street.pass(240_000, 3_000);
    expect(ann.near.has('bob') && bob.near.has('ann')).toBe(true);
    expect([...ann.events, ...bob.events].filter((event) => event.startsWith('lost'))).toEqual([]);
    // One new name each, and a sighting of it.
    expect([...labelsIn(heard)].filter((label) => !first.has(label)).length).toBe(2);
    expect([ann.events.length, bob.events.length]).toEqual(events.map((count) => count + 1));
    // Packets a minute and machine, announcements included. Finer steps of the clock give 1.5.
    expect((heard.length - start) / 2 / 63).toBeLessThan(2);
  });

  it('notice that the machine slept', async () => {
    await meet();
    await street.pass(4_000);
    const heard = await listen();
    street.clock.jump(2 * HOUR);
    await street.until(() => heard.some(({ questions }) => questions.length > 0));
    await street.until(() => ann.near.has('bob') && bob.near.has('ann'));
    await street.pass(60_000, 1_000);
    expect(ann.near.has('bob') && bob.near.has('ann')).toBe(true);
  });
});

describe('names', () => {
  it('resolve by mDNS, local addresses only', async () => {
    const say = await street.bystander();
    await ann.start();
    const head = { name: 'laptop.local', ttl: 120, flush: true } as const;
    const answers: MdnsRecord[] = [
      { ...head, type: 'A', data: '8.8.8.8' },
      { ...head, type: 'AAAA', data: 'fe80::7' },
      { ...head, type: 'A', data: '192.168.7.7' },
      { ...head, type: 'A', data: '192.168.7.8', ttl: 0 },
      { ...head, type: 'A', data: '192.168.7.9', name: 'other.local' },
    ];
    const resolved = ann.discovery.resolve('Laptop.local');
    await say(encodeResponse(answers));
    let hosts: readonly string[] | null = null;
    void resolved.then((result) => (hosts = result));
    await street.until(() => hosts !== null);
    expect(hosts).toEqual(['192.168.7.7', 'fe80::7%lo']);
  });

  it('of a Loom resolve from another', async () => {
    const heard = await listen();
    await meet();
    await street.until(() => labelsIn(heard).size === 2);
    for (const label of labelsIn(heard)) {
      let hosts: readonly string[] | null = null;
      void ann.discovery.resolve(`${label}.local`).then((result) => (hosts = result));
      await street.until(() => hosts !== null);
      expect(hosts).toContain('127.0.0.1');
    }
  });

  it('that nobody has give nothing after two seconds, having asked twice', async () => {
    const heard = await listen();
    await ann.start();
    let hosts: readonly string[] | null = null;
    void ann.discovery.resolve('nobody.local').then((result) => (hosts = result));
    await street.pass(1_900);
    expect(hosts).toBeNull();
    await street.pass(200);
    expect(hosts).toEqual([]);
    const asked = heard.filter(({ questions }) => questions.some(({ name }) => name === 'nobody.local'));
    expect(asked.length).toBe(2);
  });

  it.each(['example.com', 'laptop', '', 'a'.repeat(64) + '.local', 'x y.local', '.local'])(
    'like %j are not asked for',
    async (name) => {
      await ann.start();
      expect(await ann.discovery.resolve(name)).toEqual([]);
    },
  );

  it('are not asked for before the start or after the end, and at most eight at once', async () => {
    expect(await ann.discovery.resolve('laptop.local')).toEqual([]);
    await ann.start();
    const eight = Array.from({ length: 8 }, (_, i) => ann.discovery.resolve(`laptop${i}.local`));
    expect(await ann.discovery.resolve('ninth.local')).toEqual([]);
    await ann.discovery.stop();
    expect(await Promise.all(eight)).toEqual(Array(8).fill([]));
    expect(await ann.discovery.resolve('laptop.local')).toEqual([]);
  });
});

describe('trouble', () => {
  it('a port someone keeps to himself is a status, and is tried again', async () => {
    const holders = [createSocket({ type: 'udp4' }), createSocket({ type: 'udp6', ipv6Only: true })];
    for (const [i, holder] of holders.entries()) {
      await new Promise<void>((resolve) =>
        holder.bind({ port: street.port, address: i === 0 ? '0.0.0.0' : '::', exclusive: true }, resolve),
      );
    }
    await ann.start(bob);
    expect(ann.status).toEqual({
      status: 'unavailable',
      reason: `Another program keeps UDP port ${street.port} to itself.`,
    });
    await street.pass(40_000, 1_000);
    expect(ann.status.status).toBe('unavailable');
    for (const holder of holders) holder.close();
    await street.until(() => ann.status.status === 'on', 120_000, 1_000);
    await bob.start(ann);
    await street.until(() => ann.near.has('bob') && bob.near.has('ann'));
  });

  it('no network is a status', async () => {
    const carol = street.neighbour('carol', () => ({}));
    await carol.start();
    expect(carol.status).toEqual({ status: 'unavailable', reason: 'No network with multicast is connected.' });
    expect(await carol.discovery.resolve('nobody.local.')).toEqual([]);
  });

  it('may be stopped at any moment, twice, and before it began', async () => {
    await ann.discovery.stop();
    const starting = ann.start(bob);
    await ann.discovery.stop();
    await starting;
    expect(ann.status.status).not.toBe('on');
    await ann.start(bob);
    await ann.start(bob);
    await Promise.all([ann.discovery.stop(), ann.discovery.stop()]);
    ann.discovery.update(ann.presence([]));
    const heard = await listen();
    await street.pass(10_000, 500);
    expect(heard).toEqual([]);
  });

  it('another under our name makes us take a new one, three times a minute at most', async () => {
    const say = await street.bystander();
    const heard = await listen();
    await ann.start();
    const [lo] = listAdapters(loopback());
    const seen = new Set<string>();
    for (let round = 0; round < 60; round += 1) {
      await street.pass(500);
      for (const label of labelsIn(heard)) {
        seen.add(label);
        await say(encodeResponse(uniqueRecords({ label, port: 6, text: [] }, lo!)));
      }
      heard.length = 0;
    }
    expect(seen.size).toBe(4);
  });

  it('hostile packets do no harm', async () => {
    const say = await street.bystander();
    await meet();
    const [lo] = listAdapters(loopback());
    const random = seededRandom('hostile');
    for (let i = 0; i < 4_000; i += 1) {
      await say(hostilePacket(i, random, lo!));
      // 50 a second are looked at; time must pass for the others to be.
      if (i % 40 === 39) await street.pass(1_000, 500);
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), (bytes) => say(bytes)),
      { numRuns: 100 },
    );
    await street.pass(60_000, 2_000);
    expect(ann.near.has('bob') && bob.near.has('ann')).toBe(true);
    expect(ann.events.filter((event) => event.startsWith('lost'))).toEqual([]);
    await bob.discovery.stop();
    await street.until(() => !ann.near.has('bob'));
  });
});

describe('those who have not met', () => {
  const [one, other] = [seededRandom('one')(32), seededRandom('other')(32)];

  it('find each other when each looks for the other, and not before', async () => {
    await ann.discovery.start(
      ann.presence([], { unmet: [{ contact: 'bob', ours: one, theirs: other }] }),
      ann.port,
      ann,
    );
    await bob.start();
    await street.pass(3_000);
    expect([ann.near.size, bob.near.size]).toEqual([0, 0]);
    bob.discovery.update(bob.presence([], { unmet: [{ contact: 'ann', ours: other, theirs: one }] }));
    await street.until(() => ann.near.has('bob') && bob.near.has('ann'));
    expect(bob.near.get('ann')).toMatchObject({ port: ann.port });
  });
});

describe('who is visible to everyone', () => {
  const card = { name: 'Ann of the hill', token: `LOOM-${'A'.repeat(106)}` };

  it('is seen by strangers, asked to stay, and under another name once it is over', async () => {
    const heard = await listen();
    await bob.start();
    await ann.discovery.start(ann.presence([], { card }), ann.port, ann);
    await street.until(() => bob.people.length > 0);
    expect(bob.people).toMatchObject([{ ...card, port: ann.port }]);
    expect(bob.near.size).toBe(0);
    await street.pass(300_000, 1_000);
    expect(bob.people.length).toBe(1);
    const before = labelsIn(heard);
    ann.discovery.update(ann.presence([]));
    await street.until(() => bob.people.length === 0);
    await street.until(() => [...labelsIn(heard)].some((label) => !before.has(label)));
    const texts = heard.flatMap(({ answers }) =>
      answers.flatMap((record) => (record.type === 'TXT' && !before.has(labelIn(record)!) ? record.data : [])),
    );
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter((text) => /^(?:name|token)=/.test(text.toString()))).toEqual([]);
  });

  it('is a contact to contacts, who see the card as well', async () => {
    await bob.start(ann);
    await ann.discovery.start(ann.presence([bob], { card }), ann.port, ann);
    await street.until(() => bob.near.has('ann') && bob.people.length > 0);
    expect(bob.people).toMatchObject([card]);
    ann.discovery.update(ann.presence([bob]));
    await street.until(() => bob.people.length === 0);
    await street.until(() => bob.near.has('ann'));
  });
});
