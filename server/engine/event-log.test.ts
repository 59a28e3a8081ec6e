import { describe, expect, it } from 'vitest';
import { EVENTS_BYTES, EVENTS_KEPT, EVENTS_READ_AGAIN } from '../contract/limits.ts';
import { anyId } from '../testing/ids.ts';
import { EventLog } from './event-log.ts';

const emit = (log: EventLog, count: number): void => {
  for (let i = 0; i < count; i += 1) log.emit('peer.lost', { contact: anyId('0'.repeat(32)) });
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

  it('is bounded by bytes, whatever an event holds, and goes on from there', () => {
    const log = new EventLog('boot');
    const text = 'x'.repeat(EVENTS_BYTES / 16);
    const say = (): void => log.emit('request.removed', { request: anyId(text) });
    // Each takes an eighth, and the entry itself a little.
    for (let i = 0; i < 7; i += 1) say();
    expect(log.since('boot', 0)).toHaveLength(7);
    say();
    expect(log.since('boot', 0)).toBeNull();
    expect(log.since('boot', 5)).toHaveLength(3);
    log.emit('request.removed', { request: anyId('x'.repeat(EVENTS_BYTES)) });
    expect(log.since('boot', 8)).toBeNull();
    expect(log.since('boot', 9)).toEqual([]);
    emit(log, 1);
    expect(log.since('boot', 9)).toHaveLength(1);
  });

  it('tells what is so now of what can be read again, once, and nothing of what is gone', () => {
    const log = new EventLog('boot');
    const contacts = new Map([
      ['a', 'Ann'],
      ['b', 'Bob'],
    ]);
    const seen: unknown[] = [];
    log.subscribe(({ data }) => seen.push(data));
    const change = (id: string, name: string): void => {
      contacts.set(id, name);
      const read = () => (contacts.has(id) ? { request: anyId(contacts.get(id)!) } : null);
      log.emit('request.removed', { request: anyId(name) }, { about: id, read });
    };
    change('a', 'Ann 1');
    change('b', 'Bob 1');
    change('a', 'Ann 2');
    expect(seen).toHaveLength(3);
    contacts.delete('b');
    contacts.set('a', 'Ann 3');
    expect(log.since('boot', 0)).toEqual([{ cursor: 3, event: 'request.removed', data: { request: 'Ann 3' } }]);
  });

  it('asks for a reload when what was missed is too much for one answer', () => {
    const log = new EventLog('boot');
    const data = { request: anyId('x'.repeat(100)) };
    for (let i = 0; i < 10; i += 1) log.emit('request.removed', data, { about: String(i), read: () => data });
    const each = 2 * 100;
    expect(log.since('boot', 0, 10 * each)).toHaveLength(10);
    expect(log.since('boot', 0, 10 * each - 1)).toBeNull();
    for (let i = 10; i < EVENTS_READ_AGAIN + 1; i += 1)
      log.emit('request.removed', data, { about: String(i), read: () => data });
    expect(log.since('boot', 1)).toHaveLength(EVENTS_READ_AGAIN);
    expect(log.since('boot', 0)).toBeNull();
  });
});
