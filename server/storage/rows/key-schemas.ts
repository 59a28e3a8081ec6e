// Keys of people as sealed rows hold them: parsed where a row is opened, so that nothing above can take one role for
// another.
import { z } from 'zod';
import { parseIdentityPublicKey, parsePresenceKey, parseStaticPublicKey, type PresenceKey } from '../../crypto/keys.ts';
import { wipe } from '../../crypto/bytes.ts';
import { StorageError } from '../errors.ts';
import { bytesSchema } from '../sealing/sealing.ts';

export const identityKeySchema = parsedBy(parseIdentityPublicKey);
export const staticKeySchema = parsedBy(parseStaticPublicKey);

/** The one that is secret, out of the bytes of a row that was opened, which are wiped. @throws StorageError damaged. */
export function takePresenceKey(bytes: Uint8Array): PresenceKey {
  const key = parsePresenceKey(bytes);
  wipe(bytes);
  if (!key) throw new StorageError('damaged', 'a presence key is none');
  return key;
}

function parsedBy<Key>(parse: (bytes: Uint8Array) => Key | null) {
  return bytesSchema.transform((bytes, context) => {
    const key = parse(bytes);
    if (key !== null) return key;
    context.addIssue('not such a key');
    return z.NEVER;
  });
}
