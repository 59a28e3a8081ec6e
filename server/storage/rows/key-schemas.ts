// Keys of people as sealed rows hold them: parsed where a row is opened, so that nothing above can take one role for
// another.
import { z } from 'zod';
import { parseIdentityPublicKey, parsePresenceKey, parseStaticPublicKey } from '../../crypto/keys.ts';
import { wipe } from '../../crypto/bytes.ts';
import { bytesSchema } from '../sealing/sealing.ts';

export const identityKeySchema = parsedBy(parseIdentityPublicKey);
export const staticKeySchema = parsedBy(parseStaticPublicKey);
/** The one that is secret: what it was read from is wiped. */
export const presenceKeySchema = parsedBy((bytes) => {
  const key = parsePresenceKey(bytes);
  wipe(bytes);
  return key;
});

function parsedBy<Key>(parse: (bytes: Uint8Array) => Key | null) {
  return bytesSchema.transform((bytes, context) => {
    const key = parse(bytes);
    if (key !== null) return key;
    context.addIssue('not such a key');
    return z.NEVER;
  });
}
