import { expect, it } from 'vitest';
import { actionsOf } from './message-actions.ts';

it('what can be done with a message', () => {
  expect(actionsOf({ body: 'one', state: 'received' })).toEqual(['copy', 'details', 'delete']);
  expect(actionsOf({ body: '', state: 'received' })).toEqual(['details', 'delete']);
  expect(actionsOf({ body: 'one', state: 'failed' })).toEqual(['copy']);
  expect(actionsOf({ body: '', state: 'sending' })).toEqual([]);
});
