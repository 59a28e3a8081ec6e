import { describe, expect, it } from 'vitest';
import {
  HALF_OPEN_LINKS,
  HALF_OPEN_LINKS_PER_ADDRESS,
  HALF_OPEN_STRANGERS,
  HANDSHAKE_BURST,
  HANDSHAKES_PER_SECOND,
  STRANGER_HANDSHAKE_BURST,
  STRANGER_HANDSHAKES_PER_SECOND,
} from '../protocol/limits.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Admission } from './admission.ts';

const contact = (): boolean => true;
const stranger = (): boolean => false;

describe('admission', () => {
  it('lets a burst of one address in, then so many a second', () => {
    const clock = new FakeClock();
    const admission = new Admission(clock);
    const knock = (): boolean => {
      const release = admission.admit('192.0.2.1', contact);
      release?.();
      return release !== null;
    };
    for (let i = 0; i < HANDSHAKE_BURST; i += 1) expect(knock()).toBe(true);
    expect(knock()).toBe(false);
    let admitted = 0;
    for (let ms = 0; ms < 10_000; ms += 1) {
      clock.advance(1);
      if (knock()) admitted += 1;
    }
    expect(admitted).toBeGreaterThan(10 * HANDSHAKES_PER_SECOND - 3);
    expect(admitted).toBeLessThanOrEqual(10 * HANDSHAKES_PER_SECOND + 1);
  });

  it('holds so many half-open connections of one address and not one more', () => {
    const clock = new FakeClock();
    const admission = new Admission(clock);
    const held: (() => void)[] = [];
    for (let i = 0; i < HALF_OPEN_LINKS_PER_ADDRESS; i += 1) {
      clock.advance(1000);
      const release = admission.admit('192.0.2.1', contact);
      if (release) held.push(release);
    }
    expect(held).toHaveLength(HALF_OPEN_LINKS_PER_ADDRESS);
    clock.advance(1000);
    expect(admission.admit('192.0.2.1', contact)).toBeNull();
    expect(admission.admit('192.0.2.2', contact)).not.toBeNull();
    held[0]?.();
    held[0]?.();
    expect(admission.admit('192.0.2.1', contact)).not.toBeNull();
    expect(admission.admit('192.0.2.1', contact)).toBeNull();
  });

  it('holds so many half-open connections in all and not one more', () => {
    const admission = new Admission(new FakeClock());
    for (let i = 0; i < HALF_OPEN_LINKS; i += 1) expect(admission.admit(`192.0.2.${i}`, contact)).not.toBeNull();
    expect(admission.admit('198.51.100.1', contact)).toBeNull();
  });

  it('keeps places for contacts when strangers hold all they may have', () => {
    const clock = new FakeClock();
    const admission = new Admission(clock);
    let held = 0;
    for (let i = 0; i < 10 * HALF_OPEN_STRANGERS; i += 1) {
      clock.advance(1000);
      if (admission.admit(`192.0.2.${i}`, stranger)) held += 1;
    }
    expect(held).toBe(HALF_OPEN_STRANGERS);
    expect(admission.admit('198.51.100.1', contact)).not.toBeNull();
  });

  it('gives strangers so many handshakes a second in all, however many addresses they have', () => {
    const clock = new FakeClock();
    const admission = new Admission(clock);
    let admitted = 0;
    for (let ms = 0; ms < 10_000; ms += 1) {
      clock.advance(1);
      for (let i = 0; i < 5; i += 1) {
        const release = admission.admit(`192.0.2.${(ms * 5 + i) % 50}`, stranger);
        if (release) admitted += 1;
        release?.();
      }
    }
    expect(admitted).toBeGreaterThan(9 * STRANGER_HANDSHAKES_PER_SECOND);
    expect(admitted).toBeLessThanOrEqual(10 * STRANGER_HANDSHAKES_PER_SECOND + STRANGER_HANDSHAKE_BURST);
    expect(admission.admit('198.51.100.1', contact)).not.toBeNull();
  });
});
