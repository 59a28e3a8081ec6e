// keys.json and its twin: how the master keys stand on disk. Written so that a crash between any two steps leaves a
// readable file: to another name, synced, renamed into place, the folder synced; first the twin, then keys.json. The
// files they replace are set aside, and overwritten once both say the same: after a passphrase was set or changed, no
// file may open without it or with the old one. What the sealed parts mean is the vault's.
import { closeSync, existsSync, fchmodSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { equal, fromHex, toHex, utf8 } from '../../crypto/bytes.ts';
import type { Argon2Parameters } from '../../crypto/passphrase.ts';
import { isWithinArgon2Bounds } from '../../crypto/passphrase.ts';
import { databasePath } from './database-file.ts';
import { syncFolder } from '../database.ts';
import { isMissing } from './lock.ts';
import { eraseFile } from './erase-file.ts';
import { StorageError } from '../errors.ts';

const VERSION = 2;

/** The one that counts first. */
const names = ['keys.json', 'keys.previous.json'] as const;

/** Written before the one that counts. */
const writingOrder = names.toReversed();

/** On the way to their own name, and replaced but not yet overwritten. */
const passing = names.flatMap((name) => [`${name}.new`, `${name}.old`]);

/** Every name under which keys may stand. */
export const keyFileNames: readonly string[] = [...names, ...passing];

/** Earlier master keys kept at most: a passphrase changed more often than that while rows are sealed anew waits. */
export const MAX_EARLIER_KEYS = 8;

export type Protection =
  | { readonly kind: 'none'; readonly masterKey: Uint8Array }
  | {
      readonly kind: 'passphrase';
      readonly argon2: Argon2Parameters;
      readonly salt: Uint8Array;
      readonly nonce: Uint8Array;
      readonly sealed: Uint8Array;
    };

/** A master key that rows may still be sealed under, itself sealed under the current one. */
export interface EarlierKey {
  /** As in the header of the rows, 4 bytes. */
  readonly id: Uint8Array;
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface KeyFile {
  /** Counts the master keys. */
  readonly generation: number;
  /** Id of the database these keys belong to, 16 bytes. */
  readonly database: Uint8Array;
  readonly protection: Protection;
  /** The newest first; empty once every row is sealed under the current key. */
  readonly earlier: readonly EarlierKey[];
}

export interface KeyFiles {
  readonly file: KeyFile;
  /** Both are there and say the same, and nothing is left under another name. */
  readonly settled: boolean;
}

const versionSchema = z.looseObject({ format: z.literal('loom keys'), version: z.int() });

const earlierSchema = z.strictObject({ id: hex(4), nonce: hex(24), sealed: hex(48) });

const schema = z.strictObject({
  format: z.literal('loom keys'),
  version: z.int().min(1).max(VERSION),
  generation: z.int().min(1).max(0xffffffff),
  database: hex(16),
  protection: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none'), masterKey: hex(32) }),
    z.strictObject({
      kind: z.literal('passphrase'),
      argon2: z.strictObject({ memoryKiB: z.int(), passes: z.int(), lanes: z.int() }).refine(isWithinArgon2Bounds),
      salt: hex(16),
      nonce: hex(24),
      sealed: hex(48),
    }),
  ]),
  /** Version 1 had none. */
  earlier: z.array(earlierSchema).max(MAX_EARLIER_KEYS).optional(),
  /** Tells a damaged file from a wrong passphrase; proves nothing. */
  check: hex(32),
});

/**
 * The first that can be read; null in a folder without keys and database.
 * @throws StorageError keys-damaged, database-newer.
 */
export function readKeyFiles(folder: string): KeyFiles | null {
  const texts = names.map((name) => read(join(folder, name)));
  const files = texts.map((text) => (text === null ? null : parse(text)));
  const file = files.find((candidate) => candidate !== null);
  if (file) return { file, settled: texts[0] === texts[1] && !passing.some((name) => existsSync(join(folder, name))) };
  const fresh = texts.every((text) => text === null) && !existsSync(databasePath(folder));
  if (fresh) return null;
  throw new StorageError('keys-damaged', 'neither keys.json nor its twin can be read');
}

/**
 * The steps that make both say `file` and leave nothing of what they said before, each of which a crash may be the last of.
 * @throws (each step) what the file system says.
 */
export function writeSteps(folder: string, file: KeyFile): readonly (() => void)[] {
  const text = encode(file);
  const replace = writingOrder.flatMap((name) => {
    const path = join(folder, name);
    return [
      () => writeSynced(`${path}.new`, text),
      () => setAside(path),
      () => renameSync(`${path}.new`, path),
      () => syncFolder(folder),
    ];
  });
  const erase = passing.map((name) => () => requireErased(join(folder, name)));
  return [...replace, ...erase, () => syncFolder(folder)];
}

/** @throws StorageError write-failed. */
export function writeKeyFiles(folder: string, file: KeyFile): void {
  try {
    for (const step of writeSteps(folder, file)) step();
  } catch (error) {
    throw new StorageError('write-failed', 'keys.json could not be written', error);
  }
}

function writeSynced(path: string, text: string): void {
  const handle = openSync(path, 'w', 0o600);
  try {
    // The mode of opening counts for new files only; this may be left from a crash.
    fchmodSync(handle, 0o600);
    const bytes = utf8(text);
    // A full disk may take a part and say nothing of the rest.
    if (writeSync(handle, bytes) !== bytes.length) throw new Error('the disk took a part only');
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function setAside(path: string): void {
  if (!existsSync(path)) return;
  // Left from a crash: what it holds must not lose its name before it is overwritten.
  requireErased(`${path}.old`);
  renameSync(path, `${path}.old`);
}

function requireErased(path: string): void {
  const failure = eraseFile(path);
  if (failure !== null) throw new Error('a key file cannot be overwritten', { cause: failure });
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // One that is there and cannot be read is as good as damaged: the other generation may do.
    return isMissing(error) ? null : '';
  }
}

/** Null when damaged. @throws StorageError database-newer. */
function parse(text: string): KeyFile | null {
  const value = parseJson(text);
  const versioned = versionSchema.safeParse(value);
  if (versioned.success && versioned.data.version > VERSION) {
    throw new StorageError('database-newer', 'a newer Loom has written keys.json');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) return null;
  const { version, generation, database, protection, earlier = [], check } = parsed.data;
  const file = { generation, database, protection, earlier };
  return equal(check, checkOf(file, version)) ? file : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function encode(file: KeyFile): string {
  return `${JSON.stringify({ ...plain(file), check: toHex(checkOf(file)) }, null, 2)}\n`;
}

function checkOf(file: KeyFile, version = VERSION): Uint8Array {
  return createHash('sha256')
    .update(JSON.stringify(plain(file, version)))
    .digest();
}

function plain({ generation, database, protection, earlier }: KeyFile, version = VERSION): object {
  const plainEarlier = earlier.map(({ id, nonce, sealed }) => ({
    id: toHex(id),
    nonce: toHex(nonce),
    sealed: toHex(sealed),
  }));
  return {
    format: 'loom keys',
    version,
    generation,
    database: toHex(database),
    protection: plainProtection(protection),
    ...(version === 1 ? {} : { earlier: plainEarlier }),
  };
}

function plainProtection(protection: Protection): object {
  if (protection.kind === 'none') return { kind: 'none', masterKey: toHex(protection.masterKey) };
  const { memoryKiB, passes, lanes } = protection.argon2;
  return {
    kind: 'passphrase',
    argon2: { memoryKiB, passes, lanes },
    salt: toHex(protection.salt),
    nonce: toHex(protection.nonce),
    sealed: toHex(protection.sealed),
  };
}

function hex(length: number): z.ZodPipe<z.ZodString, z.ZodTransform<Uint8Array, string>> {
  return z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${length * 2}}$`))
    .transform((text) => fromHex(text));
}
