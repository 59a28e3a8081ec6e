import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, MessageFacts } from '../../../../server/contract/model.ts';
import { anyId } from '../../../../server/testing/ids.ts';
import { Timeline } from './timeline.ts';

const ANN = anyId('a'.repeat(32));

function message(position: number, part: Partial<MessageFacts> = {}): Message {
  return {
    id: anyId(position.toString(16).padStart(32, '0')),
    conversation: anyId('0'.repeat(32)),
    author: 'me',
    direction: 'out',
    kind: 'text',
    body: String(position),
    at: position,
    arrivedAt: position,
    state: 'queued',
    position,
    missing: 0,
    ...part,
  };
}

function orders(timeline: Timeline): number[] {
  return timeline.snapshot().map(({ position }) => position);
}

describe('a timeline', () => {
  it('is in order and without doubles, however messages arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 })), (arriving) => {
        const timeline = new Timeline();
        for (const order of arriving) timeline.put(message(order));
        expect(orders(timeline)).toEqual([...new Set(arriving)].sort((a, b) => a - b));
      }),
    );
  });

  it('keeps ours beside one that a contact sent under its id', () => {
    const timeline = new Timeline();
    const ours = message(1, { state: 'sent' });
    const theirs = message(2, { id: ours.id, author: ANN, direction: 'in', state: 'received' });
    timeline.put(ours);
    timeline.put(theirs);
    expect(timeline.snapshot()).toEqual([ours, theirs]);
    timeline.setState(ours, 'delivered');
    expect(timeline.snapshot().map(({ state }) => state)).toEqual(['delivered', 'received']);
    timeline.delete(theirs);
    expect(orders(timeline)).toEqual([1]);
    expect(timeline.prepend([message(0, { id: ours.id, author: ANN, direction: 'in' }), ours])).toBe(1);
    expect(orders(timeline)).toEqual([0, 1]);
  });

  it('leaves a snapshot as it was', () => {
    const timeline = new Timeline();
    timeline.put(message(1));
    const before = timeline.snapshot();
    timeline.put(message(2));
    timeline.setState(message(1), 'sent');
    expect(before).toEqual([message(1)]);
    expect(timeline.snapshot()).toHaveLength(2);
    expect(timeline.snapshot()).toBe(timeline.snapshot());
  });

  it('never takes a state back', () => {
    const timeline = new Timeline();
    timeline.put(message(1, { state: 'delivered' }));
    timeline.setState(message(1), 'sent');
    timeline.put(message(1, { state: 'queued' }));
    expect(timeline.snapshot()[0]?.state).toBe('delivered');
    timeline.setState(message(1), 'read');
    expect(timeline.snapshot()[0]?.state).toBe('read');
  });

  it('puts an older page in front, once', () => {
    const timeline = new Timeline();
    timeline.put(message(10));
    expect(timeline.prepend([message(8), message(9), message(10)])).toBe(2);
    expect(timeline.prepend([message(8), message(9)])).toBe(0);
    expect(orders(timeline)).toEqual([8, 9, 10]);
    timeline.setState(message(8), 'read');
    expect(timeline.snapshot()[0]?.state).toBe('read');
  });

  it('moves a message whose place has changed', () => {
    const timeline = new Timeline();
    for (const order of [1, 2, 3]) timeline.put(message(order));
    timeline.put({ ...message(1), position: 2.5 });
    expect(orders(timeline)).toEqual([2, 2.5, 3]);
  });

  it('marks theirs as read, as far as they were seen', () => {
    const timeline = new Timeline();
    timeline.put(message(1, { author: ANN, direction: 'in', state: 'read' }));
    timeline.put(message(2, { author: ANN, direction: 'in', state: 'received' }));
    timeline.put(message(3, { direction: 'out', state: 'sent' }));
    timeline.put(message(4, { author: ANN, direction: 'in', state: 'received' }));
    timeline.read(2);
    expect(timeline.snapshot().map(({ state }) => state)).toEqual(['read', 'read', 'sent', 'received']);
    timeline.read(Infinity);
    expect(timeline.snapshot().map(({ state }) => state)).toEqual(['read', 'read', 'sent', 'read']);
  });

  it('marks as read what they have of ours, as far as they have read, and finds a message by its reference', () => {
    const timeline = new Timeline();
    for (const position of [1, 2, 4, 5]) timeline.put(message(position, { state: 'delivered' }));
    timeline.put(message(3, { author: ANN, direction: 'in', state: 'received' }));
    timeline.put(message(6, { state: 'sent' }));
    timeline.seen(4);
    const states = (): string[] => timeline.snapshot().map(({ state }) => state);
    expect(states()).toEqual(['read', 'read', 'received', 'read', 'delivered', 'sent']);
    timeline.seen(6);
    expect(states()).toEqual(['read', 'read', 'received', 'read', 'read', 'sent']);
    expect(timeline.get(message(5))?.state).toBe('read');
    expect(timeline.get(message(7))).toBeUndefined();
  });

  it('keeps the newest and forgets the rest', () => {
    const timeline = new Timeline();
    for (let order = 1; order <= 10; order += 1) timeline.put(message(order));
    expect(timeline.keepNewest(10)).toBe(false);
    expect(timeline.keepNewest(3)).toBe(true);
    expect(orders(timeline)).toEqual([8, 9, 10]);
    expect(timeline.has(message(1))).toBe(false);
  });
});
