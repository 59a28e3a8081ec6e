// Who we are.
import { z } from 'zod';
import type { ChangedPart } from './profile.ts';
import { ANY, command, field, NEW, none, pasted, picture, READY, result } from './command.ts';

/** Who we are, as our own interface shows it. */
export interface Identity {
  readonly name: string;
  /** A line about us, for contacts; empty: none. */
  readonly about: string;
  /** Which picture of ourselves contacts are shown, an opaque id; null: none. */
  readonly picture: string | null;
  /** Ed25519 identity key, 64 hex digits. */
  readonly publicKey: string;
  /** False while the master key stands in keys.json unwrapped. */
  readonly passphraseSet: boolean;
  /** Minutes after which it locks when nobody is there; 0: never. Without a passphrase it does not. */
  readonly lockAfter: number;
  /**
   * Percent of what is stored that is under the newest master key, while the rest is being sealed anew after a passphrase
   * was set, changed or removed: until then, an old copy of keys.json opens that rest. Null: all of it is.
   */
  readonly resealing: number | null;
  /** What was changed in the profile's files while Loom was closed, until the person says they have checked it. */
  readonly changedWhileClosed: readonly ChangedPart[];
}

export interface Picture {
  /** JPEG, PNG or WebP, in base64; null: there is none. */
  readonly picture: string | null;
}

export const identityCommands = {
  'identity.get': command({
    params: none,
    /** Null: no identity yet. */
    result: result<Identity | null>(),
    repeatable: true,
    needs: ANY,
  }),
  /** An empty passphrase leaves the profile unprotected at rest. */
  'identity.create': command({
    params: z.strictObject({ name: field, passphrase: field }),
    result: result<Identity>(),
    repeatable: false,
    needs: NEW,
  }),
  'identity.rename': command({
    params: z.strictObject({ name: field }),
    result: result<Identity>(),
    repeatable: false,
    needs: READY,
  }),
  /** What we say of ourselves, to contacts too; what is left out stays. An empty `about` and a picture of null: none. */
  'identity.describe': command({
    params: z.strictObject({ name: field.optional(), about: field.optional(), picture: picture.nullable().optional() }),
    result: result<Identity>(),
    repeatable: true,
    needs: READY,
  }),
  'identity.picture': command({
    params: none,
    result: result<Picture>(),
    repeatable: true,
    needs: READY,
  }),
  'identity.token': command({
    params: none,
    result: result<{ readonly token: string; readonly peerPort: number }>(),
    repeatable: true,
    needs: READY,
  }),
  'token.parse': command({
    params: z.strictObject({ token: pasted }),
    /**
     * `token` is the one that was found, without what stood around it. `name`: what an invite says its maker is called, which
     * nobody has shown to be true; empty: nothing.
     */
    result: result<{
      readonly version: 1 | 2;
      readonly publicKey: string;
      readonly token: string;
      readonly name: string;
    }>(),
    repeatable: true,
    needs: ANY,
  }),
};

export interface IdentityEvents {
  'identity.changed': { readonly identity: Identity };
}
