// The impaired path, a process of its own in the router's namespace. Each host's adapter is a VXLAN tunnel (RFC 7348)
// whose packets arrive here as UDP; they go on to the other hosts, later, twice, out of order or never. All of it is done
// here and not by the kernel's netem, which many kernels come without.
//
// Usage: relay SEED HOSTS. Lines of JSON on stdin; each is answered with a line once it counts.
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { FINE, type Conditions } from './conditions.ts';
import { finishChecksum, tcpSegment } from './packet.ts';

export type RelayCommand =
  | { readonly kind: 'conditions'; readonly conditions: Partial<Conditions> }
  /** The router starts anew: packets of connections that it did not see open are dropped from now on. */
  | { readonly kind: 'forget' };

/** IANA's for VXLAN. */
const PORT = 4789;
const VXLAN_BYTES = 8;
const NETWORK = '10.98.0.';

const [seed = '1', hosts = '2'] = process.argv.slice(2);
const chance = mulberry32(Number(seed));
const socket = createSocket('udp4');
let conditions = FINE;
/** Connections that the router knows; null: it keeps no list, and carries everything. */
let connections: Set<string> | null = null;

socket.on('message', (packet, { address }) => {
  const from = Number(address.slice(NETWORK.length));
  const frame = packet.subarray(VXLAN_BYTES);
  if (conditions.cut || conditions.dark.includes(from) || !isKnown(frame)) return;
  finishChecksum(frame);
  for (let to = 1; to <= Number(hosts); to += 1) {
    if (to === from || conditions.dark.includes(to)) continue;
    carry(frame, to);
    if (chance() < conditions.duplicates) carry(frame, to);
  }
});

function carry(frame: Buffer, to: number): void {
  if (chance() < conditions.loss) return;
  const { delay, jitter } = conditions;
  const deliver = (): void => {
    // What was under way when the network was cut is lost with it.
    if (conditions.cut || conditions.dark.includes(to)) return;
    socket.send([header(to), frame], PORT, `${NETWORK}${to}`, () => undefined);
  };
  if (delay + jitter === 0) deliver();
  else setTimeout(deliver, delay + chance() * jitter);
}

function isKnown(frame: Buffer): boolean {
  const segment = connections && tcpSegment(frame);
  if (!connections || !segment) return true;
  if (segment.opens) connections.add(segment.connection);
  return connections.has(segment.connection);
}

/** Flags (the network's number is valid) ‖ reserved(24) ‖ number(24) ‖ reserved(8); each host is a network of its own. */
function header(to: number): Buffer {
  return Buffer.from([0x08, 0, 0, 0, 0, 0, to, 0]);
}

/** A small generator with a seed: a run can be had again. */
function mulberry32(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function obey(command: RelayCommand): void {
  if (command.kind === 'forget') connections = new Set();
  else conditions = { ...conditions, ...command.conditions };
}

socket.bind(PORT, `${NETWORK}254`, () => {
  process.stdout.write('ready\n');
  const lines = createInterface(process.stdin);
  lines.on('line', (line) => {
    obey(JSON.parse(line) as RelayCommand);
    process.stdout.write('done\n');
  });
  lines.on('close', () => process.exit(0));
});
