// The names of people, ours and theirs: what is kept is tidy and within the bounds of the contract.
import { CommandError } from '../../contract/errors.ts';
import { ABOUT_BYTES, NAME_CHARACTERS } from '../../contract/limits.ts';
import { aboutFits, cutName, isBlankName, nameFits, tidyName } from '../../contract/words/names.ts';
import { toHex } from '../../crypto/bytes.ts';

/** @throws CommandError name-empty or name-too-long. */
export function cleanName(text: string): string {
  const name = tidyName(text);
  if (isBlankName(name)) throw new CommandError('name-empty', 'a name is needed');
  if (!nameFits(name)) throw new CommandError('name-too-long', `a name has at most ${NAME_CHARACTERS} characters`);
  return name;
}

/** A line about us; empty: none. @throws CommandError about-too-long. */
export function cleanAbout(text: string): string {
  const about = tidyName(text);
  if (!aboutFits(about))
    throw new CommandError('about-too-long', `what is said about you has at most ${ABOUT_BYTES} bytes`);
  return isBlankName(about) ? '' : about;
}

/** A name from the wire, made fit to keep: cut rather than refused, and never empty. */
export function receivedName(name: string | undefined, identityKey: string): string {
  const cut = cutName(tidyName(name ?? ''));
  return isBlankName(cut) ? identityKey.slice(0, 8) : cut;
}

/** Of a contact whose invite has let us in: the one they give themselves, where the person who came by it gave none. */
export function nameOnMeeting({ name, ik }: Named, theirs: string | undefined): string {
  const key = toHex(ik);
  return name === receivedName(undefined, key) ? receivedName(theirs, key) : name;
}

interface Named {
  readonly name: string;
  readonly ik: Uint8Array;
}
