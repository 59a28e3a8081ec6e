import { expect, it } from 'vitest';
import { CommandError } from '../contract/errors.ts';
import { isScarcity } from './scarcity.ts';

it.each(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'ERR_WORKER_INIT_FAILED'])('%s is the system’s', (code) =>
  expect(isScarcity(Object.assign(new Error('spawn'), { code }))).toBe(true),
);

it.each([
  new Error('no'),
  new CommandError('too-many', 'no'),
  Object.assign(new Error('no'), { code: 'ENOENT' }),
  'EMFILE',
  null,
])('%s is not', (error) => expect(isScarcity(error)).toBe(false));
