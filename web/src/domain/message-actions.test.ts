import { expect, it } from 'vitest';
import { actionsOf } from './message-actions.ts';

it('what can be done with a message', () => {
  expect(actionsOf({ kind: 'text', state: 'received' })).toEqual(['copy', 'details', 'delete']);
  expect(actionsOf({ kind: 'unknown', state: 'received' })).toEqual(['details', 'delete']);
  expect(actionsOf({ kind: 'text', state: 'failed' })).toEqual(['copy']);
  expect(actionsOf({ kind: 'introduction', state: 'sending' })).toEqual([]);
});
