// The first 112 bytes of a backup file (FORMAT.md): what it is, how its key is made from a passphrase, and the proof that
// the passphrase is right. Everything in it is checked before any memory is taken for Argon2.
import { concat, equal, readU32, u32, utf8, wipe } from '../crypto/bytes.ts';
import { deriveKey, isWithinArgon2Bounds, type Argon2Parameters } from '../crypto/passphrase.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { CommandError } from '../contract/errors.ts';

const MAGIC = utf8('Loom backup');
const VERSION = 1;
const SALT_BYTES = 16;
const FILE_SALT_BYTES = 32;
const CHECK_BYTES = 8;
const TAG_BYTES = 32;
const KEY_BYTES = 32;
const PREFIX_BYTES = 19;

const ARGON2_OFFSET = MAGIC.length + 1;
const SALT_OFFSET = ARGON2_OFFSET + 12;
const FILE_SALT_OFFSET = SALT_OFFSET + SALT_BYTES;
const CHECK_OFFSET = FILE_SALT_OFFSET + FILE_SALT_BYTES;
const TAG_OFFSET = CHECK_OFFSET + CHECK_BYTES;

export const HEADER_BYTES = TAG_OFFSET + TAG_BYTES;

/** What a passphrase becomes. Several files may share it; their keys differ by the salt of each. */
export interface BackupSecret {
  readonly argon2: Argon2Parameters;
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** What one file is sealed with. */
export interface FileKeys {
  readonly stream: Uint8Array;
  /** The constant part of the nonces, 19 bytes. */
  readonly prefix: Uint8Array;
  /** The header's tag, bound to every chunk. */
  readonly tag: Uint8Array;
}

export interface Header {
  readonly argon2: Argon2Parameters;
  readonly salt: Uint8Array;
  readonly fileSalt: Uint8Array;
  readonly bytes: Uint8Array;
}

/** @throws CommandError passphrase-empty. */
export async function backupSecret(
  primitives: Primitives,
  passphrase: string,
  argon2: Argon2Parameters,
): Promise<BackupSecret> {
  requirePassphrase(passphrase);
  const salt = primitives.random(SALT_BYTES);
  return { argon2, salt, secret: await deriveKey(passphrase, argon2, salt) };
}

/** The header of a new file, and its keys. */
export function makeHeader(
  primitives: Primitives,
  { argon2, salt, secret }: BackupSecret,
): { bytes: Uint8Array; keys: FileKeys } {
  const { memoryKiB, passes, lanes } = argon2;
  const fileSalt = primitives.random(FILE_SALT_BYTES);
  const fields = concat(MAGIC, Uint8Array.of(VERSION), u32(memoryKiB), u32(passes), u32(lanes), salt, fileSalt);
  const checked = concat(fields, checkOf(primitives, fields));
  const { header, ...rest } = fileKeys(primitives, secret, fileSalt);
  const tag = primitives.hmacSha256(header, checked);
  wipe(header);
  return { bytes: concat(checked, tag), keys: { ...rest, tag } };
}

/**
 * @param bytes the first HEADER_BYTES of a file, fewer when it has no more.
 * @throws CommandError backup-foreign, backup-newer, backup-truncated, backup-damaged.
 */
export function parseHeader(primitives: Primitives, bytes: Uint8Array): Header {
  if (!equal(bytes.subarray(0, MAGIC.length), MAGIC))
    throw new CommandError('backup-foreign', 'this is no backup of Loom');
  const version = bytes[MAGIC.length];
  if (version !== undefined && version > VERSION)
    throw new CommandError('backup-newer', 'a newer Loom has made this backup');
  if (bytes.length < HEADER_BYTES) throw new CommandError('backup-truncated', 'the file ends within its header');
  const argon2 = {
    memoryKiB: readU32(bytes, ARGON2_OFFSET),
    passes: readU32(bytes, ARGON2_OFFSET + 4),
    lanes: readU32(bytes, ARGON2_OFFSET + 8),
  };
  const check = bytes.subarray(CHECK_OFFSET, TAG_OFFSET);
  const sound = version === VERSION && equal(check, checkOf(primitives, bytes.subarray(0, CHECK_OFFSET)));
  if (!sound || !isWithinArgon2Bounds(argon2)) throw new CommandError('backup-damaged', 'the header is damaged');
  const salt = bytes.slice(SALT_OFFSET, FILE_SALT_OFFSET);
  return { argon2, salt, fileSalt: bytes.slice(FILE_SALT_OFFSET, CHECK_OFFSET), bytes: bytes.slice() };
}

/** @throws CommandError passphrase-empty, backup-passphrase. */
export async function openHeader(primitives: Primitives, header: Header, passphrase: string): Promise<FileKeys> {
  requirePassphrase(passphrase);
  const secret = await deriveKey(passphrase, header.argon2, header.salt);
  try {
    return openWithSecret(primitives, header, secret);
  } finally {
    wipe(secret);
  }
}

/** @throws CommandError backup-passphrase. */
export function openWithSecret(primitives: Primitives, { bytes, fileSalt }: Header, secret: Uint8Array): FileKeys {
  const { header, ...rest } = fileKeys(primitives, secret, fileSalt);
  const tag = primitives.hmacSha256(header, bytes.subarray(0, TAG_OFFSET));
  wipe(header);
  if (!equal(tag, bytes.subarray(TAG_OFFSET))) {
    throw new CommandError('backup-passphrase', 'the passphrase does not open this backup');
  }
  return { ...rest, tag };
}

function requirePassphrase(passphrase: string): void {
  if (passphrase === '') throw new CommandError('passphrase-empty', 'a backup needs a passphrase');
}

function checkOf(primitives: Primitives, fields: Uint8Array): Uint8Array {
  return primitives.sha256(fields).subarray(0, CHECK_BYTES);
}

function fileKeys(
  primitives: Primitives,
  secret: Uint8Array,
  fileSalt: Uint8Array,
): { header: Uint8Array; stream: Uint8Array; prefix: Uint8Array } {
  const length = 2 * KEY_BYTES + PREFIX_BYTES;
  const keys = primitives.hkdfSha256(fileSalt, secret, utf8('loom/2 backup'), length);
  const parts = {
    header: keys.slice(0, KEY_BYTES),
    stream: keys.slice(KEY_BYTES, 2 * KEY_BYTES),
    prefix: keys.slice(2 * KEY_BYTES),
  };
  wipe(keys);
  return parts;
}
