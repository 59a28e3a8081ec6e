// What a process holds in memory, looked through from outside: /proc/PID/mem, Linux only.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const PIECE_BYTES = 16 * 1024 * 1024;

/**
 * How often each secret stands in what the process may write to: heap, stacks, WebAssembly memories.
 * @param secrets by name; each in any number of writings.
 */
export function countInMemory(
  pid: number,
  secrets: Readonly<Record<string, readonly Uint8Array[]>>,
): Record<string, number> {
  const counts = Object.fromEntries(Object.keys(secrets).map((name) => [name, 0]));
  const overlap = Math.max(...Object.values(secrets).flatMap((writings) => writings.map(({ length }) => length)));
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const [start, end] of writable(pid)) {
      for (let at = start; at < end; at += PIECE_BYTES) {
        const piece = read(memory, at, Math.min(PIECE_BYTES + overlap - 1, end - at));
        for (const [name, writings] of Object.entries(secrets)) {
          const found = writings.reduce((sum, writing) => sum + occurrences(piece, writing), 0);
          counts[name] = (counts[name] ?? 0) + found;
        }
      }
    }
  } finally {
    closeSync(memory);
  }
  return counts;
}

function writable(pid: number): [start: number, end: number][] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const [range = '', permissions = ''] = line.split(' ');
    const [start = 0, end = 0] = range.split('-').map((text) => Number.parseInt(text, 16));
    return permissions.startsWith('rw') && !line.includes('[vvar') ? [[start, end]] : [];
  });
}

/** Empty where it cannot be read: the mapping has gone since. */
function read(memory: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  try {
    return bytes.subarray(0, readSync(memory, bytes, 0, length, at));
  } catch {
    return bytes.subarray(0, 0);
  }
}

function occurrences(bytes: Buffer, wanted: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) count += 1;
  return count;
}
