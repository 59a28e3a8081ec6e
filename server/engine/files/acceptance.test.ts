import { describe, expect, it } from 'vitest';
import { hasRoom, isAutoAccepted } from './acceptance.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

describe('what is accepted without asking', () => {
  it.each([
    ['of a verified contact, whatever it is', { size: 25 * MIB, type: '' }, true, 0, true],
    ['not one byte more', { size: 25 * MIB + 1, type: '' }, true, 0, false],
    ['a picture of any contact', { size: 5 * MIB, type: 'image/png' }, false, 0, true],
    ['not one byte more', { size: 5 * MIB + 1, type: 'image/png' }, false, 0, false],
    ['what was spoken', { size: 2 * MIB, type: 'audio/webm' }, false, 0, true],
    ['nothing but pictures and sound', { size: 1, type: 'video/mp4' }, false, 0, false],
    ['not what only looks like a picture', { size: 1, type: 'ximage/png' }, false, 0, false],
    ['the last of a day', { size: 5 * MIB, type: 'image/png' }, false, 15 * MIB, true],
    ['not one byte more in a day', { size: 5 * MIB, type: 'image/png' }, false, 15 * MIB + 1, false],
  ] as const)('%s', (_, file, verified, recent, accepted) => {
    expect(isAutoAccepted(file, verified, recent)).toBe(accepted);
  });
});

describe('there is room', () => {
  it('while a gibibyte stays free, or a twentieth of the disk', () => {
    expect(hasRoom({ free: 2 * GIB, total: 10 * GIB }, GIB, 0)).toBe(true);
    expect(hasRoom({ free: 2 * GIB, total: 10 * GIB }, GIB + 1, 0)).toBe(false);
    expect(hasRoom({ free: 60 * GIB, total: 1000 * GIB }, 10 * GIB, 0)).toBe(true);
    expect(hasRoom({ free: 60 * GIB, total: 1000 * GIB }, 10 * GIB + 1, 0)).toBe(false);
  });

  it('while sealed files take no more than twenty gibibytes', () => {
    expect(hasRoom({ free: 500 * GIB, total: 1000 * GIB }, 1, 20 * GIB)).toBe(true);
    expect(hasRoom({ free: 500 * GIB, total: 1000 * GIB }, 1, 20 * GIB + 1)).toBe(false);
  });
});
