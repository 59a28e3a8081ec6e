import { describe, expect, it } from 'vitest';
import { PacketRateLimit } from './packet-rate-limit.ts';

describe('gate', () => {
  const admitted = (gate: PacketRateLimit, source: string, packets: number, bytes = 400): number =>
    Array.from({ length: packets }, () => gate.admit(source, bytes)).filter(Boolean).length;

  it('looks at 1,000 packets a second, 50 of one source', () => {
    let now = 5_000;
    const gate = new PacketRateLimit(() => now);
    expect(admitted(gate, 'a', 1000)).toBe(50);
    expect(admitted(gate, 'b', 30)).toBe(30);
    for (let i = 0; i < 18; i += 1) expect(admitted(gate, `c${i}`, 1000)).toBe(50);
    expect(admitted(gate, 'd', 1000)).toBe(20);
    expect(gate.admit('e', 400)).toBe(false);
    now = 6_000;
    expect(admitted(gate, 'a', 1000)).toBe(50);
  });

  it('looks at half a million bytes a second', () => {
    const gate = new PacketRateLimit(() => 5_000);
    expect(admitted(gate, 'a', 50, 9_000) + admitted(gate, 'b', 50, 9_000)).toBe(55);
    expect(admitted(gate, 'c', 10, 400)).toBe(10);
  });

  it('opens again when the clock jumps back', () => {
    let now = 5_000;
    const gate = new PacketRateLimit(() => now);
    expect(admitted(gate, 'a', 51)).toBe(50);
    now = 1_000;
    expect(gate.admit('a', 400)).toBe(true);
  });
});
