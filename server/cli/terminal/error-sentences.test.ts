import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../contract/errors.ts';
import { exitCodeOf, sentences } from './error-sentences.ts';

describe('sentences', () => {
  it('has one of its own for every error code, and none besides', () => {
    expect(Object.keys(sentences).sort()).toEqual([...errorCodes].sort());
    expect(new Set(Object.values(sentences)).size).toBe(errorCodes.length);
    for (const sentence of Object.values(sentences)) expect(sentence).toMatch(/^[A-Z].+[.?]$/);
  });

  it('gives scripts a number of its own for locked and not allowed', () => {
    const others = errorCodes.filter((code) => code !== 'locked' && code !== 'not-allowed');
    expect(exitCodeOf('locked')).toBe(3);
    expect(exitCodeOf('not-allowed')).toBe(5);
    expect(new Set(others.map(exitCodeOf))).toEqual(new Set([1]));
  });
});
