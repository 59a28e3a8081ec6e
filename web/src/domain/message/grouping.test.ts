import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../server/contract/model.ts';
import { continues, opensDay, tellsTime } from './grouping.ts';

const noon = new Date(2026, 4, 12, 12).getTime();
const minute = 60_000;

type Placed = Pick<Message, 'direction' | 'at' | 'arrivedAt' | 'kind' | 'missing'>;

function at(time: number, part: Partial<Placed> = {}): Placed {
  return { direction: 'in', at: time, arrivedAt: time, kind: 'text', missing: 0, ...part };
}

describe('the place of a message', () => {
  it('opens a day at the start and past midnight', () => {
    expect(opensDay(undefined, at(noon))).toBe(true);
    expect(opensDay(at(noon), at(noon + minute))).toBe(false);
    const late = new Date(2026, 4, 12, 23, 59).getTime();
    expect(opensDay(at(late), at(late + 2 * minute))).toBe(true);
    expect(continues(at(late), at(late + 2 * minute))).toBe(false);
  });

  it('continues what the same person said a moment before', () => {
    expect(continues(at(noon), at(noon + 4 * minute))).toBe(true);
    expect(continues(at(noon), at(noon + 6 * minute))).toBe(false);
    expect(continues(at(noon), at(noon, { direction: 'out' }))).toBe(false);
    expect(continues(at(noon), at(noon, { missing: 1 }))).toBe(false);
    expect(continues(undefined, at(noon))).toBe(false);
  });
});

describe('the time', () => {
  const told = (time: number, part: object = {}) => ({ ...at(time), state: 'received', ...part });

  it('is told once for what was written in one minute, by the last', () => {
    expect(tellsTime(told(noon), undefined)).toBe(true);
    expect(tellsTime(told(noon), told(noon + minute / 2))).toBe(false);
    expect(tellsTime(told(noon), told(noon + minute))).toBe(true);
    expect(tellsTime(told(noon), told(noon, { direction: 'out' }))).toBe(true);
  });

  it('is told by one of ours of which something else has become, and not by one of theirs', () => {
    const own = { direction: 'out', state: 'delivered' };
    expect(tellsTime(told(noon, own), told(noon, own))).toBe(false);
    expect(tellsTime(told(noon, own), told(noon, { ...own, state: 'queued' }))).toBe(true);
    expect(tellsTime(told(noon, { state: 'read' }), told(noon))).toBe(false);
  });
});
