import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';

describe('gate', () => {
  const admitted = (gate: Gate, source: string, packets: number): number =>
    Array.from({ length: packets }, () => gate.admit(source)).filter(Boolean).length;

  it('looks at 100 packets a second, 50 of one source', () => {
    let now = 5_000;
    const gate = new Gate(() => now);
    expect(admitted(gate, 'a', 1000)).toBe(50);
    expect(admitted(gate, 'b', 30)).toBe(30);
    expect(admitted(gate, 'c', 1000)).toBe(20);
    expect(gate.admit('d')).toBe(false);
    now = 6_000;
    expect(admitted(gate, 'a', 1000)).toBe(50);
  });

  it('opens again when the clock jumps back', () => {
    let now = 5_000;
    const gate = new Gate(() => now);
    expect(admitted(gate, 'a', 51)).toBe(50);
    now = 1_000;
    expect(gate.admit('a')).toBe(true);
  });
});
