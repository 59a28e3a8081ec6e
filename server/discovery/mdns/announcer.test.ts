import { beforeEach, describe, expect, it } from 'vitest';
import { choosePrimitives } from '../../crypto/choose.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { linkKey, listAdapters } from '../../network/adapters.ts';
import type { Adapter } from '../../network/adapters.ts';
import { announceBy } from './announcement.ts';
import { Announcer } from './announcer.ts';
import { uniqueRecords } from './dns/own-records.ts';
import { encodeProbe, encodeResponse, parseMessage } from './dns/packet.ts';
import type { MdnsRecord, Message } from './dns/packet.ts';
import { hostName, instanceName } from './dns/names.ts';
import { labelIn } from './dns/questions.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function adapterAt(name: string, address: string): Adapter {
  const entry = { address, netmask: '', mac: '', internal: false, cidr: `${address}/24`, family: 'IPv4' as const };
  return listAdapters({ [name]: [entry] })[0]!;
}

const eth0 = adapterAt('eth0', '192.168.1.5');
const wlan0 = adapterAt('wlan0', '10.0.0.5');
const onEth0 = { adapter: eth0, family: 'ipv4' } as const;
const onWlan0 = { adapter: wlan0, family: 'ipv4' } as const;
const presence = { ownKey: new Uint8Array(32).fill(7), contacts: [], unmet: [], card: null };

let clock: FakeClock;
let sent: { readonly at: number; readonly on: string; readonly message: Message }[];
let announcer: Announcer;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  const random = seededRandom('announcer');
  announcer = new Announcer({
    primitives: choosePrimitives(undefined),
    clock,
    random,
    presence,
    port: 4712,
    announce: announceBy({
      clock,
      random,
      send: (link, bytes) => sent.push({ at: clock.now(), on: linkKey(link), message: parseMessage(bytes)! }),
    }),
  });
});

function recordsOn(adapter: Adapter): MdnsRecord[] {
  return sent
    .filter(({ on }) => on === `${adapter.name}/ipv4`)
    .flatMap(({ message }) => [...message.authorities, ...message.answers, ...message.additionals]);
}

function labelsOn(adapter: Adapter): Set<string> {
  return new Set(recordsOn(adapter).flatMap((record) => labelIn(record) ?? []));
}

/** Names, texts and addresses: all that could tell who it is, but for the service's name and its port. */
function marksOn(adapter: Adapter): Set<string> {
  const marks = recordsOn(adapter).flatMap((record): string[] => {
    if (record.type === 'TXT') return record.data.map(String).filter((text) => text !== 'v=2');
    if (record.type === 'A') return [record.name, record.data];
    const label = labelIn(record);
    return label === null ? [] : [label];
  });
  return new Set(marks);
}

/** As the session calls it. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 3_000) {
    clock.advance(3_000);
    announcer.tick();
  }
}

describe('on two adapters', () => {
  it('one profile has nothing in common, over hours and changes', () => {
    announcer.follow([eth0, wlan0], false);
    pass(3 * HOUR);
    announcer.use({ ...presence, ownKey: new Uint8Array(32).fill(8) });
    pass(MINUTE);
    announcer.stop();
    const [here, there] = [marksOn(eth0), marksOn(wlan0)];
    expect(here.size).toBeGreaterThan(20);
    expect([...here].filter((mark) => there.has(mark))).toEqual([]);
  });

  it('names and texts change at different times', () => {
    announcer.follow([eth0, wlan0], false);
    pass(MINUTE);
    sent.length = 0;
    pass(HOUR);
    const times = (adapter: Adapter): Set<number> =>
      new Set(sent.filter(({ on }) => on === `${adapter.name}/ipv4`).map(({ at }) => at));
    const [here, there] = [times(eth0), times(wlan0)];
    expect(here.size).toBeGreaterThan(4);
    expect([...here].filter((at) => there.has(at))).toEqual([]);
  });

  it('each is asked about its own name alone', () => {
    announcer.follow([eth0, wlan0], false);
    pass(MINUTE);
    const known = [onEth0, onWlan0].map((link) => announcer.knownAnswersOn(link).map((record) => labelIn(record)));
    expect(known).toEqual([[...labelsOn(eth0)], [...labelsOn(wlan0)]]);
    expect([...labelsOn(eth0), ...labelsOn(wlan0)].every((label) => announcer.owns(label))).toBe(true);
  });
});

describe('an adapter', () => {
  it('that changes gets a new name, and no other does', () => {
    announcer.follow([eth0, wlan0], false);
    pass(MINUTE);
    const moved = adapterAt('eth0', '192.168.7.5');
    announcer.follow([moved, wlan0], false);
    pass(MINUTE);
    expect([labelsOn(eth0).size, labelsOn(wlan0).size]).toEqual([2, 1]);
  });

  it('is known by its old name until the new one was said twice', () => {
    announcer.follow([eth0], false);
    // Said once, and in the middle of that comes a change.
    clock.advance(1_200);
    announcer.use({ ...presence, ownKey: new Uint8Array(32).fill(8) });
    pass(MINUTE);
    const said = sent.flatMap(({ message: { kind, answers } }) =>
      kind === 'response' ? answers.filter(({ type }) => type === 'SRV') : [],
    );
    const [old, next] = [...new Set(said.map((record) => labelIn(record)))];
    const goodbye = said.findIndex((record) => labelIn(record) === old && record.ttl === 0);
    expect(said.slice(0, goodbye).filter((record) => labelIn(record) === next)).toHaveLength(2);
    expect(said.slice(goodbye + 1).filter((record) => labelIn(record) === old)).toEqual([]);
    expect(goodbye).toBeGreaterThan(0);
  });

  it('gets a new name when all are to have one', () => {
    announcer.follow([eth0, wlan0], false);
    pass(MINUTE);
    announcer.follow([eth0, wlan0], true);
    pass(MINUTE);
    expect([labelsOn(eth0).size, labelsOn(wlan0).size]).toEqual([2, 2]);
  });

  it('that comes and goes all the time does not make us take a name each time', () => {
    for (let round = 0; round < 20; round += 1) {
      announcer.follow([eth0], false);
      pass(3_000);
      announcer.follow([], false);
    }
    expect(labelsOn(eth0).size).toBeLessThan(10);
    announcer.follow([eth0], false);
    pass(MINUTE);
    const [last] = announcer.knownAnswersOn(onEth0);
    expect(last).toBeDefined();
  });
});

describe('somebody who speaks under each of our names', () => {
  const contesting = (label: string): Message =>
    parseMessage(encodeResponse(uniqueRecords({ label, port: 9999, text: [Buffer.from('v=2')] }, eth0)))!;

  /** Answers all that was sent since, every tenth of a second. @param foul what is said under a name. */
  function contest(ms: number, foul: (label: string) => Message): void {
    let answered = sent.length;
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      if (passed % 3_000 === 0) announcer.tick();
      const labels = new Set(
        sent
          .slice(answered)
          .flatMap(({ message }) =>
            [...message.authorities, ...message.answers].flatMap((record) => labelIn(record) ?? []),
          ),
      );
      answered = sent.length;
      for (const label of labels) announcer.receive(foul(label), onEth0, '192.168.1.66');
    }
  }

  it('makes us take another three times an hour, and then we keep it and say so', () => {
    announcer.follow([eth0], false);
    contest(10 * MINUTE, contesting);
    expect(labelsOn(eth0).size).toBe(1 + 3);
    const [current] = announcer.knownAnswersOn(onEth0);
    expect(current?.ttl).toBe(120);
    const last = sent.at(-1)!;
    expect(last.message.answers.map(({ type }) => type)).toEqual(['PTR', 'SRV', 'TXT', 'A']);
    // Whoever believed the other hears us again, but no more often than once a second.
    const lately = sent.filter(({ at, message }) => at > clock.now() - MINUTE && message.kind === 'response');
    expect(lately.length).toBeGreaterThan(0);
    expect(lately.length).toBeLessThanOrEqual(2 * 60);
  });

  it('by winning every tie-break keeps us silent for three seconds, no longer', () => {
    announcer.follow([eth0], false);
    contest(4_000, (label) =>
      parseMessage(
        encodeProbe(
          [instanceName(label), hostName(label)],
          uniqueRecords({ label, port: 65_535, text: [Buffer.alloc(200, 255)] }, adapterAt('eth0', '192.168.1.250')),
        ),
      )!,
    );
    expect(announcer.knownAnswersOn(onEth0)).toHaveLength(1);
    expect(labelsOn(eth0).size).toBe(1);
  });
});
