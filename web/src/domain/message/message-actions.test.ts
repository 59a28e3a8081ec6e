import { expect, it } from 'vitest';
import { actionsOf } from './message-actions.ts';

it('what can be done with a message', () => {
  const theirs = { kind: 'text', body: 'one', state: 'received', direction: 'in' } as const;
  expect(actionsOf(theirs)).toEqual(['reply', 'react', 'forward', 'copy', 'details', 'delete']);
  expect(actionsOf({ ...theirs, direction: 'out', state: 'read' })).toContain('edit');
  expect(actionsOf({ ...theirs, kind: 'introduction', body: '' })).toEqual(['reply', 'react', 'details', 'delete']);
  expect(actionsOf({ ...theirs, kind: 'unknown', body: '' })).toEqual(['details', 'delete']);
  expect(actionsOf({ ...theirs, kind: 'deleted', body: '' })).toEqual(['details', 'delete']);
  expect(actionsOf({ ...theirs, direction: 'out', state: 'failed' })).toEqual(['copy']);
  expect(actionsOf({ ...theirs, direction: 'out', kind: 'introduction', body: '', state: 'sending' })).toEqual([]);
});
