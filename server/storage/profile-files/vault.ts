// The master key: random, and in keys.json either as it is or sealed under a passphrase (Argon2id → key-encryption key →
// XChaCha20-Poly1305). With every passphrase set, changed or removed comes another master key. The one before stands in
// keys.json as well, sealed under the new one, until no row needs it any more.
import { concat, equal, u32, utf8, wipe } from '../../crypto/bytes.ts';
import { deriveKey, tuneArgon2, type Argon2Parameters } from '../../crypto/passphrase.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { SecretBytes } from '../../crypto/secret.ts';
import { StorageError } from '../errors.ts';
import { readKeyFiles, writeKeyFiles, type EarlierKey, type KeyFile, type Protection } from './key-file.ts';
import { earlierKeysKey, keyId } from '../sealing/key-ring.ts';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 24;
const EARLIER_LABEL = utf8('loom/2 earlier key');

export interface VaultOptions {
  readonly folder: string;
  readonly primitives: Primitives;
  /** For passphrases that are set from now on; left out: tuned for this machine, which takes a moment. */
  readonly argon2?: Argon2Parameters;
}

/** The caller wipes the master keys. */
export interface OpenedVault {
  readonly masterKey: Uint8Array;
  /** Those that rows may still be sealed under, the newest first. */
  readonly earlier: readonly Uint8Array[];
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
  writeKeyFiles(folder, { ...place, protection, earlier: [] });
  return { masterKey, earlier: [], database, passphraseSet: passphrase !== '' };
}

/**
 * Opens the first key file that can be read, and mends the other if it says anything else.
 * @throws StorageError wrong-passphrase, keys-damaged, database-newer, write-failed.
 */
export async function openVault({ folder, primitives }: VaultOptions, passphrase: string): Promise<OpenedVault> {
  const { file, settled } = requireKeyFiles(folder);
  const masterKey = await unprotect(primitives, file, passphrase);
  // Only now: without the passphrase nothing in the vault changes.
  if (!settled) writeKeyFiles(folder, file);
  const earlier = openEarlier(primitives, file, masterKey);
  return { masterKey, earlier, database: file.database, passphraseSet: file.protection.kind === 'passphrase' };
}

/** What `adopt` makes so; until then nothing has changed. The caller wipes the master key. */
export interface Rotation {
  readonly masterKey: Uint8Array;
  /** From its return on no file opens with the passphrase before. @throws StorageError write-failed. */
  adopt(): void;
}

/**
 * Another master key under another (next empty: no) passphrase; current is empty when none is set.
 * @throws StorageError wrong-passphrase, keys-damaged.
 */
export async function rotateVault(options: VaultOptions, current: string, next: string): Promise<Rotation> {
  const { folder, primitives } = options;
  const { file } = requireKeyFiles(folder);
  const before = await unprotect(primitives, file, current);
  const known = [before, ...openEarlier(primitives, file, before)];
  try {
    const masterKey = new SecretBytes(primitives.random(KEY_BYTES));
    const place = { generation: file.generation + 1, database: file.database };
    const protection = await protect(options, place, masterKey, next);
    const earlier = sealEarlier(primitives, file.database, masterKey, known);
    const beforeId = keyId(primitives, file.database, before);
    const adopt = (): void => {
      // Some may have been forgotten since.
      const kept = [beforeId, ...requireKeyFiles(folder).file.earlier.map(({ id }) => id)];
      const still = earlier.filter(({ id }) => kept.some((other) => equal(other, id)));
      writeKeyFiles(folder, { ...place, protection, earlier: still });
    };
    return { masterKey, adopt };
  } finally {
    wipe(...known);
  }
}

/**
 * The earlier master keys of these ids are in no key file from now on. Takes no passphrase.
 * @throws StorageError keys-damaged, write-failed.
 */
export function forgetEarlierKeys({ folder }: VaultOptions, ids: readonly Uint8Array[]): void {
  const { file } = requireKeyFiles(folder);
  const earlier = file.earlier.filter((key) => !ids.some((id) => equal(id, key.id)));
  writeKeyFiles(folder, { ...file, earlier });
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

function sealEarlier(
  primitives: Primitives,
  database: Uint8Array,
  masterKey: Uint8Array,
  earlier: readonly Uint8Array[],
): EarlierKey[] {
  const key = earlierKeysKey(primitives, database, masterKey);
  const sealed = earlier.map((secret) => {
    const [id, nonce] = [keyId(primitives, database, secret), primitives.random(NONCE_BYTES)];
    return { id, nonce, sealed: primitives.xchacha20poly1305Seal(key, nonce, secret, concat(EARLIER_LABEL, id)) };
  });
  wipe(key);
  return sealed;
}

/** @throws StorageError keys-damaged. */
function openEarlier(primitives: Primitives, { database, earlier }: KeyFile, masterKey: Uint8Array): SecretBytes[] {
  const key = earlierKeysKey(primitives, database, masterKey);
  const secrets = earlier.map(({ id, nonce, sealed }) => {
    const opened = primitives.xchacha20poly1305Open(key, nonce, sealed, concat(EARLIER_LABEL, id));
    if (!opened) throw new StorageError('keys-damaged', 'an earlier master key does not open');
    const secret = new SecretBytes(opened);
    wipe(opened);
    return secret;
  });
  wipe(key);
  return secrets;
}

/** Everything in the file that the sealed key depends on. */
function associated(place: Place, { memoryKiB, passes, lanes }: Argon2Parameters, salt: Uint8Array): Uint8Array {
  const parameters = concat(u32(memoryKiB), u32(passes), u32(lanes));
  return concat(utf8('loom/2 keys'), u32(place.generation), place.database, parameters, salt);
}

function wrongPassphrase(): StorageError {
  return new StorageError('wrong-passphrase', 'the passphrase does not open this profile');
}
