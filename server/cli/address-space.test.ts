import { describe, expect, it } from 'vitest';
import { limitIn } from './address-space.ts';

const limits = (soft: string): string => `Limit                     Soft Limit           Hard Limit           Units
Max processes             63700                63700                processes
Max address space         ${soft.padEnd(20)} unlimited            bytes
Max file locks            unlimited            unlimited            locks
`;

describe('the limit of address space', () => {
  it('is read in bytes', () => expect(limitIn(limits('4096000000'))).toBe(4_096_000_000));

  it('is none where there is none', () => {
    expect(limitIn(limits('unlimited'))).toBeNull();
    expect(limitIn('')).toBeNull();
  });
});
