// Keys of people as sealed rows hold them: parsed where a row is opened, so that nothing above can take one role for
// another.
import { z } from 'zod';
import {
  parseIdentityPublicKey,
  parsePresenceKey,
  parseStaticPublicKey,
  type IdentityPublicKey,
  type PresenceKey,
  type StaticPublicKey,
} from '../../crypto/keys.ts';
import { bytesSchema } from '../sealing/sealing.ts';

export const identityKeySchema: z.ZodType<IdentityPublicKey> = parsedBy(parseIdentityPublicKey);
export const staticKeySchema: z.ZodType<StaticPublicKey> = parsedBy(parseStaticPublicKey);
export const presenceKeySchema: z.ZodType<PresenceKey> = parsedBy(parsePresenceKey);

function parsedBy<Key>(parse: (bytes: Uint8Array) => Key | null): z.ZodType<Key> {
  return bytesSchema.transform((bytes, context) => {
    const key = parse(bytes);
    if (key !== null) return key;
    context.addIssue('not such a key');
    return z.NEVER;
  });
}
