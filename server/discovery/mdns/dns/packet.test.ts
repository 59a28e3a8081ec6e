import { encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listAdapters } from '../../../network/adapters.ts';
import { pointerRecord, uniqueRecords } from './own-records.ts';
import { encodeProbe, encodeQuery, encodeResponse, encodedData, encodedLength, parseMessage } from './packet.ts';
import type { MdnsRecord } from './packet.ts';
import { checkStructure } from './structure.ts';
import { encodeText } from './txt-record.ts';

const label = fc.stringMatching(/^[a-z0-9_-]{1,63}$/);
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const ttl = fc.nat(4_294_967_295);
const head = { name, ttl, flush: fc.boolean() };
const record: fc.Arbitrary<MdnsRecord> = fc.oneof(
  fc.record({ ...head, type: fc.constant('PTR' as const), data: name }),
  fc.record({ ...head, type: fc.constant('SRV' as const), data: fc.record({ port: fc.nat(65_535), target: name }) }),
  fc.record({
    ...head,
    type: fc.constant('TXT' as const),
    data: fc.array(
      fc.uint8Array({ maxLength: 255 }).map((bytes) => Buffer.from(bytes)),
      { maxLength: 4 },
    ),
  }),
  fc.record({ ...head, type: fc.constant('A' as const), data: fc.ipV4() }),
);
const records = fc.array(record, { maxLength: 5 });

const service = {
  label: 'abcdefghij234567',
  port: 4712,
  text: encodeText({ nonce: new Uint8Array(8), hint: new Uint8Array(16) }),
};
const [adapter] = listAdapters({
  eth0: [
    { address: '192.168.1.5', netmask: '', mac: '', internal: false, cidr: '192.168.1.5/24', family: 'IPv4' },
    { address: 'fe80::1', netmask: '', mac: '', internal: false, cidr: 'fe80::1/64', family: 'IPv6', scopeid: 2 },
  ],
});
const announcement = encodeResponse([pointerRecord(service), ...uniqueRecords(service, adapter!)]);

describe('messages', () => {
  it('read back as written', () => {
    fc.assert(
      fc.property(records, records, (answers, additionals) => {
        expect(parseMessage(encodeResponse(answers, additionals))).toEqual({
          kind: 'response',
          truncated: false,
          questions: [],
          answers,
          authorities: [],
          additionals,
        });
      }),
    );
    const question = fc.record({ name, type: fc.constantFrom('A', 'AAAA', 'PTR', 'SRV', 'TXT', 'ANY') });
    fc.assert(
      fc.property(fc.array(question), records, (questions, known) => {
        const message = parseMessage(encodeQuery(questions, known));
        expect(message).toMatchObject({ kind: 'query', questions, answers: known });
      }),
    );
  });

  it('announces itself in 326 bytes on an adapter with an address of each family', () => {
    expect(announcement.length).toBe(326);
    expect(parseMessage(announcement)?.answers.map(({ type }) => type)).toEqual(['PTR', 'SRV', 'TXT', 'A', 'AAAA']);
  });

  it('probes with its records as authorities', () => {
    const proposed = uniqueRecords(service, adapter!);
    const message = parseMessage(encodeProbe(['a.local', 'b.local'], proposed));
    expect(message?.questions).toEqual([
      { name: 'a.local', type: 'ANY' },
      { name: 'b.local', type: 'ANY' },
    ]);
    expect(message?.authorities).toEqual(proposed);
  });

  it('names are compared in lower case', () => {
    const message = parseMessage(
      encodeResponse([
        { name: '_LOOM._tcp.Local', type: 'PTR', ttl: 1, flush: false, data: 'ABC._Loom._tcp.local' },
        { name: 'X.local', type: 'SRV', ttl: 1, flush: true, data: { port: 1, target: 'Y.Local' } },
      ]),
    );
    expect(message?.answers).toMatchObject([
      { name: '_loom._tcp.local', data: 'abc._loom._tcp.local' },
      { name: 'x.local', data: { port: 1, target: 'y.local' } },
    ]);
  });

  it('knows what a record weighs and says', () => {
    const a: MdnsRecord = { name: 'x.local', type: 'A', ttl: 120, flush: true, data: '10.1.2.3' };
    expect(encodedLength(a)).toBe(9 + 10 + 4);
    expect(encodedData(a)).toEqual(Buffer.from([10, 1, 2, 3]));
  });

  it('reads past records it has no use for', () => {
    const packet = encode({
      type: 'response',
      answers: [
        { type: 'HINFO', name: 'x.local', data: { cpu: 'a', os: 'b' } },
        { type: 'NSEC', name: 'x.local', data: { nextDomain: 'x.local', rrtypes: ['A', 'SRV'] } },
        { type: 'A', name: 'x.local', class: 'CH', data: '10.0.0.1' },
        { type: 'A', name: 'x.local', data: '10.0.0.2' },
      ],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 1440,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [],
        },
      ],
    });
    expect(parseMessage(packet)?.answers).toMatchObject([{ type: 'A', data: '10.0.0.2' }]);
  });

  it('takes a question that asks for a unicast answer as any other', () => {
    const packet = encodeQuery([{ name: '_loom._tcp.local', type: 'PTR' }]);
    packet.writeUInt16BE(0x8001, packet.length - 2);
    expect(parseMessage(packet)?.questions).toEqual([{ name: '_loom._tcp.local', type: 'PTR' }]);
  });
});

describe('malformed messages', () => {
  const headerOf = (counts: readonly number[], flags = 0x8400): Buffer => {
    const header = Buffer.alloc(12);
    header.writeUInt16BE(flags, 2);
    counts.forEach((count, i) => header.writeUInt16BE(count, 4 + 2 * i));
    return header;
  };
  const aRecord = Buffer.from('00000100010000007800040a000001', 'hex');

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['half a header', Buffer.alloc(11)],
    ['more than 9,000 bytes', Buffer.concat([encodeQuery([]), Buffer.alloc(9000)])],
    ['counts without content', headerOf([65_535, 65_535, 65_535, 65_535])],
    ['too many questions', Buffer.concat([headerOf([129, 0, 0, 0]), Buffer.alloc(129 * 5)])],
    ['too many records', Buffer.concat([headerOf([0, 200, 50, 7]), ...Array<Buffer>(257).fill(aRecord)])],
    ['another opcode', Buffer.concat([headerOf([0, 0, 0, 0], 0x2800)])],
    ['a response code', Buffer.concat([headerOf([0, 0, 0, 0], 0x8403)])],
    ['a pointer to itself', Buffer.concat([headerOf([1, 0, 0, 0]), Buffer.from('c00c00010001', 'hex')])],
    ['a pointer ahead', Buffer.concat([headerOf([1, 0, 0, 0]), Buffer.from('c00e00000c0001', 'hex')])],
    ['a pointer into the header', Buffer.concat([headerOf([1, 0, 0, 0]), Buffer.from('c000000c0001', 'hex')])],
    [
      'two pointers in a circle',
      Buffer.concat([headerOf([1, 0, 0, 0]), Buffer.from('01610161c00cc00c000c0001', 'hex')]),
    ],
    ['a reserved label type', Buffer.concat([headerOf([1, 0, 0, 0]), Buffer.from('4000000c0001', 'hex')])],
    ['a label past the end', Buffer.concat([headerOf([1, 0, 0, 0]), Buffer.from('3f61', 'hex')])],
    [
      'a name of 300 bytes',
      Buffer.concat([
        headerOf([1, 0, 0, 0]),
        ...Array<Buffer>(5).fill(Buffer.concat([Buffer.of(63), Buffer.alloc(63, 97)])),
        Buffer.from('00000c0001', 'hex'),
      ]),
    ],
    [
      'data past the end',
      Buffer.concat([headerOf([0, 1, 0, 0]), Buffer.from('00000100010000007800050a000001', 'hex')]),
    ],
    [
      'an A record of five bytes',
      Buffer.concat([headerOf([0, 1, 0, 0]), Buffer.from('00000100010000007800050a00000101', 'hex')]),
    ],
    [
      'an AAAA record of four bytes',
      Buffer.concat([headerOf([0, 1, 0, 0]), Buffer.from('00001c00010000007800040a000001', 'hex')]),
    ],
    [
      'a PTR longer than its name',
      Buffer.concat([headerOf([0, 1, 0, 0]), Buffer.from('00000c000100000078000300aabb', 'hex')]),
    ],
    [
      'an SRV without target',
      Buffer.concat([headerOf([0, 1, 0, 0]), Buffer.from('0000210001000000780006000000000001', 'hex')]),
    ],
    [
      'a TXT string past its record',
      Buffer.concat([headerOf([0, 1, 0, 0]), Buffer.from('00001000010000007800020561', 'hex')]),
    ],
  ])('%s', (_, bytes) => {
    expect(parseMessage(bytes)).toBeNull();
  });

  it('as many records as allowed are read', () => {
    const packet = Buffer.concat([headerOf([0, 200, 50, 6]), ...Array<Buffer>(256).fill(aRecord)]);
    expect(parseMessage(packet)?.answers.length).toBe(200);
  });

  it('chains of pointers end early, whatever type of record they hide in', () => {
    const build = (length: number): Buffer => {
      // One record of an unknown type carries the chain; a question-like record after it points at its end.
      const start = 12 + 11;
      const pieces: Buffer[] = [Buffer.of(0)];
      for (let i = 0; i < length; i += 1) pieces.push(pointerTo(i === 0 ? start : start + 1 + 2 * (i - 1)));
      const data = Buffer.concat(pieces);
      const carrier = Buffer.concat([Buffer.from('00ff00000100000078', 'hex'), u16(data.length), data]);
      const tail = Buffer.concat([
        pointerTo(start + 1 + 2 * (length - 1)),
        Buffer.from('00010001000000780004', 'hex'),
        Buffer.of(10, 0, 0, 1),
      ]);
      return Buffer.concat([headerOf([0, 2, 0, 0]), carrier, tail]);
    };
    expect(parseMessage(build(15))?.answers).toMatchObject([{ type: 'A', data: '10.0.0.1' }]);
    expect(parseMessage(build(16))).toBeNull();
    expect(parseMessage(build(4000))).toBeNull();
  });

  it('random bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void parseMessage(bytes)),
      { numRuns: 3000 },
    );
  });

  it('damaged messages never throw, and what passes the check dns-packet can read', () => {
    const messages = [
      announcement,
      encodeProbe(['abcdefghij234567.local'], uniqueRecords(service, adapter!)),
      encodeQuery([{ name: '_loom._tcp.local', type: 'PTR' }], [pointerRecord(service)]),
    ];
    const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 6 });
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...messages), damage, fc.nat(400), (message, changes, length) => {
        const bytes = Buffer.from(message.subarray(0, length > 330 ? undefined : length));
        for (const [offset, value] of changes) if (offset < bytes.length) bytes[offset] = value;
        if (parseMessage(bytes)) read += 1;
        expect(checkStructure(bytes) === null).toBe(parseMessage(bytes) === null);
      }),
      { numRuns: 4000 },
    );
    // The test would prove nothing if all were refused at the first check.
    expect(read).toBeGreaterThan(100);
  });
});

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255);
}

function pointerTo(offset: number): Buffer {
  return u16(0xc000 | offset);
}
