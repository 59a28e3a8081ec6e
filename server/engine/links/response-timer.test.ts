import { describe, expect, it } from 'vitest';
import { encodeAck, RECORD } from '../../protocol/records.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { ResponseTimer, SUSPECT_AFTER_MS } from './response-timer.ts';

function make(): { clock: FakeClock; debt: ResponseTimer; changes: boolean[] } {
  const clock = new FakeClock();
  const changes: boolean[] = [];
  return { clock, changes, debt: new ResponseTimer(clock, (suspect) => changes.push(suspect)) };
}

const ack = (count: number): { type: number; body: Uint8Array } => ({
  type: RECORD.ack,
  body: encodeAck(Array.from({ length: count }, (_, i) => new Uint8Array(16).fill(i))),
});

describe('what a channel owes', () => {
  it('suspects it when nothing is heard in time, and no longer when something is', () => {
    const { clock, debt, changes } = make();
    debt.sent(RECORD.envelope);
    clock.advance(SUSPECT_AFTER_MS - 1);
    expect(changes).toEqual([]);
    clock.advance(1);
    expect(changes).toEqual([true]);
    expect(debt.suspect).toBe(true);
    debt.heard();
    expect(changes).toEqual([true, false]);
  });

  it('is waited for anew after each sign of life, until all is answered', () => {
    const { clock, debt, changes } = make();
    for (let i = 0; i < 3; i += 1) debt.sent(RECORD.envelope);
    clock.advance(SUSPECT_AFTER_MS - 1);
    debt.received(ack(2));
    debt.heard();
    clock.advance(SUSPECT_AFTER_MS - 1);
    debt.received(ack(1));
    debt.heard();
    clock.advance(10 * SUSPECT_AFTER_MS);
    expect(changes).toEqual([]);
  });

  it('is nothing for records that nobody answers, for answers said twice, and once it is closed', () => {
    const { clock, debt, changes } = make();
    debt.sent(RECORD.typing);
    debt.received(ack(5));
    debt.sent(RECORD.ping);
    debt.received({ type: RECORD.pong, body: new Uint8Array(8) });
    debt.heard();
    debt.sent(RECORD.ping);
    debt.close();
    clock.advance(10 * SUSPECT_AFTER_MS);
    expect(changes).toEqual([]);
  });
});
