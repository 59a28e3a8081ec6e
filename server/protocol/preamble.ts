// The first bytes of a link, in the clear (SPEC §3): what it is for, and the versions that its initiator speaks.
import { concat, equal, readU16, u16, utf8 } from '../crypto/bytes.ts';
import { ProtocolError } from './errors.ts';
import { PROTOCOL_VERSION } from './limits.ts';

/** What a link is for: messages and all that is small, or the bytes of files (SPEC §11). */
export type LinkPurpose = 'chat' | 'bulk';

const MAGIC: Readonly<Record<LinkPurpose, Uint8Array>> = { chat: utf8('LOOM'), bulk: utf8('LOOB') };
const MAGIC_BYTES = 4;

/** 8 bytes. */
export function preambleFor(purpose: LinkPurpose): Uint8Array {
  return concat(MAGIC[purpose], u16(PROTOCOL_VERSION), u16(PROTOCOL_VERSION));
}

/** "LOOM" or "LOOB" ‖ lowest(u16) ‖ highest(u16), our version within. @throws ProtocolError. */
export function readPurpose(preamble: Uint8Array): LinkPurpose {
  const magic = preamble.subarray(0, MAGIC_BYTES);
  const purpose = (['chat', 'bulk'] as const).find((each) => equal(MAGIC[each], magic));
  if (!purpose) throw new ProtocolError('preamble-malformed');
  const lowest = readU16(preamble, MAGIC_BYTES);
  const highest = readU16(preamble, MAGIC_BYTES + 2);
  if (lowest > highest) throw new ProtocolError('preamble-malformed');
  if (lowest > PROTOCOL_VERSION || highest < PROTOCOL_VERSION) throw new ProtocolError('version-unsupported');
  return purpose;
}
