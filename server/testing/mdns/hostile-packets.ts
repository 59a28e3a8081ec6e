// Packets that nobody honest sends: real adverts and questions with a few bytes changed or the end cut off, and noise.
import type { Adapter } from '../../network/adapters.ts';
import { pointerRecord, uniqueRecords } from '../../discovery/mdns/dns/own-records.ts';
import { encodeQuery, encodeResponse } from '../../discovery/mdns/dns/packet.ts';
import { QUESTION_FOR_ALL } from '../../discovery/mdns/dns/questions.ts';
import { encodeText } from '../../discovery/mdns/dns/txt-record.ts';
import { newLabel } from '../../discovery/presence.ts';

/** One of so many is noise, and one of so many a real one that was cut. */
const NOISE = 9;
const CUT = 7;
/** At most so many bytes are changed. */
const CHANGES = 5;
const LONGEST_NOISE = 1_400;

/** @param number of the packet: what is done to it differs by that. @param adapter whose addresses it names. */
export function hostilePacket(number: number, random: (length: number) => Uint8Array, adapter: Adapter): Buffer {
  if (number % NOISE === NOISE - 1) return Buffer.from(random((number * 31) % LONGEST_NOISE));
  const bytes = honestPacket(random, adapter);
  for (let left = number % CHANGES; left > 0; left -= 1) {
    const [high = 0, low = 0, value = 0] = random(3);
    bytes[((high << 8) | low) % bytes.length] = value;
  }
  return number % CUT === 0 ? bytes.subarray(0, (number * 13) % bytes.length) : bytes;
}

function honestPacket(random: (length: number) => Uint8Array, adapter: Adapter): Buffer {
  const service = { label: newLabel(random), port: 7, text: encodeText({ nonce: random(8), hint: random(16) }) };
  if ((random(1)[0] ?? 0) < 64) return encodeQuery([QUESTION_FOR_ALL], [pointerRecord(service)]);
  return encodeResponse([pointerRecord(service), ...uniqueRecords(service, adapter)]);
}
