// The master key: random, made once, and in keys.json either as it is or sealed under a passphrase
// (Argon2id → key-encryption key → XChaCha20-Poly1305). Changing the passphrase seals the same master key anew.
import { concat, u32, utf8, wipe } from '../crypto/bytes.ts';
import { deriveKey, tuneArgon2, type Argon2Parameters } from '../crypto/passphrase.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { SecretBytes } from '../crypto/secret.ts';
import { StorageError } from './errors.ts';
import { readKeyFiles, writeKeyFiles, type KeyFile, type Protection } from './key-file.ts';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 24;

export interface VaultOptions {
  readonly folder: string;
  readonly primitives: Primitives;
  /** For passphrases that are set from now on; left out: tuned for this machine, which takes a moment. */
  readonly argon2?: Argon2Parameters;
}

/** The caller wipes the master key. */
export interface OpenedVault {
  readonly masterKey: Uint8Array;
  /** 16 bytes. */
  readonly database: Uint8Array;
  readonly passphraseSet: boolean;
}

/**
 * @param database the id of the database these keys are for, 16 bytes. @param passphrase empty: none.
 * @throws StorageError write-failed.
 */
export async function createVault(
  options: VaultOptions,
  database: Uint8Array,
  passphrase: string,
): Promise<OpenedVault> {
  const { folder, primitives } = options;
  const masterKey = new SecretBytes(primitives.random(KEY_BYTES));
  const place = { generation: 1, database };
  const protection = await protect(options, place, masterKey, passphrase);
  writeKeyFiles(folder, { ...place, protection });
  return { masterKey, database, passphraseSet: passphrase !== '' };
}

/**
 * Opens the newest generation that can be read, and mends the other if it says anything else.
 * @throws StorageError wrong-passphrase, keys-damaged, database-newer, write-failed.
 */
export async function openVault({ folder, primitives }: VaultOptions, passphrase: string): Promise<OpenedVault> {
  const { file, settled } = requireKeyFiles(folder);
  const masterKey = await unprotect(primitives, file, passphrase);
  // Only now: whoever cannot open the vault changes nothing in it.
  if (!settled) writeKeyFiles(folder, file);
  return { masterKey, database: file.database, passphraseSet: file.protection.kind === 'passphrase' };
}

/**
 * Sets, changes or (next empty) removes the passphrase; current is empty when none is set.
 * @throws StorageError wrong-passphrase (nothing changes), write-failed (the old or the new one opens, never neither).
 */
export async function changeVaultPassphrase(options: VaultOptions, current: string, next: string): Promise<void> {
  const { folder, primitives } = options;
  const { file } = requireKeyFiles(folder);
  const masterKey = await unprotect(primitives, file, current);
  try {
    const place = { generation: file.generation + 1, database: file.database };
    const protection = await protect(options, place, masterKey, next);
    writeKeyFiles(folder, { ...place, protection });
  } finally {
    wipe(masterKey);
  }
}

/** @throws StorageError wrong-passphrase, keys-damaged. */
export async function checkVaultPassphrase({ folder, primitives }: VaultOptions, passphrase: string): Promise<void> {
  wipe(await unprotect(primitives, requireKeyFiles(folder).file, passphrase));
}

function requireKeyFiles(folder: string): { file: KeyFile; settled: boolean } {
  const files = readKeyFiles(folder);
  if (!files) throw new StorageError('keys-damaged', 'keys.json is missing');
  return files;
}

type Place = Pick<KeyFile, 'generation' | 'database'>;

async function protect(
  { primitives, argon2 }: VaultOptions,
  place: Place,
  masterKey: Uint8Array,
  passphrase: string,
): Promise<Protection> {
  if (passphrase === '') return { kind: 'none', masterKey };
  const parameters = argon2 ?? (await tuneArgon2());
  const [salt, nonce] = [primitives.random(SALT_BYTES), primitives.random(NONCE_BYTES)];
  const key = await deriveKey(passphrase, parameters, salt);
  const ad = associated(place, parameters, salt);
  const sealed = primitives.xchacha20poly1305Seal(key, nonce, masterKey, ad);
  wipe(key);
  return { kind: 'passphrase', argon2: parameters, salt, nonce, sealed };
}

async function unprotect(primitives: Primitives, file: KeyFile, passphrase: string): Promise<Uint8Array> {
  const { protection } = file;
  if (protection.kind === 'none') {
    if (passphrase !== '') throw wrongPassphrase();
    return new SecretBytes(protection.masterKey);
  }
  if (passphrase === '') throw wrongPassphrase();
  const { argon2, salt, nonce, sealed } = protection;
  const key = await deriveKey(passphrase, argon2, salt);
  const opened = primitives.xchacha20poly1305Open(key, nonce, sealed, associated(file, argon2, salt));
  wipe(key);
  if (!opened) throw wrongPassphrase();
  const masterKey = new SecretBytes(opened);
  wipe(opened);
  return masterKey;
}

/** Everything in the file that the sealed key depends on. */
function associated(place: Place, { memoryKiB, passes, lanes }: Argon2Parameters, salt: Uint8Array): Uint8Array {
  const parameters = concat(u32(memoryKiB), u32(passes), u32(lanes));
  return concat(utf8('loom/2 keys'), u32(place.generation), place.database, parameters, salt);
}

function wrongPassphrase(): StorageError {
  return new StorageError('wrong-passphrase', 'the passphrase does not open this profile');
}
