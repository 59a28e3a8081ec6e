// mDNS messages as Loom uses them: five types of record, names in lower case, everything else dropped. Encoding and
// decoding is dns-packet's work, behind the check in `structure.ts`.
import { decode, encode } from 'dns-packet';
import type { Answer, Packet } from 'dns-packet';
import { checkStructure } from './structure.ts';

interface RecordHead {
  readonly name: string;
  /** Seconds; 0 is a goodbye (RFC 6762 §10.1). */
  readonly ttl: number;
  /** The cache-flush bit: these records of this name and type are all there are (RFC 6762 §10.2). */
  readonly flush: boolean;
}
export type PointerRecord = RecordHead & { readonly type: 'PTR'; readonly data: string };
export type ServiceRecord = RecordHead & {
  readonly type: 'SRV';
  readonly data: { readonly port: number; readonly target: string };
};
export type TextRecord = RecordHead & { readonly type: 'TXT'; readonly data: readonly Buffer[] };
export type AddressRecord = RecordHead & { readonly type: 'A' | 'AAAA'; readonly data: string };
export type MdnsRecord = PointerRecord | ServiceRecord | TextRecord | AddressRecord;

export interface Question {
  readonly name: string;
  /** `ANY` included; what dns-packet does not know is called `UNKNOWN_<number>`. */
  readonly type: string;
}

export interface Message {
  readonly kind: 'query' | 'response';
  /** More known answers follow (RFC 6762 §7.2). */
  readonly truncated: boolean;
  readonly questions: readonly Question[];
  readonly answers: readonly MdnsRecord[];
  readonly authorities: readonly MdnsRecord[];
  readonly additionals: readonly MdnsRecord[];
}

export const AUTHORITATIVE = 1 << 10;

/** dns-packet encodes questions of type ANY; its types do not say so. */
type Outgoing = Omit<Packet, 'questions'> & { questions: { name: string; type: string }[] };
const encodeMessage = encode as (message: Outgoing) => Buffer;

/** @returns null for anything that is not a sound mDNS message; never throws. */
export function parseMessage(bytes: Uint8Array): Message | null {
  const sound = checkStructure(bytes);
  if (!sound) return null;
  const packet = decode(sound);
  return {
    kind: packet.flag_qr ? 'response' : 'query',
    truncated: packet.flag_tc,
    questions: (packet.questions ?? []).map(({ name, type }) => ({ name: name.toLowerCase(), type })),
    answers: readRecords(packet.answers),
    authorities: readRecords(packet.authorities),
    additionals: readRecords(packet.additionals),
  };
}

export function encodeQuery(questions: readonly Question[], known: readonly MdnsRecord[] = []): Buffer {
  return encodeMessage({ type: 'query', questions: [...questions], answers: known.map(toAnswer) });
}

/** RFC 6762 §8.1, §8.2: a question for anything under the names, with what we are going to say about them. */
export function encodeProbe(names: readonly string[], proposed: readonly MdnsRecord[]): Buffer {
  const questions = names.map((name) => ({ name, type: 'ANY' }));
  return encodeMessage({ type: 'query', questions, authorities: proposed.map(toAnswer) });
}

export function encodeResponse(answers: readonly MdnsRecord[], additionals: readonly MdnsRecord[] = []): Buffer {
  return encodeMessage({
    type: 'response',
    flags: AUTHORITATIVE,
    questions: [],
    answers: answers.map(toAnswer),
    additionals: additionals.map(toAnswer),
  });
}

/** Bytes a record takes on the wire (dns-packet does not compress names). */
export function encodedLength(record: MdnsRecord): number {
  return encodeResponse([record]).length - 12;
}

/** The record's data as on the wire, names uncompressed: what a tie-break compares (RFC 6762 §8.2). */
export function encodedData(record: MdnsRecord): Buffer {
  const nameLength = Buffer.byteLength(record.name) + 2;
  return encodeResponse([record]).subarray(12 + nameLength + 10);
}

/** Equal for records that say the same, whatever their TTL. */
export function recordKey(record: MdnsRecord): string {
  return `${record.name}/${record.type}/${encodedData(record).toString('base64')}`;
}

function toAnswer(record: MdnsRecord): Answer {
  return record.type === 'TXT' ? { ...record, data: [...record.data] } : record;
}

function readRecords(answers: readonly Answer[] = []): MdnsRecord[] {
  return answers.flatMap((answer) => readRecord(answer) ?? []);
}

function readRecord(answer: Answer): MdnsRecord | null {
  if (!('data' in answer) || answer.class !== 'IN') return null;
  const head = { name: answer.name.toLowerCase(), ttl: answer.ttl ?? 0, flush: answer.flush ?? false };
  switch (answer.type) {
    case 'PTR':
      return { ...head, type: answer.type, data: answer.data.toLowerCase() };
    case 'SRV':
      return {
        ...head,
        type: answer.type,
        data: { port: answer.data.port, target: answer.data.target.toLowerCase() },
      };
    case 'TXT':
      return { ...head, type: answer.type, data: readStrings(answer.data) };
    case 'A':
    case 'AAAA':
      return { ...head, type: answer.type, data: answer.data };
    default:
      return null;
  }
}

function readStrings(data: string | Buffer | readonly (string | Buffer)[]): Buffer[] {
  const list = typeof data === 'string' || Buffer.isBuffer(data) ? [data] : data;
  return list.map((text) => Buffer.from(text));
}
