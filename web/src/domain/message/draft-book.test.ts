import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationId, Draft } from '../../../../server/contract/model.ts';
import { anyId } from '../../../../server/testing/ids.ts';
import { DraftBook, SAVE_MS } from './draft-book.ts';

const ANN = anyId('a'.repeat(32));
const BOB = anyId('b'.repeat(32));

interface Save {
  readonly body: string;
  readonly done: (revision: number) => Promise<void>;
  readonly fail: () => Promise<void>;
}

let shown: Map<ConversationId, string>;
let saves: Save[];
let book: DraftBook;

beforeEach(() => {
  vi.useFakeTimers();
  shown = new Map();
  saves = [];
  const save = (_: ConversationId, body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      saves.push({
        body,
        done: async (revision) => {
          resolve(revision);
          await Promise.resolve();
        },
        fail: async () => {
          reject(new Error('refused'));
          await Promise.resolve();
        },
      });
    });
  book = new DraftBook({ shown, save });
});
afterEach(() => {
  vi.useRealTimers();
});

const told = (body: string, revision: number, conversation: ConversationId = ANN): Draft => ({
  conversation,
  body,
  revision,
});

describe('what is typed here', () => {
  it('goes to the daemon once a while, one at a time, and the last of it always', async () => {
    for (const body of ['h', 'he', 'hel']) book.type(ANN, body);
    expect([shown.get(ANN), saves]).toEqual(['hel', []]);
    vi.advanceTimersByTime(SAVE_MS);
    book.type(ANN, 'hello');
    vi.advanceTimersByTime(SAVE_MS);
    expect(saves.map(({ body }) => body)).toEqual(['hel']);
    expect(book.unsaved()).toEqual(['hello']);
    await saves[0]!.done(1);
    expect(saves.map(({ body }) => body)).toEqual(['hel', 'hello']);
    await saves[1]!.done(2);
    expect([book.unsaved(), saves.length]).toEqual([[], 2]);
  });

  it('goes at once when it is sent or cleared, or the page is left', () => {
    book.type(ANN, 'to Ann');
    book.type(BOB, 'to Bob');
    book.flush();
    book.type(ANN, '');
    expect(saves.map(({ body }) => body)).toEqual(['to Ann', 'to Bob']);
    expect(book.unsaved()).toEqual(['to Bob']);
  });

  it('goes on leaving also while an answer is to come, and once more for those who stay', async () => {
    book.type(ANN, 'hello');
    book.flush();
    book.type(ANN, 'hello Ann');
    book.leave();
    expect(saves.map(({ body }) => body)).toEqual(['hello', 'hello Ann']);
    await saves[1]!.fail();
    await saves[0]!.done(1);
    expect(saves.map(({ body }) => body)).toEqual(['hello', 'hello Ann', 'hello Ann']);
  });

  it('stays when the daemon refuses it, and is tried with the next key and after a reload', async () => {
    book.type(ANN, 'x');
    book.flush();
    await saves[0]!.fail();
    expect([book.unsaved(), book.refused(), saves.length]).toEqual([['x'], true, 1]);
    book.clear();
    book.load([told('older', 3)]);
    expect([shown.get(ANN), saves.at(-1)?.body]).toEqual(['x', 'x']);
    await saves[1]!.done(4);
    expect([book.unsaved(), book.refused()]).toEqual([[], false]);
  });
});

describe('what another tab types', () => {
  it('shows here, and nothing that is older', () => {
    book.load([told('one', 1)]);
    book.take(told('two', 2));
    book.take(told('one', 1));
    expect(shown.get(ANN)).toBe('two');
    book.take(told('', 3));
    expect(shown.has(ANN)).toBe(false);
  });

  it('takes nothing away that is being typed here: the last to arrive at the daemon stays, in both', async () => {
    book.type(ANN, 'mine');
    book.take(told('theirs', 1));
    expect(shown.get(ANN)).toBe('mine');
    book.flush();
    // Theirs once more, after ours: told before our own answer is here.
    book.take(told('mine', 2));
    book.take(told('theirs again', 3));
    expect(shown.get(ANN)).toBe('mine');
    await saves[0]!.done(2);
    expect(shown.get(ANN)).toBe('theirs again');
  });

  it('does not come back as an echo of what was typed here before', async () => {
    book.type(ANN, 'a');
    book.flush();
    await saves[0]!.done(1);
    book.type(ANN, 'ab');
    book.take(told('a', 1));
    expect(shown.get(ANN)).toBe('ab');
  });
});

it('behind a lock nothing is kept that the daemon has, also when its answer comes later', async () => {
  book.load([told('kept', 1, BOB)]);
  book.type(ANN, 'typed');
  book.flush();
  book.clear();
  expect([...shown.values()]).toEqual(['typed']);
  await saves[0]!.done(2);
  expect(shown.size).toBe(0);
  book.load([told('kept', 1, BOB), told('typed', 2)]);
  expect([...shown.values()].toSorted()).toEqual(['kept', 'typed']);
});

it('counts anew with another start of the daemon', () => {
  book.load([told('before', 40)]);
  book.load([told('before', 0)]);
  book.take(told('after', 1));
  expect(shown.get(ANN)).toBe('after');
});
