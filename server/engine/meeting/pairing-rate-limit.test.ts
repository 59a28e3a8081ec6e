import { expect, it } from 'vitest';
import { PAIR_WRONG_TAGS_MS, PAIR_WRONG_TAGS_PER_ADDRESS } from '../../protocol/limits.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { PairingRateLimit } from './pairing-rate-limit.ts';

it('who asks for codes is remembered by address, 256 of them and not one more', () => {
  const callers = new PairingRateLimit(new FakeClock());
  const others = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) callers.admit(`10.0.${i >> 8}.${i & 255}`);
  };
  callers.turnAway('192.0.2.1');
  others(0, 255);
  expect(callers.admit('192.0.2.1')).toBe(false);
  others(255, 511);
  expect(callers.admit('192.0.2.1')).toBe(true);
});

it('wrong codes count by address for an hour, and are forgotten with the rest', () => {
  const clock = new FakeClock();
  const callers = new PairingRateLimit(clock);
  const spend = (): boolean[] =>
    Array.from({ length: PAIR_WRONG_TAGS_PER_ADDRESS }, () => callers.wrongCode('192.0.2.1'));
  expect(spend()).toEqual([false, false, false, true]);
  expect([callers.admit('192.0.2.1'), callers.admit('192.0.2.2')]).toEqual([false, true]);
  clock.advance(PAIR_WRONG_TAGS_MS - 1);
  expect(callers.admit('192.0.2.1')).toBe(false);
  clock.advance(1);
  expect(callers.admit('192.0.2.1')).toBe(true);
  spend();
  callers.forget();
  expect(callers.admit('192.0.2.1')).toBe(true);
});

it('all addresses of an IPv6 network ask as one, and neighbours on the link each for themselves', () => {
  const ask = (hostOf: (n: number) => string): number => {
    const callers = new PairingRateLimit(new FakeClock());
    return Array.from({ length: 20 }, (_, n) => callers.admit(hostOf(n))).filter(Boolean).length;
  };
  expect(ask((n) => `2001:db8:1:2::${n + 1}`)).toBe(5);
  expect(ask((n) => `fe80::${n + 1}%eth0`)).toBe(20);
});
