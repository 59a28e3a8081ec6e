import { describe, expect, it } from 'vitest';
import type { ConversationId, MessageId } from '../../../../server/contract/model.ts';
import { passOn, toggleChosen, type Forwarding } from './forwarding.ts';

const [ann, bob, carl] = ['ann', 'bob', 'carl'] as unknown as readonly [ConversationId, ConversationId, ConversationId];
const message = { conversation: ann, author: 'me', id: 'm' as MessageId } as const;

function chooseAll(): Forwarding {
  const forwarding: Forwarding = { message, chosen: new Map(), served: new Set(), word: ' look ' };
  let ids = 0;
  for (const each of [ann, bob, carl]) toggleChosen(forwarding, each, () => `copy ${(ids += 1)}` as MessageId);
  return forwarding;
}

describe('forwarding', () => {
  it('goes on where it stopped, and asks for the one that failed under the same id', async () => {
    const forwarding = chooseAll();
    const asked: string[] = [];
    const said: string[] = [];
    let failing = true;
    const parts = {
      copy: (_: unknown, to: ConversationId, id: MessageId) => {
        asked.push(`${to} ${id}`);
        return to === bob && failing ? Promise.reject(new Error('the line is cut')) : Promise.resolve();
      },
      say: (to: ConversationId, word: string) => Promise.resolve(void said.push(`${to} ${word}`)),
    };
    await expect(passOn(forwarding, parts)).rejects.toThrow('the line is cut');
    expect([...forwarding.served]).toEqual([ann]);
    expect([...forwarding.chosen.keys()]).toEqual([bob, carl]);
    failing = false;
    await passOn(forwarding, parts);
    expect(asked).toEqual(['ann copy 1', 'bob copy 2', 'bob copy 2', 'carl copy 3']);
    expect(said).toEqual(['ann look', 'bob look', 'carl look']);
    expect(forwarding.chosen.size).toBe(0);
  });

  it('leaves out who is chosen no more, and says nothing where there is no word', async () => {
    const forwarding = chooseAll();
    forwarding.word = '  ';
    toggleChosen(forwarding, bob, () => 'new' as MessageId);
    const asked: ConversationId[] = [];
    await passOn(forwarding, {
      copy: (_, to) => Promise.resolve(void asked.push(to)),
      say: () => Promise.reject(new Error('nothing is to be said')),
    });
    expect(asked).toEqual([ann, carl]);
  });
});
