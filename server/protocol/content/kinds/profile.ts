// What the sender says of themselves: the name they go by, a line about them, and a picture.
import { optional, textField, type CborMap } from '../../cbor/cbor.ts';
import { ProtocolError } from '../../errors.ts';
import { ABOUT_BYTES, PICTURE_BYTES, PROFILE_NAME_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';
import { pictureType } from '../picture-type.ts';

/** All of it, each time: what is left out is taken back. */
export interface Profile {
  /** 1 to PROFILE_NAME_BYTES as UTF-8. */
  readonly name: string;
  /** 1 to ABOUT_BYTES as UTF-8. */
  readonly about?: string;
  /** JPEG, PNG or WebP by its first bytes, at most PICTURE_BYTES. What else is in it is for a browser to find out. */
  readonly picture?: Uint8Array;
}

export const profile: ContentKind<Profile> = {
  parse(map) {
    const about = optional(map, 'about', textField);
    const picture = optional(map, 'picture', pictureField);
    return {
      name: requireText(textField(map, 'name'), PROFILE_NAME_BYTES, 'profile-name'),
      ...(about !== undefined && { about: requireText(about, ABOUT_BYTES, 'profile-about') }),
      ...(picture && { picture }),
    };
  },
  encode: ({ name, about, picture }) => ({
    name: requireText(name, PROFILE_NAME_BYTES, 'profile-name'),
    about: about === undefined ? undefined : requireText(about, ABOUT_BYTES, 'profile-about'),
    picture: picture && requirePicture(picture),
  }),
};

function requireText(text: string, most: number, code: 'profile-name' | 'profile-about'): string {
  const length = Buffer.byteLength(text);
  if (length === 0 || length > most) throw new ProtocolError(code);
  return text;
}

function pictureField(map: CborMap, key: string): Uint8Array {
  const bytes = map.get(key);
  if (!(bytes instanceof Uint8Array)) throw new ProtocolError('field-type');
  return requirePicture(bytes);
}

function requirePicture(bytes: Uint8Array): Uint8Array {
  if (bytes.length > PICTURE_BYTES) throw new ProtocolError('picture-too-large');
  if (pictureType(bytes) === null) throw new ProtocolError('picture-type');
  return bytes;
}
