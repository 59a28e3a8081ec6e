import { chmodSync, chownSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentUser, weaknesses, type User } from './parent-folders.ts';

const isRoot = process.getuid?.() === 0;
// Root gives what is made here away, so that it belongs to somebody whose group says something.
const us: User = isRoot ? { uid: 1234, gid: 1234 } : currentUser()!;

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'loom-parents-'));
  give(base);
});
afterEach(() => rmSync(base, { recursive: true }));

function give(path: string): void {
  if (isRoot) lchownSync(path, us.uid, us.gid);
}

function made(path: string, mode = 0o755): string {
  mkdirSync(path);
  chmodSync(path, mode);
  give(path);
  return path;
}

function linked(path: string, to: string): string {
  symlinkSync(to, path);
  give(path);
  return path;
}

const found = (path: string, user = us): string[] =>
  weaknesses(path, user).map(({ folder, stranger }) => `${folder.slice(base.length)} ${stranger}`);

/** Another of our groups; a group of our own has our number. */
const shared: User = { ...us, gid: us.gid + 1 };
const somebody: User = { uid: us.uid + 1, gid: us.gid + 1 };

describe('a folder above', () => {
  it.each([
    ['private', 0o700, us, []],
    ['readable by all', 0o755, us, []],
    ['writable by our own group', 0o775, { uid: us.gid, gid: us.gid }, us.uid === us.gid ? [] : ['/a owner']],
    ['writable by a shared group', 0o775, shared, ['/a group']],
    ['writable by a shared group, and sticky', 0o1775, shared, []],
    ['writable by all', 0o777, us, ['/a everybody']],
    ['writable by all but its group', 0o757, us, ['/a everybody']],
    ['writable by all, and hidden', 0o733, us, ['/a everybody']],
    ['writable by all, and sticky', 0o1777, us, []],
  ] as const)('that is %s', (_, mode, user, expected) => {
    const path = join(made(join(base, 'a'), mode), 'data');
    expect(found(path, user)).toEqual(expected);
    made(path);
    expect(found(path, user)).toEqual(expected);
  });

  it('is weak in the hands of another user, sticky or not', () => {
    expect(found(join(made(join(base, 'a'), 0o1777), 'data'), somebody)).toEqual([' owner', '/a owner']);
  });

  it.skipIf(!isRoot)('is trusted in the hands of root, its group, and whoever a container does not know', () => {
    for (const owner of [0, 65_534]) {
      const path = made(join(base, `${owner}`), 0o775);
      chownSync(path, owner, 0);
      expect(found(join(path, 'data'))).toEqual([]);
    }
  });

  it('counts at any height', () => {
    made(join(base, 'a'), 0o777);
    made(join(base, 'a', 'b'));
    expect(found(join(made(join(base, 'a', 'b', 'c'), 0o1777), 'data'))).toEqual(['/a everybody']);
  });

  it('ends where nothing is yet', () => {
    expect(found(join(base, 'none', 'of', 'these'))).toEqual([]);
  });
});

describe('a link on the way', () => {
  it('is followed, and both ways are looked at', () => {
    made(join(base, 'a'), 0o777);
    made(join(base, 'b'));
    made(join(base, 'b', 'c'), 0o777);
    linked(join(base, 'a', 'link'), '../b/./c/../../b/c');
    expect(found(join(base, 'a', 'link', 'data'))).toEqual(['/a everybody', '/b/c everybody']);
    linked(join(base, 'direct'), join(base, 'b', 'c'));
    expect(found(join(base, 'direct', 'data'))).toEqual(['/b/c everybody']);
  });

  it('goes up from where it leads, not from where it stands', () => {
    made(join(base, 'a'));
    made(join(base, 'open'), 0o777);
    made(join(base, 'open', 'inner'));
    linked(join(base, 'a', 'link'), '../open/inner');
    linked(join(base, 'round'), 'a/link/../x');
    made(join(base, 'open', 'x'));
    expect(found(join(base, 'round', 'data'))).toEqual(['/open everybody']);
  });

  it('of another user in a sticky folder is theirs to change', () => {
    made(join(base, 'a'), 0o1777);
    made(join(base, 'b'));
    linked(join(base, 'a', 'link'), join(base, 'b'));
    expect(found(join(base, 'a', 'link', 'data'), somebody)).toContain('/a/link owner');
  });

  it('in a circle ends', () => {
    linked(join(base, 'one'), 'two');
    linked(join(base, 'two'), 'one');
    expect(() => found(join(base, 'one', 'data'))).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  });
});
