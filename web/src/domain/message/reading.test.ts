import { describe, expect, it } from 'vitest';
import { OURSELVES } from '../../../../server/contract/messages.ts';
import { anyId } from '../../../../server/testing/ids.ts';
import { firstUnread, isSeen, isUnreadUpTo, wantsOlder } from './reading.ts';

const line = (position: number, direction: 'in' | 'out', state: 'read' | 'received' | 'delivered') => ({
  id: anyId(`${position}`),
  author: direction === 'out' ? OURSELVES : anyId('ann'),
  position,
  direction,
  state,
});
const read = (position: number) => line(position, 'in', 'read');
const fresh = (position: number) => line(position, 'in', 'received');
const own = (position: number) => line(position, 'out', 'delivered');

describe('what is unread', () => {
  it('begins at the oldest of theirs that is not read, whatever stands between', () => {
    expect(firstUnread([read(1), own(2), fresh(3), own(4), fresh(5)])).toBe('ann 3');
    expect(firstUnread([fresh(1), read(2), fresh(3)])).toBe('ann 1');
    expect(firstUnread([read(1), own(2)])).toBeNull();
  });

  it('is asked for up to a place', () => {
    const messages = [read(1), fresh(3), fresh(5)];
    expect(isUnreadUpTo(messages, 2)).toBe(false);
    expect(isUnreadUpTo(messages, 3)).toBe(true);
    expect(isUnreadUpTo([read(1), own(9)], Infinity)).toBe(false);
  });

  it('is loaded until all of it is there', () => {
    const page = [fresh(8), fresh(9)];
    expect(wantsOlder(page, 3, page)).toBe(true);
    expect(wantsOlder([fresh(7), ...page], 3, [fresh(7)])).toBe(false);
  });

  it('is not looked for behind a page that holds none, but behind one of ours alone', () => {
    expect(wantsOlder([fresh(9)], 2, [read(1), own(2)])).toBe(false);
    expect(wantsOlder([fresh(9)], 2, [own(1), own(2)])).toBe(true);
  });
});

describe('what was in view', () => {
  const view = { top: 1000, bottom: 1600 };

  it('is what ends above the lower edge', () => {
    expect(isSeen({ top: 1540, bottom: 1600 }, view)).toBe(true);
    expect(isSeen({ top: 1550, bottom: 1612 }, view)).toBe(true);
    expect(isSeen({ top: 1550, bottom: 1630 }, view)).toBe(false);
    expect(isSeen({ top: 200, bottom: 260 }, view)).toBe(true);
  });

  it('is of one taller than the window its beginning and half a window', () => {
    expect(isSeen({ top: 1290, bottom: 9000 }, view)).toBe(true);
    expect(isSeen({ top: 1310, bottom: 9000 }, view)).toBe(false);
    expect(isSeen({ top: 1100, bottom: 1650 }, view)).toBe(false);
  });
});
