import { describe, expect, it } from 'vitest';
import type { Message } from '../../../server/contract/model.ts';
import { anyId } from '../../../server/testing/ids.ts';
import { continues, firstUnread, opensDay } from './grouping.ts';

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

describe('the first unread', () => {
  const list = (['in', 'in', 'out', 'in', 'out', 'in'] as const).map((direction, id) => ({
    id: anyId(String(id)),
    direction,
  }));

  it('is the oldest of the newest of theirs', () => {
    expect(firstUnread(list, 1)).toBe('in 5');
    expect(firstUnread(list, 2)).toBe('in 3');
    expect(firstUnread(list, 4)).toBe('in 0');
  });

  it('is unknown when none is unread or not all are loaded', () => {
    expect(firstUnread(list, 0)).toBeNull();
    expect(firstUnread(list, 5)).toBeNull();
  });
});
