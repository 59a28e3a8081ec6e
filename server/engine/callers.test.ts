import { expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { Callers } from './callers.ts';

it('who asks for codes is remembered by address, 256 of them and not one more', () => {
  const callers = new Callers(new FakeClock());
  const others = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) callers.admit(`10.0.${i >> 8}.${i & 255}`);
  };
  callers.turnAway('192.0.2.1');
  others(0, 255);
  expect(callers.admit('192.0.2.1')).toBe(false);
  others(255, 511);
  expect(callers.admit('192.0.2.1')).toBe(true);
});

it('all addresses of an IPv6 network ask as one, and neighbours on the link each for themselves', () => {
  const ask = (hostOf: (n: number) => string): number => {
    const callers = new Callers(new FakeClock());
    return Array.from({ length: 20 }, (_, n) => callers.admit(hostOf(n))).filter(Boolean).length;
  };
  expect(ask((n) => `2001:db8:1:2::${n + 1}`)).toBe(5);
  expect(ask((n) => `fe80::${n + 1}%eth0`)).toBe(20);
});
