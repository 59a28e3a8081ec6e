import { describe, expect, it } from 'vitest';
import { backupPath, lastName } from './backup-name.ts';

const home = { path: '/home/ann/Loom backups', separator: '/' };
const day = new Date(2026, 10, 30, 23, 59).getTime();

describe('a new backup', () => {
  it('is called by its person and the day', () => {
    expect(backupPath(home, 'Ann', day, [])).toBe('/home/ann/Loom backups/Ann 2026-11-30.loom');
    expect(backupPath({ path: 'E:\\', separator: '\\' }, 'Ann', day, [])).toBe('E:\\Ann 2026-11-30.loom');
  });

  it('takes the name of none that is there', () => {
    const first = backupPath(home, 'Ann', day, []);
    const second = backupPath(home, 'Ann', day, [first]);
    expect(second).toBe('/home/ann/Loom backups/Ann 2026-11-30 (2).loom');
    expect(backupPath(home, 'Ann', day, [first, second])).toContain('(3)');
  });

  it.each([
    ['../../etc/passwd', 'etc passwd'],
    ['.hidden', 'hidden'],
    ['a:b*c?', 'a b c'],
    ['\u202Eann\n', 'ann'],
    ['👩‍👩‍👧'.repeat(64), '👩'],
    ['...', 'Loom'],
    ['', 'Loom'],
  ])('%j is a name that every disk takes', (name, begins) => {
    const file = lastName(backupPath(home, name, day, []));
    expect(file.startsWith(begins)).toBe(true);
    expect(file).not.toMatch(/[/\\<>:"|?*\p{Cc}]/u);
    expect(new TextEncoder().encode(file).length).toBeLessThan(255);
  });
});

it('names a stick by the last part of its path', () => {
  expect(lastName('/media/ann/STICK/')).toBe('STICK');
  expect(lastName('C:\\backups\\Ann.loom')).toBe('Ann.loom');
});
