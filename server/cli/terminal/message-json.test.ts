import { expect, it } from 'vitest';
import type { Message } from '../../contract/model.ts';
import { anyId } from '../../testing/ids.ts';
import { messageJson } from './message-json.ts';

const plain: Message = {
  ...{ id: anyId('2'.repeat(32)), conversation: anyId('3'.repeat(32)), author: 'me', direction: 'out' },
  ...{ kind: 'text', body: 'hello', at: 1, arrivedAt: 1, state: 'read', position: 1, missing: 0 },
};

it('has everything, also where there is nothing', () => {
  const nothing = { replyTo: null, reactions: [], edited: 0, deleted: false, expiresAt: null };
  expect(messageJson(plain)).toEqual({ ...plain, ...nothing });
  const gone: Message = { ...plain, kind: 'deleted', body: '' };
  expect(messageJson(gone)).toMatchObject({ ...nothing, deleted: true });
});

it('tells what acts have made of it, and when it goes', () => {
  const reply = { author: anyId('4'.repeat(32)), id: anyId('5'.repeat(32)), is: 'here', text: 'hi' } as const;
  const reactions = [{ emoji: '👍', by: ['me'], own: true }] as const;
  const message = { ...plain, edits: 2, reply, reactions, disappears: { after: 60, at: 9 } } as Message;
  expect(messageJson(message)).toMatchObject({
    replyTo: { author: reply.author, id: reply.id },
    ...{ reactions, edited: 2, deleted: false, expiresAt: 9 },
  });
});
