import { expect, it } from 'vitest';
import { recordingProblem } from './recording.ts';

const named = (name: string): DOMException => new DOMException('', name);

it.each([
  [named('NotAllowedError'), 'refused'],
  [named('NotFoundError'), 'missing'],
  [named('NotReadableError'), 'busy'],
  [named('NotSupportedError'), 'unsupported'],
  // A browser that has no recorder, or no devices at all.
  [new ReferenceError('MediaRecorder is not defined'), 'unsupported'],
  [new TypeError('mediaDevices is undefined'), 'unsupported'],
  [undefined, 'unsupported'],
])('%s means: %s', (error, problem) => {
  expect(recordingProblem(error)).toBe(problem);
});
