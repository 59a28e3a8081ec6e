import { describe, expect, it } from 'vitest';
import { EVENTS_KEPT } from '../contract/limits.ts';
import { EventLog } from './event-log.ts';

const emit = (log: EventLog, count: number): void => {
  for (let i = 0; i < count; i += 1) log.emit('peer.lost', { contact: '0'.repeat(32) });
};

describe('the event log', () => {
  it('numbers events without holes and tells every listener until it unsubscribes', () => {
    const log = new EventLog('boot');
    const seen: number[] = [];
    const end = log.subscribe(({ cursor }) => seen.push(cursor));
    emit(log, 3);
    end();
    emit(log, 1);
    expect(seen).toEqual([1, 2, 3]);
    expect(log.cursor).toBe(4);
  });

  it('gives what was missed, and nothing when nothing was', () => {
    const log = new EventLog('boot');
    emit(log, 5);
    expect(log.since('boot', 2)?.map(({ cursor }) => cursor)).toEqual([3, 4, 5]);
    expect(log.since('boot', 5)).toEqual([]);
    expect(log.since('boot', 0)).toHaveLength(5);
  });

  it('asks for a reload when the cursor is too old, of another boot, or from nowhere', () => {
    const log = new EventLog('boot');
    emit(log, 3 * EVENTS_KEPT);
    expect(log.since('boot', 1)).toBeNull();
    expect(log.since('boot', 2 * EVENTS_KEPT)).toHaveLength(EVENTS_KEPT);
    expect(log.since('other', 3 * EVENTS_KEPT)).toBeNull();
    expect(log.since('boot', 3 * EVENTS_KEPT + 1)).toBeNull();
    expect(log.since(null, null)).toBeNull();
  });

  it('tells nothing of the time before it was cleared', () => {
    const log = new EventLog('boot');
    emit(log, 4);
    log.clear();
    expect(log.since('boot', 2)).toBeNull();
    expect(log.since('boot', 4)).toEqual([]);
  });
});
