// What a new backup is called, so that a person need not think of it.
import { BACKUP_ENDING } from '../../../server/contract/limits.ts';

/** What Windows, macOS or a FAT stick does not take in a name, and what hides a file or cannot be seen. */
const UNFIT = /[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*]+/gu;
/** A file system takes 255 bytes; an accented name takes two or three each, an emoji four. */
const NAME_LETTERS = 40;

/**
 * The whole path of a file that is not there yet: `Ann 2026-11-30.loom`, or `Ann 2026-11-30 (2).loom` beside that one.
 * @param taken whole paths. @param today ms; the day is the person's own.
 */
export function backupPath(
  { path, separator }: { readonly path: string; readonly separator: string },
  name: string,
  today: number,
  taken: readonly string[],
): string {
  const date = new Date(today);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  const stem = `${fitName(name)} ${day.join('-')}`;
  const at = (file: string): string => (path.endsWith(separator) ? path : path + separator) + file + BACKUP_ENDING;
  for (let number = 1; ; number += 1) {
    const whole = at(number === 1 ? stem : `${stem} (${number})`);
    if (!taken.includes(whole)) return whole;
  }
}

/** As much of a person's name as any disk takes. */
function fitName(name: string): string {
  const fit = Array.from(name.replaceAll(UNFIT, ' ').replace(/^[.\s]+/u, ''))
    .slice(0, NAME_LETTERS)
    .join('')
    .trim();
  return fit === '' ? 'Loom' : fit;
}

/** The last part of a path: a file's own name, or what a stick is called. */
export function lastName(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
}
