import { describe, expect, it } from 'vitest';
import { NO_MARKS } from '../../../server/contract/marks.ts';
import { anyId } from '../../../server/testing/ids.ts';
import { sampleContact } from '../../../server/testing/sample-contact.ts';
import { inOrder, matching } from './contact-order.ts';
import type { Listed } from './listed.ts';

function contact(name: string, addedAt: number, part: Partial<Listed> = {}): Listed {
  const ids = { id: anyId(name), conversation: anyId(name) } as const;
  return {
    ...sampleContact({ ...ids, name, addedAt }),
    unread: 0,
    lastMessage: null,
    marks: NO_MARKS,
    timer: 0,
    ...part,
  };
}

describe('contacts', () => {
  it('stand with the latest first and the blocked last', () => {
    const list = [
      contact('old', 1),
      contact('blocked', 9, { blocked: true }),
      contact('new', 5),
      contact('b', 3),
      contact('a', 3),
    ];
    expect(inOrder(list).map(({ id }) => id)).toEqual(['new', 'a', 'b', 'old', 'blocked']);
  });

  it('stand on top while they are pinned, in the order of pinning', () => {
    const pinnedAt = (at: number): Partial<Listed> => ({ marks: { ...NO_MARKS, pinnedAt: at } });
    const list = [contact('new', 9), contact('second', 1, pinnedAt(5)), contact('first', 2, pinnedAt(4))];
    expect(inOrder(list).map(({ id }) => id)).toEqual(['first', 'second', 'new']);
  });

  it('are found by parts of their name, without case and accents', () => {
    const list = [contact('Zoë Novak', 1), contact('Ada', 2), contact('Noa Zobel', 3)];
    expect(matching(list, ' zoe ').map(({ id }) => id)).toEqual(['Zoë Novak']);
    expect(matching(list, 'no zo').map(({ id }) => id)).toEqual(['Zoë Novak', 'Noa Zobel']);
    expect(matching(list, 'x')).toEqual([]);
    expect(matching(list, '  ')).toBe(list);
  });
});
