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
