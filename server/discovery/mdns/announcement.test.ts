import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { linkKey, listAdapters } from '../../network/adapters.ts';
import type { AdapterLink } from '../../network/adapters.ts';
import { Announcement } from './announcement.ts';
import { pointerRecord, serviceTypeRecord, uniqueRecords } from './dns/own-records.ts';
import { encodeProbe, encodeQuery, encodeResponse, parseMessage } from './dns/packet.ts';
import type { MdnsRecord, Message, Question } from './dns/packet.ts';
import { encodeText } from './dns/txt-record.ts';

const [adapter] = listAdapters({
  eth0: [{ address: '192.168.1.5', netmask: '', mac: '', internal: false, cidr: '192.168.1.5/24', family: 'IPv4' }],
});
const link: AdapterLink = { adapter: adapter!, family: 'ipv4' };
const text = encodeText({ nonce: new Uint8Array(8), hint: new Uint8Array(16) });
const service = { label: 'abcdefghij234567', port: 4712, text };
const instance = 'abcdefghij234567._loom._tcp.local';
const host = 'abcdefghij234567.local';
const forAll: Question = { name: '_loom._tcp.local', type: 'PTR' };

let clock: FakeClock;
let sent: Message[];
let established: number;
let conflicts: number;
let announcement: Announcement;

function types(message: Message | undefined): string[] {
  return (message?.answers ?? []).map(({ type }) => type);
}

function receive(bytes: Buffer, source = '192.168.1.9'): void {
  announcement.receive(parseMessage(bytes)!, link, source);
}

function ask(questions: readonly Question[], known: readonly MdnsRecord[] = [], source = '192.168.1.9'): void {
  receive(encodeQuery(questions, known), source);
}

/** Past probes, announcements and the second of silence after them. */
function announced(): void {
  announcement.start();
  clock.advance(10_000);
  sent.length = 0;
}

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  established = 0;
  conflicts = 0;
  announcement = new Announcement(service, adapter!, {
    clock,
    random: seededRandom('announcement'),
    send: (to, bytes) => {
      expect(linkKey(to)).toBe('eth0/ipv4');
      sent.push(parseMessage(bytes)!);
    },
    onEstablished: () => (established += 1),
    onConflict: () => (conflicts += 1),
  });
});

describe('a name comes up', () => {
  it('with three probes, then four announcements ever further apart', () => {
    announcement.start();
    clock.advance(250 + 2 * 250);
    expect(sent.map(({ kind }) => kind)).toEqual(['query', 'query', 'query']);
    expect(sent[0]?.questions).toEqual([
      { name: instance, type: 'ANY' },
      { name: host, type: 'ANY' },
    ]);
    expect(sent[0]?.authorities).toEqual(uniqueRecords(service, adapter!));
    clock.advance(250);
    expect(sent.length).toBe(4);
    expect(types(sent[3])).toEqual(['PTR', 'SRV', 'TXT', 'A']);
    expect(sent[3]?.answers.map(({ flush, ttl }) => [flush, ttl])).toEqual([
      [false, 120],
      [true, 120],
      [true, 120],
      [true, 120],
    ]);
    expect(established).toBe(0);
    clock.advance(1_000);
    expect(sent[4]).toEqual(sent[3]);
    expect(established).toBe(1);
    clock.advance(2_000);
    expect(sent.length).toBe(6);
    clock.advance(4_000);
    expect(sent.length).toBe(7);
    clock.advance(3_600_000);
    expect(sent.length).toBe(7);
    expect(established).toBe(1);
  });

  it('and answers nothing before it is announced', () => {
    announcement.start();
    ask([forAll]);
    clock.advance(600);
    expect(sent.every(({ kind }) => kind === 'query')).toBe(true);
    expect(announcement.pointer).toBeNull();
  });

  it('and is dropped without a word when it was never announced', () => {
    announcement.start();
    clock.advance(300);
    const before = sent.length;
    announcement.withdraw();
    clock.advance(10_000);
    expect(sent.length).toBe(before);
  });
});

describe('someone else under the name', () => {
  const theirs = { ...service, port: 9999 };
  const later = uniqueRecords({ ...service, text: [Buffer.alloc(9)] }, adapter!);
  const earlier = uniqueRecords({ ...service, text: [Buffer.of()] }, adapter!);

  it('is a conflict while probing and after', () => {
    announcement.start();
    clock.advance(300);
    receive(encodeResponse(uniqueRecords(theirs, adapter!)));
    expect(conflicts).toBe(1);
    clock.advance(5_000);
    receive(encodeResponse([pointerRecord(service)], uniqueRecords(theirs, adapter!)));
    expect(conflicts).toBe(2);
  });

  it('is none when it is ourselves, by loop or by a reflector, or a goodbye', () => {
    announced();
    receive(encodeResponse([pointerRecord(service), ...uniqueRecords(service, adapter!)]));
    announcement.renewText(encodeText({ nonce: new Uint8Array(8), hint: new Uint8Array(16).fill(1) }));
    receive(encodeResponse(uniqueRecords(service, adapter!)));
    receive(encodeResponse(uniqueRecords(theirs, adapter!).map((record) => ({ ...record, ttl: 0 }))));
    receive(encodeResponse(uniqueRecords({ ...theirs, label: 'bbbbbbbbbbbbbbbb' }, adapter!)));
    expect(conflicts).toBe(0);
  });

  it('who proposes later data at the same time makes us wait a second and probe again', () => {
    announcement.start();
    clock.advance(300);
    const before = sent.length;
    receive(encodeProbe([instance, host], later));
    clock.advance(999);
    expect(sent.length).toBe(before);
    clock.advance(1 + 3 * 250);
    expect(sent.slice(before).map(({ kind }) => kind)).toEqual(['query', 'query', 'query', 'response']);
  });

  it('keeps nobody silent: after two lost tie-breaks the name is announced, whatever is proposed', () => {
    announcement.start();
    for (let at = 0; at < 10_000; at += 100) {
      clock.advance(100);
      if (sent.at(-1)?.kind === 'query') receive(encodeProbe([instance, host], later));
    }
    expect(sent.filter(({ kind }) => kind === 'query').length).toBeLessThanOrEqual(3 + 2 * 3);
    expect(types(sent.at(-1))).toEqual(['PTR', 'SRV', 'TXT', 'A']);
    expect(established).toBe(1);
  });

  it('who takes leave for us is contradicted within a second, once for however many', () => {
    announced();
    const leave = encodeResponse(
      [pointerRecord(service), ...uniqueRecords(service, adapter!)].map((each) => ({ ...each, ttl: 0 })),
    );
    for (let i = 0; i < 5; i += 1) receive(leave);
    clock.advance(999);
    expect(sent.map(types)).toEqual([['PTR', 'SRV', 'TXT', 'A']]);
    expect(sent[0]?.answers.every(({ ttl }) => ttl === 120)).toBe(true);
    receive(encodeResponse([{ ...pointerRecord(service), ttl: 0 }]));
    clock.advance(10_000);
    expect(sent).toHaveLength(2);
    expect(conflicts).toBe(0);
  });

  it('who proposes earlier or the same data does not', () => {
    announcement.start();
    clock.advance(300);
    receive(encodeProbe([instance, host], earlier));
    receive(encodeProbe([instance, host], uniqueRecords(service, adapter!)));
    clock.advance(700);
    expect(types(sent.at(-1))).toEqual(['PTR', 'SRV', 'TXT', 'A']);
  });

  it('who probes later hears of us at once, at most four times a second', () => {
    announced();
    for (let i = 0; i < 10; i += 1) receive(encodeProbe([instance, host], uniqueRecords(theirs, adapter!)));
    expect(sent.map(types)).toEqual([['SRV', 'TXT', 'A']]);
    clock.advance(250);
    receive(encodeProbe([instance, host], uniqueRecords(theirs, adapter!)));
    expect(sent.length).toBe(2);
    expect(conflicts).toBe(0);
  });
});

describe('answers', () => {
  it('come after 20 to 120 ms, with all the asker needs', () => {
    announced();
    ask([forAll]);
    clock.advance(19);
    expect(sent).toEqual([]);
    clock.advance(101);
    expect(sent.map(types)).toEqual([['PTR']]);
    expect(sent[0]?.additionals.map(({ type }) => type)).toEqual(['SRV', 'TXT', 'A']);
  });

  it.each<[Question, string[], string[]]>([
    [{ name: instance, type: 'SRV' }, ['SRV'], ['TXT', 'A']],
    [{ name: instance, type: 'TXT' }, ['TXT'], []],
    [{ name: instance, type: 'ANY' }, ['SRV', 'TXT'], ['A']],
    [{ name: host, type: 'A' }, ['A'], []],
    [{ name: '_services._dns-sd._udp.local', type: 'PTR' }, ['PTR'], []],
  ])('to %j', (question, answers, additionals) => {
    announced();
    ask([question]);
    clock.advance(120);
    expect(sent.map(types)).toEqual([answers]);
    expect(sent[0]?.additionals.map(({ type }) => type)).toEqual(additionals);
  });

  it.each<Question>([
    { name: host, type: 'AAAA' },
    { name: '_http._tcp.local', type: 'PTR' },
    { name: '_loom._tcp.local', type: 'SRV' },
    { name: 'bbbbbbbbbbbbbbbb.local', type: 'A' },
    { name: 'local', type: 'ANY' },
    { name: '.', type: 'ANY' },
  ])('not to %j', (question) => {
    announced();
    ask([question]);
    clock.advance(5_000);
    expect(sent).toEqual([]);
  });

  it('are left out when known with half their life left', () => {
    announced();
    ask([forAll], [{ ...pointerRecord(service), ttl: 60 }]);
    clock.advance(2_000);
    expect(sent).toEqual([]);
    ask([forAll], [{ ...pointerRecord(service), ttl: 59 }]);
    clock.advance(2_000);
    expect(sent.length).toBe(1);
    ask([forAll, serviceQuestion()], [serviceTypeRecord]);
    clock.advance(2_000);
    expect(sent[1]?.answers).toEqual([pointerRecord(service)]);
  });

  it('wait for known answers still to come', () => {
    announced();
    const truncated = encodeQuery([forAll]);
    truncated.writeUInt16BE(truncated.readUInt16BE(2) | 0x0200, 2);
    receive(truncated);
    clock.advance(399);
    ask([], [pointerRecord(service)]);
    clock.advance(2_000);
    expect(sent).toEqual([]);
    receive(truncated);
    clock.advance(399);
    ask([], [pointerRecord(service)], '192.168.1.10');
    clock.advance(101);
    expect(sent.length).toBe(1);
  });

  it('are given once a second, however many ask', () => {
    announced();
    for (let i = 0; i < 300; i += 1) {
      ask([forAll], [], `192.168.1.${i % 250}`);
      clock.advance(10);
    }
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(sent.length).toBeLessThanOrEqual(3);
    const before = sent.length;
    clock.advance(1_000);
    // Who asked during the pause is answered after it.
    expect(sent.length).toBe(before + 1);
    clock.advance(60_000);
    expect(sent.length).toBe(before + 1);
  });
});

describe('later', () => {
  it('a renewed TXT record is said twice and is what answers carry', () => {
    announced();
    const renewed = encodeText({ nonce: new Uint8Array(8), hint: new Uint8Array(16).fill(7) });
    announcement.renewText(renewed);
    clock.advance(1_000);
    expect(sent.map(types)).toEqual([['TXT'], ['TXT']]);
    expect(sent[1]?.answers[0]).toMatchObject({ name: instance, flush: true, data: renewed });
    ask([forAll]);
    clock.advance(120);
    expect(sent[2]?.additionals).toContainEqual(expect.objectContaining({ type: 'TXT', data: renewed }));
  });

  it('goodbye takes everything back, and then there is silence', () => {
    announced();
    ask([forAll]);
    announcement.withdraw();
    expect(sent.map(types)).toEqual([['PTR', 'SRV', 'TXT', 'A']]);
    expect(sent[0]?.answers.every(({ ttl }) => ttl === 0)).toBe(true);
    ask([forAll]);
    announcement.withdraw();
    announcement.repeat();
    clock.advance(10_000);
    expect(sent.length).toBe(1);
  });

  it('a name is not spoken of on an adapter that changed', () => {
    announced();
    const [moved] = listAdapters({
      eth0: [{ address: '10.0.0.5', netmask: '', mac: '', internal: false, cidr: '10.0.0.5/24', family: 'IPv4' }],
    });
    announcement.receive(parseMessage(encodeQuery([forAll]))!, { adapter: moved!, family: 'ipv4' }, '10.0.0.9');
    clock.advance(5_000);
    expect(sent).toEqual([]);
  });
});

function serviceQuestion(): Question {
  return { name: '_services._dns-sd._udp.local', type: 'PTR' };
}
