import { beforeEach, describe, expect, it } from 'vitest';
import { choosePrimitives } from '../../crypto/choose.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import type { VisibleCard, PresenceKey, Sighting } from '../discovery.ts';
import { presenceHint, quarterHour } from '../hint.ts';
import { PresenceMatcher, newLabel } from '../presence.ts';
import { linkKey, listAdapters } from '../../network/adapters.ts';
import type { Adapter, Interfaces, AdapterLink } from '../../network/adapters.ts';
import { Browser } from './browser.ts';
import { goodbye, pointerRecord, uniqueRecords } from './dns/own-records.ts';
import { encodeResponse, parseMessage } from './dns/packet.ts';
import type { MdnsRecord, Message } from './dns/packet.ts';
import { encodeText } from './dns/txt-record.ts';

const primitives = choosePrimitives(undefined);
const QUARTER_HOUR = 900_000;
const YEAR = 365 * 24 * 3_600_000;

function entry(cidr: string, internal = false): NonNullable<Interfaces[string]>[number] {
  const [address = ''] = cidr.split('/');
  const rest = { address, netmask: '', mac: '', internal, cidr };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 2 } : { ...rest, family: 'IPv4' };
}

function adapterWith(name: string, ...cidrs: string[]): Adapter {
  return listAdapters({ [name]: cidrs.map((cidr) => entry(cidr, name === 'lo')) })[0]!;
}

const eth0 = adapterWith('eth0', '192.168.1.5/24', 'fe80::5/64');
const wlan0 = adapterWith('wlan0', '10.0.0.5/24');
const onEth0: AdapterLink = { adapter: eth0, family: 'ipv4' };
const annKey: PresenceKey = { contact: 'ann', key: new Uint8Array(32).fill(1) };
const bobKey: PresenceKey = { contact: 'bob', key: new Uint8Array(32).fill(2) };

let clock: FakeClock;
let random: (length: number) => Uint8Array;
let sightings: Sighting[];
let lost: string[];
let seen: (readonly VisibleCard[])[];
let sent: { message: Message; to: string }[];
let links: AdapterLink[];
let browser: Browser;

interface Peer {
  readonly label?: string;
  readonly port?: number;
  /** The port the hint is made with, when that is another. */
  readonly hashedPort?: number;
  /** How far its clock is ahead, ms. */
  readonly ahead?: number;
  readonly from?: Adapter;
}

const elsewhere = adapterWith('eth0', '192.168.1.9/24');

/** The records of a peer, as its own announcement would carry them. */
function advert(key: Uint8Array, peer: Peer = {}): { label: string; records: MdnsRecord[] } {
  const { label = newLabel(random), port = 4712, hashedPort = 4712, ahead = 0, from = elsewhere } = peer;
  const nonce = random(8);
  const quarter = quarterHour(clock.now() + ahead);
  const hint = presenceHint(primitives, key, { quarter, label, nonce, port: hashedPort });
  const service = { label, port, text: encodeText({ nonce, hint }) };
  return { label, records: [pointerRecord(service), ...uniqueRecords(service, from)] };
}

function receive(records: readonly MdnsRecord[], link = onEth0, source = '192.168.1.9'): void {
  browser.receive(parseMessage(encodeResponse(records))!, link, source);
}

beforeEach(() => {
  clock = new FakeClock();
  random = seededRandom('browser');
  sightings = [];
  lost = [];
  seen = [];
  sent = [];
  links = [onEth0];
  browser = new Browser({
    clock,
    random,
    book: new PresenceMatcher(primitives, [annKey, bobKey]),
    listener: {
      onSighting: (sighting) => sightings.push(sighting),
      onLost: (contact) => lost.push(contact),
      onPeople: (people) => seen.push(people),
      onStatus: () => expect.unreachable(),
    },
    links: () => links,
    send: (link, bytes) => sent.push({ message: parseMessage(bytes)!, to: linkKey(link) }),
    isOwn: (label) => label === 'o'.repeat(16),
    ownAnswers: () => [],
  });
});

describe('sightings', () => {
  it('tell of a contact once, whoever repeats it', () => {
    const { records } = advert(annKey.key);
    receive(records);
    receive(records);
    expect(sightings).toEqual([{ contact: 'ann', hosts: ['192.168.1.9'], port: 4712, clockDifference: 0 }]);
  });

  it('leave strangers out, and ourselves', () => {
    receive(advert(new Uint8Array(32)).records);
    expect(browser.size).toBe(1);
    receive(advert(annKey.key, { label: 'o'.repeat(16) }).records);
    expect(browser.size).toBe(1);
    expect(sightings).toEqual([]);
  });

  it('need the port that was hashed', () => {
    receive(advert(annKey.key, { port: 4712, hashedPort: 4713 }).records);
    expect(sightings).toEqual([]);
  });

  it('come however the advert is cut into packets, and ask for what is missing', () => {
    const [ptr, srv, txt, a] = advert(annKey.key).records as [MdnsRecord, MdnsRecord, MdnsRecord, MdnsRecord];
    receive([ptr]);
    clock.advance(60);
    expect(sent.at(-1)?.message.questions).toEqual([
      { name: srv.name, type: 'SRV' },
      { name: srv.name, type: 'TXT' },
    ]);
    receive([txt]);
    receive([srv]);
    clock.advance(1_000);
    expect(sent.at(-1)?.message.questions.slice(2)).toEqual([
      { name: a.name, type: 'A' },
      { name: a.name, type: 'AAAA' },
    ]);
    expect(sightings).toEqual([]);
    receive([a]);
    expect(sightings.length).toBe(1);
  });

  it('do not ask for ever', () => {
    for (let i = 0; i < 20; i += 1) {
      receive([advert(annKey.key).records[0]!], onEth0, `192.168.1.${i}`);
      clock.advance(100);
    }
    clock.advance(15_000);
    expect(sent.length).toBeLessThan(14);
    const before = sent.length;
    clock.advance(60_000);
    expect(sent.length).toBe(before);
    expect(browser.size).toBe(0);
  });

  it('carry the scope of the link, local addresses only, four at most, best first', () => {
    const { label, records } = advert(annKey.key);
    const head = { name: `${label}.local`, ttl: 120, flush: true };
    const aaaa = ['fe80::9', 'fd00::9', '2001:db8::9', '::1', '::ffff:10.0.0.1', 'ff02::1'];
    const a = ['8.8.8.8', '127.0.0.1', '192.168.1.9', '10.0.0.9', '0.0.0.0', '255.255.255.255', '172.16.0.9'];
    receive([
      ...records.slice(0, 3),
      ...aaaa.map((data): MdnsRecord => ({ ...head, type: 'AAAA', data })),
      ...a.map((data): MdnsRecord => ({ ...head, type: 'A', data })),
    ]);
    expect(sightings.at(-1)?.hosts).toEqual(['192.168.1.9', '10.0.0.9', '172.16.0.9', 'fd00::9']);
    receive([{ ...head, type: 'A', data: '192.168.1.9' }]);
    expect(sightings.at(-1)?.hosts).toEqual(['192.168.1.9', 'fd00::9', 'fe80::9%eth0']);
    receive([{ ...head, type: 'AAAA', data: 'fd00::9', ttl: 0 }]);
    expect(sightings.at(-1)?.hosts).toEqual(['192.168.1.9']);
  });

  it('take loopback addresses over loopback alone', () => {
    const lo = adapterWith('lo', '127.0.0.1/8');
    receive(advert(annKey.key, { from: lo }).records);
    expect(sightings).toEqual([]);
    receive(advert(annKey.key, { from: lo }).records, { adapter: lo, family: 'ipv4' }, '127.0.0.1');
    expect(sightings.at(-1)?.hosts).toEqual(['127.0.0.1']);
  });

  it('join what was heard on two adapters, and forget an adapter that went', () => {
    const { label, records } = advert(annKey.key);
    receive(records);
    const there = [
      ...records.slice(0, 3),
      ...uniqueRecords({ label, port: 4712, text: [] }, adapterWith('wlan0', '10.0.0.9/24')).slice(2),
    ];
    receive(there, { adapter: wlan0, family: 'ipv4' }, '10.0.0.9');
    expect(sightings.at(-1)?.hosts).toEqual(['192.168.1.9', '10.0.0.9']);
    browser.keepAdapters(new Set(['wlan0']));
    expect(sightings.at(-1)?.hosts).toEqual(['10.0.0.9']);
    browser.keepAdapters(new Set());
    expect(lost).toEqual(['ann']);
    expect(browser.size).toBe(0);
  });

  it('join the adverts of one contact, who goes by another name on each network', () => {
    const there = advert(annKey.key, { from: adapterWith('wlan0', '10.0.0.9/24') });
    receive(advert(annKey.key).records);
    receive(there.records, { adapter: wlan0, family: 'ipv4' }, '10.0.0.9');
    expect(sightings.at(-1)?.hosts).toEqual(['10.0.0.9', '192.168.1.9']);
    receive(there.records.map(goodbye), { adapter: wlan0, family: 'ipv4' }, '10.0.0.9');
    expect(sightings.at(-1)?.hosts).toEqual(['192.168.1.9']);
    expect(lost).toEqual([]);
  });

  it('leave out what a contact said before it was started anew at another port', () => {
    receive(advert(annKey.key).records);
    const anew = { port: 4999, hashedPort: 4999, from: adapterWith('eth0', '192.168.1.10/24') };
    receive(advert(annKey.key, anew).records);
    expect(sightings.at(-1)).toMatchObject({ hosts: ['192.168.1.10'], port: 4999 });
  });

  it('follow a change of name without a gap', () => {
    const old = advert(annKey.key);
    receive(old.records);
    receive(advert(annKey.key).records);
    receive(old.records.map(goodbye));
    expect(sightings.length).toBe(2);
    expect(lost).toEqual([]);
  });
});

describe('the end', () => {
  it.each([0, 1])('comes with a goodbye (record %i) at once', (which) => {
    const { records } = advert(annKey.key);
    receive(records);
    receive([goodbye(records[which]!)]);
    expect(lost).toEqual(['ann']);
    expect(browser.size).toBe(0);
  });

  it('comes with time when nobody answers, after four questions', () => {
    receive(advert(annKey.key).records);
    clock.advance(95_999);
    expect(sent).toEqual([]);
    clock.advance(2_401);
    expect(sent.map(({ to }) => to)).toEqual(['eth0/ipv4']);
    expect(sent[0]?.message.questions).toEqual([{ name: '_loom._tcp.local', type: 'PTR' }]);
    clock.advance(21_599);
    expect(lost).toEqual([]);
    expect(sent.length).toBe(4);
    expect(sent[1]?.message.questions.map(({ type }) => type)).toEqual(['PTR', 'SRV', 'TXT', 'A', 'AAAA']);
    clock.advance(2);
    expect(lost).toEqual(['ann']);
  });

  it('does not come while answers do', () => {
    const { label, records } = advert(annKey.key);
    receive(records);
    for (let i = 0; i < 40; i += 1) {
      clock.advance(99_000);
      receive(advert(annKey.key, { label }).records);
      browser.judgeAnew();
    }
    expect(sightings.length).toBe(1);
    expect(lost).toEqual([]);
    // One question for each round: the answer takes the later ones back.
    expect(sent.length).toBe(40);
  });

  it.each([
    [1, 10],
    [0xffff_ffff, 4_500],
  ])('a TTL of %i s counts as %i s', (ttl, seconds) => {
    const before = quarterHour(clock.now());
    receive(advert(new Uint8Array(32)).records.map((record) => ({ ...record, ttl })));
    clock.advance(seconds * 1000 - 1);
    expect(browser.size).toBe(1);
    clock.advance(1);
    expect(browser.size).toBe(0);
    expect(quarterHour(clock.now())).toBeGreaterThanOrEqual(before);
  });

  it('comes when it is not renewed for half an hour, though somebody repeats it, and that stays so', () => {
    const said = advert(annKey.key);
    const repeat = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 60_000) {
        receive(said.records, onEth0, '192.168.1.66');
        clock.advance(60_000);
      }
    };
    repeat(2 * QUARTER_HOUR - 60_000);
    expect(lost).toEqual([]);
    repeat(4 * QUARTER_HOUR);
    expect(lost).toEqual(['ann']);
    expect(sightings).toHaveLength(1);
    // Renewed by its sender, it is believed again.
    receive(advert(annKey.key, { label: said.label }).records);
    expect(sightings).toHaveLength(2);
  });

  it('does not come by a clock that is set, ours or theirs', () => {
    const { label, records } = advert(annKey.key);
    receive(records);
    for (const jump of [3 * YEAR, -6 * YEAR, 3 * YEAR]) {
      clock.jump(jump);
      browser.judgeAnew();
      receive(advert(annKey.key, { label }).records);
    }
    receive(advert(annKey.key, { label, ahead: YEAR }).records);
    receive(advert(annKey.key, { label }).records);
    expect(lost).toEqual([]);
    expect(sightings.at(-1)?.clockDifference).toBe(0);
  });

  it('comes with the key, and the beginning too', () => {
    receive(advert(annKey.key).records);
    const carol: PresenceKey = { contact: 'carol', key: new Uint8Array(32).fill(3) };
    receive(advert(carol.key).records);
    expect(sightings.map(({ contact }) => contact)).toEqual(['ann']);
    browser.useBook(new PresenceMatcher(primitives, [bobKey, carol]));
    expect(lost).toEqual(['ann']);
    expect(sightings.map(({ contact }) => contact)).toEqual(['ann', 'carol']);
    browser.useBook(new PresenceMatcher(primitives, [bobKey, carol]));
    expect(sightings.length).toBe(2);
    expect(lost).toEqual(['ann']);
  });
});

describe('a flood', () => {
  const source = (i: number): string => `192.168.${(i >> 8) & 255}.${i & 255}`;

  it('of strangers leaves room for contacts and keeps those there are', () => {
    receive(advert(annKey.key).records);
    for (let i = 0; i < 1_200; i += 1) {
      receive(advert(new Uint8Array(32)).records, onEth0, source(i));
      if (i % 50 === 0) clock.advance(1_000);
    }
    clock.advance(1_000);
    expect(browser.size).toBe(256);
    receive(advert(bobKey.key).records);
    expect(browser.size).toBe(256);
    expect(sightings.map(({ contact }) => contact)).toEqual(['ann', 'bob']);
    expect(lost).toEqual([]);
  });

  it('of one source takes no more than its share', () => {
    for (let i = 0; i < 200; i += 1) receive(advert(new Uint8Array(32)).records);
    expect(browser.size).toBe(16);
    receive(advert(new Uint8Array(32)).records, onEth0, '192.168.1.10');
    expect(browser.size).toBe(17);
  });

  it('of a card that others show as well leads to where it was first', () => {
    const token = `LOOM-${newLabel(random).toUpperCase()}`;
    const shows = (port: number, from: Adapter, source: string): void => {
      const text = encodeText({ nonce: random(8), hint: random(16), card: { name: 'Bob', token } });
      const service = { label: newLabel(random), port, text };
      receive([pointerRecord(service), ...uniqueRecords(service, from)], onEth0, source);
    };
    shows(4712, adapterWith('eth0', '192.168.1.7/24', 'fd00::7/64'), '192.168.1.7');
    const liars = adapterWith('eth0', ...Array.from({ length: 4 }, (_, i) => `192.168.1.${60 + i}/24`));
    shows(4712, liars, '192.168.1.60');
    shows(666, liars, '192.168.1.60');
    expect(seen.at(-1)?.map(({ hosts, port }) => [hosts.slice(0, 2), port])).toEqual([
      [['192.168.1.7', 'fd00::7'], 4712],
    ]);
    // Bob starts anew, at another port.
    shows(4713, adapterWith('eth0', '192.168.1.7/24'), '192.168.1.7');
    expect(seen.at(-1)?.map(({ hosts, port }) => [hosts, port])).toEqual([[['192.168.1.7'], 4713]]);
  });

  it('of people shown does not hide those who come from elsewhere, nor push out who is shown', () => {
    const shows = (name: string, from: string): void => {
      const label = newLabel(random);
      const card = { name, token: `LOOM-${label.toUpperCase()}` };
      const service = { label, port: 4712, text: encodeText({ nonce: random(8), hint: random(16), card }) };
      receive([pointerRecord(service), ...uniqueRecords(service, elsewhere)], onEth0, from);
    };
    const names = (): string[] => (seen.at(-1) ?? []).map(({ name }) => name);
    // One machine, by both families.
    for (let i = 0; i < 16; i += 1) for (const from of ['192.168.1.66', 'fe80::66%eth0']) shows(`Nobody ${i}`, from);
    expect(names()).toHaveLength(32);
    shows('Bob', '192.168.1.7');
    expect(names()).toHaveLength(32);
    expect(names()).toContain('Bob');
    for (let i = 0; i < 40; i += 1) shows(`Nobody of ${i}`, source(i));
    expect(names()).toHaveLength(32);
    expect(names()).toContain('Bob');
  });

  it('in one packet is cut short', () => {
    const pointers = Array.from({ length: 100 }, () => advert(annKey.key).records[0]!);
    receive(pointers);
    expect(browser.size).toBe(8);
  });

  it('by a contact takes no more than a contact’s share', () => {
    for (let i = 0; i < 100; i += 1) receive(advert(annKey.key).records, onEth0, source(i));
    expect(browser.size).toBe(8);
    expect(lost).toEqual([]);
  });

  it('of one source leaves hashing for others, second after second', () => {
    const keys = Array.from({ length: 100 }, (_, i) => ({ contact: `c${i}`, key: seededRandom(`k${i}`)(32) }));
    browser.useBook(new PresenceMatcher(primitives, keys));
    for (let second = 0; second < 3; second += 1) {
      for (let i = 0; i < 80; i += 1) receive(advert(new Uint8Array(32)).records, onEth0, '192.168.1.66');
      browser.judgeWaiting();
      clock.advance(1_000);
    }
    for (let i = 0; i < 80; i += 1) receive(advert(new Uint8Array(32)).records, onEth0, '192.168.1.66');
    receive(advert(keys[50]!.key).records);
    expect(sightings.map(({ contact }) => contact)).toEqual(['c50']);
  });

  it('that uses up the hashing delays a contact, no more', () => {
    const keys = Array.from({ length: 100 }, (_, i) => ({ contact: `c${i}`, key: seededRandom(`k${i}`)(32) }));
    browser.useBook(new PresenceMatcher(primitives, keys));
    for (let i = 0; i < 220; i += 1) receive(advert(new Uint8Array(32)).records, onEth0, source(i));
    receive(advert(keys[50]!.key).records);
    expect(sightings).toEqual([]);
    clock.advance(1_000);
    browser.judgeWaiting();
    clock.advance(1_000);
    browser.judgeWaiting();
    expect(sightings.map(({ contact }) => contact)).toEqual(['c50']);
  });
});

describe('questions', () => {
  it('are asked at once, then ever more rarely', () => {
    browser.browse();
    clock.advance(120);
    expect(sent.length).toBe(1);
    clock.advance(60_000);
    expect(sent.length).toBe(6);
    clock.advance(3_600_000);
    expect(sent.length).toBeLessThan(6 + 4 + 12);
  });

  it('name the answers that are still fresh', () => {
    const { records } = advert(annKey.key);
    receive(records);
    clock.advance(30_000);
    browser.browse();
    clock.advance(120);
    expect(sent[0]?.message.answers).toEqual([{ ...records[0], ttl: 89 }]);
    clock.advance(40_000);
    expect(sent.at(-1)?.message.answers).toEqual([]);
  });

  it('tell no network what is near on another', () => {
    links = [onEth0, { adapter: eth0, family: 'ipv6' }, { adapter: wlan0, family: 'ipv4' }];
    receive(advert(annKey.key).records);
    receive([advert(bobKey.key).records[0]!]);
    browser.browse();
    clock.advance(120_000);
    const onWlan = sent.filter(({ to }) => to === 'wlan0/ipv4').map(({ message }) => message);
    expect(onWlan.length).toBeGreaterThan(4);
    expect(onWlan.every(({ questions, answers }) => questions.length === 1 && answers.length === 0)).toBe(true);
    const onEth = sent.filter(({ to }) => to === 'eth0/ipv6').map(({ message }) => message);
    expect(onEth.some(({ questions }) => questions.length > 1)).toBe(true);
    expect(onEth.some(({ answers }) => answers.length === 1)).toBe(true);
  });

  it('stay within a frame', () => {
    for (let i = 0; i < 200; i += 1) receive(advert(new Uint8Array(32)).records, onEth0, `192.168.1.${i}`);
    expect(browser.size).toBe(200);
    browser.browse();
    clock.advance(120);
    const { answers } = sent.at(-1)!.message;
    expect(answers.length).toBeGreaterThan(10);
    expect(encodeResponse(answers).length).toBeLessThan(1_400);
  });

  it('end with the browser', () => {
    receive(advert(annKey.key).records);
    browser.browse();
    browser.stop();
    clock.advance(3_600_000);
    expect(sent).toEqual([]);
    expect(lost).toEqual([]);
  });
});

describe('clocks that differ', () => {
  it.each([0, 1, -1])('by %i quarter-hours are the same', (quarters) => {
    receive(advert(annKey.key, { ahead: quarters * QUARTER_HOUR }).records);
    expect(sightings.map(({ clockDifference }) => clockDifference)).toEqual([0]);
  });

  it.each([2, -2, 4, (3 * YEAR) / QUARTER_HOUR, (-3 * YEAR) / QUARTER_HOUR])(
    'by %i keep nobody apart, and are told',
    (quarters) => {
      receive(advert(annKey.key, { ahead: quarters * QUARTER_HOUR }).records);
      expect(sightings.map(({ contact, clockDifference }) => [contact, clockDifference])).toEqual([
        ['ann', quarters * QUARTER_HOUR],
      ]);
    },
  );
});

describe('what strangers say of a contact', () => {
  const STRANGER = '192.168.1.66';
  let theirs: ReturnType<typeof advert>;
  const srv = (data: { port: number; target: string }): MdnsRecord => ({
    ...(theirs.records.find(({ type }) => type === 'SRV') as Extract<MdnsRecord, { type: 'SRV' }>),
    data,
  });
  const text = (of: ReturnType<typeof advert>): MdnsRecord => of.records.find(({ type }) => type === 'TXT')!;
  const address = (data: string, name = `${theirs.label}.local`): MdnsRecord => ({
    name,
    type: 'A',
    ttl: 120,
    flush: true,
    data,
  });

  beforeEach(() => {
    theirs = advert(annKey.key);
    receive(theirs.records);
    sightings.length = 0;
  });

  it('takes no leave for them', () => {
    receive(theirs.records.map(goodbye), onEth0, STRANGER);
    expect(lost).toEqual([]);
    receive(theirs.records.map(goodbye));
    expect(lost).toEqual(['ann']);
  });

  it('changes neither their port, nor their text, nor their host', () => {
    receive([srv({ port: 9, target: `${theirs.label}.local` })], onEth0, STRANGER);
    receive([srv({ port: 4712, target: 'evil.local' }), address('192.168.1.66', 'evil.local')], onEth0, STRANGER);
    receive([{ ...text(theirs), data: [Buffer.from('v=2')] } as MdnsRecord], onEth0, STRANGER);
    receive([text(advert(bobKey.key, { label: theirs.label }))], onEth0, STRANGER);
    expect(lost).toEqual([]);
    expect(sightings).toEqual([]);
    // Their own renewal is taken as ever.
    clock.advance(60_000);
    receive([text(advert(annKey.key, { label: theirs.label }))]);
    receive(theirs.records.map(goodbye));
    expect(lost).toEqual(['ann']);
  });

  it('adds addresses to theirs and takes none away', () => {
    receive([address('192.168.1.66')], onEth0, STRANGER);
    receive([{ ...address('192.168.1.9'), ttl: 0 }], onEth0, STRANGER);
    for (let i = 70; i < 73; i += 1) receive([address(`192.168.1.${i}`)], onEth0, `192.168.1.${i}`);
    receive(theirs.records);
    expect(sightings.at(-1)?.hosts).toContain('192.168.1.9');
  });

  it('does not put what they said earlier in the place of what they say now', () => {
    const said = [text(theirs)];
    for (let quarter = 0; quarter < 2; quarter += 1) {
      clock.advance(QUARTER_HOUR / 9);
      receive(theirs.records.map((record) => (record.type === 'TXT' ? said.at(-1)! : record)));
      clock.jump(QUARTER_HOUR);
      said.push(text(advert(annKey.key, { label: theirs.label })));
      receive([said.at(-1)!]);
    }
    sightings.length = 0;
    for (const earlier of said.slice(0, 2)) receive([earlier], onEth0, STRANGER);
    // What counts is still the last: after half an hour without another, it is over, and not later.
    clock.advance(1_000);
    browser.judgeAnew();
    expect(sightings).toEqual([]);
  });

  it('repeated from another time gives way to what they say now, however much it is', () => {
    const recorded = Array.from({ length: 20 }, (_, i) =>
      advert(annKey.key, { ahead: -(i + 3) * QUARTER_HOUR, port: 4712, from: adapterWith('eth0', '192.168.1.66/24') }),
    );
    for (const { records } of recorded) receive(records, onEth0, STRANGER);
    expect(browser.size).toBe(8);
    expect(lost).toEqual([]);
    expect(sightings.at(-1)?.hosts[0]).toBe('192.168.1.9');
    expect(sightings.at(-1)?.clockDifference).toBe(0);
  });
});
