// The folders on the way to a private one. Its mode keeps others out of it; but who may write to a folder above it can put
// another in its place, or take it away. The way is walked as the kernel walks it: links lead elsewhere, and who may change
// a link may change the way.
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join, parse, sep } from 'node:path';

const BY_GROUP = 0o020;
const BY_EVERYBODY = 0o002;
/** In such a folder, as /tmp, only its owner and theirs may move what is in it. */
const STICKY = 0o1000;
/** As the kernel: more are a loop. */
const LINKS = 40;
const ROOT = 0;
/** The owner shown in a container for files of users outside it, who can't be told apart. Linux: /proc/sys/kernel/overflowuid. */
const UNMAPPED = 65_534;

/** Who could put another folder in the place of the private one. */
export type Stranger = 'everybody' | 'group' | 'owner';

export interface Weakness {
  readonly folder: string;
  readonly stranger: Stranger;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** This process's; null where files have no owners, as on Windows. */
export function currentUser(): User | null {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
  return uid === undefined || gid === undefined ? null : { uid, gid };
}

/**
 * Looks at every folder above `path` as far as they exist, itself not.
 * @param path absolute. @throws what the file system says; Error ELOOP.
 */
export function weaknesses(path: string, user: User): readonly Weakness[] {
  const found: Weakness[] = [];
  const note = (folder: string, stats: Stats): void => {
    const stranger = strangerIn(stats, user);
    const known = found.some((weakness) => weakness.folder === folder);
    if (stranger && !known) found.push({ folder, stranger });
  };
  let links = 0;
  let { root: at } = parse(path);
  note(at, lstatSync(at));
  let rest = partsOf(dirname(path));
  while (rest.length > 0) {
    const [name = '', ...behind] = rest;
    const next = join(at, name);
    const stats = lstatSync(next, { throwIfNoEntry: false });
    if (!stats) break;
    note(next, stats);
    if (stats.isSymbolicLink()) {
      links += 1;
      if (links > LINKS) throw Object.assign(new Error('too many links'), { code: 'ELOOP', syscall: 'lstat' });
      const to = readlinkSync(next);
      at = parse(to).root || at;
      rest = [...partsOf(to), ...behind];
    } else {
      at = next;
      rest = behind;
    }
  }
  return found;
}

function strangerIn(stats: Stats, { uid, gid }: User): Stranger | null {
  const { mode } = stats;
  // The mode of a link says nothing: it is changed by who may write to its folder.
  const isFixed = stats.isSymbolicLink() || (mode & STICKY) !== 0;
  if (!isFixed && (mode & BY_EVERYBODY) !== 0) return 'everybody';
  // A group of one's own, as many systems make for every user, has the number of its user.
  const isOurs = stats.gid === ROOT || (stats.gid === gid && gid === uid);
  if (!isFixed && (mode & BY_GROUP) !== 0 && !isOurs) return 'group';
  return [ROOT, uid, UNMAPPED].includes(stats.uid) ? null : 'owner';
}

function partsOf(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((part) => part !== '');
}
