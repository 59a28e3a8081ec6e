// Inputs that nobody should send: valid ones, damaged in the ways that parsers get wrong. Repeatable, by seed, and quick:
// a run makes millions.

/** Lengths and counters that sit at an edge somewhere. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x100000, 0x7fffffff, 0xffffffff];

/** Damages done to one input at most. */
const DAMAGES = 6;

/** Random bytes added at once at most. */
const ADDED = 64;

export type Numbers = (below: number) => number;

/** Whole numbers from 0 to below a bound. */
export function numbers(seed: number): Numbers {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Sometimes noise, mostly one of the samples with some damage. Never one of the samples themselves but by chance. */
export function mutate(samples: readonly Uint8Array[], pick: Numbers): Uint8Array {
  if (pick(50) === 0) return noise(pick(ADDED * 4), pick);
  const sample = samples[pick(samples.length)] ?? new Uint8Array();
  let bytes = Uint8Array.from(sample);
  for (let left = 1 + pick(DAMAGES); left > 0; left -= 1) bytes = damage(bytes, samples, pick);
  return bytes;
}

function damage(
  bytes: Uint8Array<ArrayBuffer>,
  samples: readonly Uint8Array[],
  pick: Numbers,
): Uint8Array<ArrayBuffer> {
  const at = pick(bytes.length + 1);
  switch (pick(8)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return joined(bytes.subarray(0, at), noise(1 + pick(ADDED), pick), bytes.subarray(at));
    case 2:
      return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + pick(ADDED)));
    case 3: {
      const other = samples[pick(samples.length)] ?? bytes;
      return joined(bytes.subarray(0, at), other.subarray(pick(other.length + 1)));
    }
    case 4: {
      const end = at + pick(ADDED);
      return joined(bytes.subarray(0, end), bytes.subarray(at));
    }
    case 5:
      return edge(bytes, at, pick);
    case 6:
      if (at < bytes.length) bytes[at] = pick(256);
      return bytes;
    default:
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << pick(8));
      return bytes;
  }
}

function edge(bytes: Uint8Array<ArrayBuffer>, at: number, pick: Numbers): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  const value = EDGES[pick(EDGES.length)] ?? 0;
  const size = [1, 2, 4][pick(3)] ?? 1;
  if (at + size > bytes.length) return bytes;
  if (size === 1) view.setUint8(at, value & 0xff);
  else if (size === 2) view.setUint16(at, value & 0xffff);
  else view.setUint32(at, value);
  return bytes;
}

function noise(length: number, pick: Numbers): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => pick(256));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
