// What a power cut may leave of a folder. Every write, sync and change of a name below it is recorded as it happens; from
// the record come the states that a disk may be in when the power goes after any of them:
//
//   - a file holds what it held at its last fsync, and of what was written since any part: in any order, the last write
//     torn between two sectors;
//   - a name is what it was when its folder was last synced, or what it has become since, in the order of the changes.
//
// The sector where a torn write stopped holds anything, older bytes in it included.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, relative } from 'node:path';

const SECTOR_BYTES = 512;
const GARBAGE = 0xa5;

type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

/** A name is taken away, given, or both at once. */
interface NameChange {
  readonly drop?: string;
  readonly put?: { readonly name: string; readonly file: number };
}

export type Act =
  | { readonly kind: 'change'; readonly file: number; readonly change: Change }
  | { readonly kind: 'sync'; readonly file: number }
  | { readonly kind: 'name'; readonly change: NameChange }
  | { readonly kind: 'sync-folder' }
  /** Something was reported as durable. */
  | { readonly kind: 'mark'; readonly mark: number };

/** Which of the choices that a power cut has it takes. */
export interface Fate {
  /** Of so many changes since a file's last sync, the places of those that reached the disk, in their order there. */
  survivors(changes: number): readonly number[];
  /** Of so many sectors of the last write, the one where it stopped; null: none. */
  torn(sectors: number): number | null;
  /** Of so many changes of names, how many did. */
  names(changes: number): number;
}

/** Everything written is there, as after a kill. */
export const everything: Fate = {
  survivors: (changes) => Array.from({ length: changes }, (_, index) => index),
  torn: () => null,
  names: (changes) => changes,
};

/** Only what was synced is there. */
export const nothing: Fate = { survivors: () => [], torn: () => null, names: () => 0 };

/** Any part of what was not synced is there. @param random gives numbers from 0 to 1. */
export function chance(random: () => number): Fate {
  return {
    survivors(changes) {
      const all = Array.from({ length: changes }, (_, index) => ({ index, at: random() }));
      const share = random();
      const left = all.filter(() => random() < share);
      // Mostly as they were written; else the elevator had its own order.
      return (random() < 0.5 ? left : left.toSorted((a, b) => a.at - b.at)).map(({ index }) => index);
    },
    torn: (sectors) => (random() < 0.5 ? null : Math.floor(random() * sectors)),
    names: (changes) => Math.floor(random() * (changes + 1)),
  };
}

interface File {
  durable: Uint8Array;
  pending: Change[];
}

/** A folder's disk, to which acts are done one by one. */
export class Disk {
  readonly #files = new Map<number, File>();
  #names = new Map<string, number>();
  #pending: NameChange[] = [];
  /** The last mark passed. */
  mark = 0;

  do(act: Act): void {
    if (act.kind === 'mark') this.mark = act.mark;
    else if (act.kind === 'name') this.#pending.push(act.change);
    else if (act.kind === 'change') this.#file(act.file).pending.push(act.change);
    else if (act.kind === 'sync') {
      const file = this.#file(act.file);
      file.durable = applied(file.durable, file.pending);
      file.pending = [];
    } else {
      this.#names = renamed(this.#names, this.#pending);
      this.#pending = [];
    }
  }

  /** Writes into an empty folder what is left when the power goes now. */
  leave(folder: string, fate: Fate): void {
    const names = renamed(this.#names, this.#pending.slice(0, fate.names(this.#pending.length)));
    for (const [name, number] of names) fs.writeFileSync(join(folder, name), content(this.#file(number), fate));
  }

  #file(number: number): File {
    const known = this.#files.get(number);
    if (known) return known;
    const file = { durable: new Uint8Array(), pending: [] };
    this.#files.set(number, file);
    return file;
  }
}

function content({ durable, pending }: File, fate: Fate): Uint8Array {
  const survivors = fate.survivors(pending.length).map((index) => pending[index]!);
  const last = survivors.at(-1);
  const cut = last?.kind === 'write' ? fate.torn(Math.ceil(last.bytes.length / SECTOR_BYTES)) : null;
  if (last?.kind !== 'write' || cut === null) return applied(durable, survivors);
  const end = (Math.floor(last.offset / SECTOR_BYTES) + cut) * SECTOR_BYTES;
  survivors[survivors.length - 1] = { ...last, bytes: last.bytes.subarray(0, Math.max(0, end - last.offset)) };
  return applied(durable, survivors).fill(GARBAGE, end, end + SECTOR_BYTES);
}

function applied(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  const ends = changes.map((change) => (change.kind === 'write' ? change.offset + change.bytes.length : 0));
  const next = new Uint8Array(Math.max(bytes.length, ...ends));
  next.set(bytes);
  let size = bytes.length;
  for (const change of changes) {
    if (change.kind === 'truncate') {
      next.fill(0, change.size, size);
      size = change.size;
    } else {
      next.set(change.bytes, change.offset);
      size = Math.max(size, change.offset + change.bytes.length);
    }
  }
  return next.subarray(0, size);
}

function renamed(names: ReadonlyMap<string, number>, changes: readonly NameChange[]): Map<string, number> {
  const next = new Map(names);
  for (const change of changes) {
    if (change.drop !== undefined) next.delete(change.drop);
    if (change.put) next.set(change.put.name, change.put.file);
  }
  return next;
}

/** Records what this process does to files below `folder`, from now until `stop`. */
export function recordDisk(folder: string): { readonly acts: readonly Act[]; mark(mark: number): void; stop(): void } {
  const acts: Act[] = [];
  let over = false;
  // Node keeps some of what it finds here for its own later use.
  const note = (act: Act): void => {
    if (!over) acts.push(act);
  };
  const { openSync, closeSync, writeSync, ftruncateSync, fsyncSync, renameSync, unlinkSync, rmSync } = fs;
  const real = { openSync, closeSync, writeSync, ftruncateSync, fsyncSync, renameSync, unlinkSync, rmSync };
  const handles = new Map<number, number | 'folder'>();
  const files = new Map<string, number>();
  let made = 0;
  const nameOf = (path: fs.PathLike): string | null => {
    const name = relative(folder, String(path));
    return name.startsWith('..') || name.endsWith('.lock') ? null : name;
  };
  const drop = (path: fs.PathLike): void => {
    const name = nameOf(path);
    if (name === null || !files.delete(name)) return;
    note({ kind: 'name', change: { drop: name } });
  };
  const change = (handle: number, what: Change): void => {
    const file = handles.get(handle);
    if (typeof file === 'number') note({ kind: 'change', file, change: what });
  };

  fs.openSync = (path, flags, mode) => {
    const handle = real.openSync(path, flags, mode);
    const name = nameOf(path);
    if (name === '') handles.set(handle, 'folder');
    else if (name !== null) {
      if (!files.has(name)) {
        files.set(name, (made += 1));
        note({ kind: 'name', change: { put: { name, file: made } } });
      }
      handles.set(handle, files.get(name)!);
      if (flags === 'w') change(handle, { kind: 'truncate', size: 0 });
    }
    return handle;
  };
  fs.closeSync = (handle) => {
    handles.delete(handle);
    real.closeSync(handle);
  };
  const write = (handle: number, bytes: Uint8Array, start?: number, length?: number, offset?: number): number => {
    const part = bytes.subarray(start ?? 0, length === undefined ? undefined : (start ?? 0) + length);
    change(handle, { kind: 'write', offset: offset ?? 0, bytes: Uint8Array.from(part) });
    return writeSync(handle, bytes, start, length, offset);
  };
  fs.writeSync = write as typeof fs.writeSync;
  fs.ftruncateSync = (handle, size) => {
    change(handle, { kind: 'truncate', size: size ?? 0 });
    real.ftruncateSync(handle, size);
  };
  fs.fsyncSync = (handle) => {
    real.fsyncSync(handle);
    const file = handles.get(handle);
    if (file === 'folder') note({ kind: 'sync-folder' });
    else if (file !== undefined) note({ kind: 'sync', file });
  };
  fs.renameSync = (from, to) => {
    real.renameSync(from, to);
    const [old, name] = [nameOf(from), nameOf(to)];
    const file = old === null ? undefined : files.get(old);
    if (file === undefined || old === null || name === null) return;
    files.delete(old);
    files.set(name, file);
    note({ kind: 'name', change: { drop: old, put: { name, file } } });
  };
  fs.unlinkSync = (path) => {
    real.unlinkSync(path);
    drop(path);
  };
  fs.rmSync = (path, options) => {
    real.rmSync(path, options);
    drop(path);
  };
  syncBuiltinESMExports();
  return {
    acts,
    mark: (mark) => note({ kind: 'mark', mark }),
    stop() {
      over = true;
      Object.assign(fs, real);
      syncBuiltinESMExports();
    },
  };
}
