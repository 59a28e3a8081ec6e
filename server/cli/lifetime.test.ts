import { describe, expect, it } from 'vitest';
import { whereabouts } from './lifetime.ts';

describe('whereabouts', () => {
  it('tells kind and place of an error, and nothing it says', () => {
    const line = whereabouts(new RangeError('Ada wrote: secret'));
    expect(line).toMatch(/^RangeError < .*lifetime\.test\.ts:\d+:\d+/);
    expect(line).not.toMatch(/Ada|secret|\n|\//);
  });

  it('tells the code of a system error, and not its path', () => {
    const error = Object.assign(new Error("ENOENT: no such file, open '/home/ada/x'"), { code: 'ENOENT' });
    expect(whereabouts(error)).toMatch(/^Error ENOENT < /);
    expect(whereabouts(error)).not.toContain('ada');
  });

  it('takes a message of several lines for no place', () => {
    const line = whereabouts(new Error('first\n    at Ada (secret:1:1)\n'));
    expect(line).not.toMatch(/Ada|secret/);
  });

  it('takes whatever can be thrown', () => {
    expect(whereabouts('secret')).toBe('string thrown');
    expect(whereabouts(undefined)).toBe('undefined thrown');
  });
});
