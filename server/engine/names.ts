// The names of people, ours and theirs: what is kept is NFC, trimmed, and within the wire's bound.
import { CommandError } from '../contract/errors.ts';
import { NAME_BYTES } from '../contract/limits.ts';
import { utf8 } from '../crypto/bytes.ts';

/** Line breaks, tabs and other controls have no place in a name. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** @throws CommandError name-empty or name-too-long. */
export function cleanName(text: string): string {
  const name = text.replace(CONTROLS, ' ').normalize('NFC').trim();
  if (name === '') throw new CommandError('name-empty', 'a name is needed');
  if (utf8(name).length > NAME_BYTES) throw new CommandError('name-too-long', `a name has at most ${NAME_BYTES} bytes`);
  return name;
}

/** A name from the wire, made fit to keep: cut rather than refused, and never empty. */
export function receivedName(name: string | undefined, identityKey: string): string {
  const cleaned = (name ?? '').replace(CONTROLS, ' ').normalize('NFC').trim();
  return cleaned === '' ? identityKey.slice(0, 8) : cleaned;
}
