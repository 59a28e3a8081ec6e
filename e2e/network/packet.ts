// What the impaired path has to know of a packet: whether it carries TCP, on which connection, and whether it opens one.
// And it finishes checksums: a virtual adapter leaves that to the hardware below it, of which there is none here.
const ETHERNET_BYTES = 14;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const IPV6_BYTES = 40;
const TCP = 6;
const UDP = 17;
const SYN = 0x02;
const ACK = 0x10;

interface Transported {
  readonly protocol: number;
  /** Source and destination as they stand in the header; what the pseudo header is made of. */
  readonly addresses: Buffer;
  readonly segment: Buffer;
}

/** A TCP segment's connection: the same text for both directions. */
export interface TcpSegment {
  readonly connection: string;
  readonly opens: boolean;
}

export function tcpSegment(frame: Buffer): TcpSegment | null {
  const found = transported(frame);
  if (found?.protocol !== TCP) return null;
  const { addresses, segment } = found;
  const half = addresses.length / 2;
  const ends = [
    `${addresses.toString('hex', 0, half)}:${segment.readUInt16BE(0)}`,
    `${addresses.toString('hex', half)}:${segment.readUInt16BE(2)}`,
  ];
  const flags = segment[13] ?? 0;
  return { connection: ends.sort().join(), opens: (flags & (SYN | ACK)) === SYN };
}

/** Writes the checksum that the sending system left to its adapter (RFC 9293 §3.1, RFC 768). */
export function finishChecksum(frame: Buffer): void {
  const found = transported(frame);
  if (!found || (found.protocol !== TCP && found.protocol !== UDP)) return;
  const { protocol, addresses, segment } = found;
  const at = protocol === TCP ? 16 : 6;
  segment.writeUInt16BE(0, at);
  const sum = fold(sumOf(addresses) + protocol + segment.length + sumOf(segment));
  segment.writeUInt16BE(~sum & 0xffff || 0xffff, at);
}

/** Whole IPv4 and IPv6 packets without extension headers; fragments and everything else are null. */
function transported(frame: Buffer): Transported | null {
  const type = frame.readUInt16BE(12);
  const packet = frame.subarray(ETHERNET_BYTES);
  if (type === IPV4) {
    const header = (packet.readUInt8(0) & 0x0f) * 4;
    if ((packet.readUInt16BE(6) & 0x3fff) !== 0) return null;
    return {
      protocol: packet.readUInt8(9),
      addresses: packet.subarray(12, 20),
      segment: packet.subarray(header, packet.readUInt16BE(2)),
    };
  }
  if (type !== IPV6) return null;
  const end = IPV6_BYTES + packet.readUInt16BE(4);
  return {
    protocol: packet.readUInt8(6),
    addresses: packet.subarray(8, 40),
    segment: packet.subarray(IPV6_BYTES, end),
  };
}

function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  return bytes.length % 2 === 0 ? sum : sum + bytes.readUInt8(bytes.length - 1) * 256;
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}
