// The TXT record (RFC 6763 §6): `v=2`, `n=<8 bytes>`, `h=<16 bytes>`, `s=<128 bytes>` in base64url; for who is visible to
// everyone also `name=<UTF-8>` and `token=<identity token>`. A card that is not sound is left out, and the rest counts.
import { utf8 } from '../../../crypto/bytes.ts';
import { CARD_NAME_BYTES, type Card } from '../../discovery.ts';
import { HINT_LENGTH, NONCE_LENGTH, SLOTS_LENGTH } from '../../hint.ts';

export interface PresenceText {
  readonly nonce: Uint8Array;
  readonly hint: Uint8Array;
  /** Left out by Looms that know no slots. */
  readonly slots?: Uint8Array;
  readonly card?: Card;
}

/** RFC 1035 §3.3: a length byte stands before each string. */
const STRING_BYTES = 255;
/** What a token looks like; whether it is one is found where tokens are read. */
const TOKEN = /^LOOM-[A-Z2-7]{8,240}$/;

/** @throws Error on a name or token out of bounds. */
export function encodeText({ nonce, hint, slots, card }: PresenceText): Buffer[] {
  if (card && !isSound(card)) throw new Error('a name or a token out of bounds');
  const texts = [
    'v=2',
    `n=${base64url(nonce)}`,
    `h=${base64url(hint)}`,
    ...(slots ? [`s=${base64url(slots)}`] : []),
    ...(card ? [`name=${card.name}`, `token=${card.token}`] : []),
  ];
  return texts.map((text) => Buffer.from(text));
}

/** @returns null for anything but version 2 with `n` and `h`. Of a repeated key the first counts (RFC 6763 §6.4). */
export function parseText(strings: readonly Buffer[]): PresenceText | null {
  const values = new Map<string, string>();
  for (const string of strings) {
    const text = string.toString('latin1');
    const equals = text.indexOf('=');
    const key = text.slice(0, equals).toLowerCase();
    if (equals > 0 && !values.has(key)) values.set(key, text.slice(equals + 1));
  }
  const nonce = fromBase64url(values.get('n'), NONCE_LENGTH);
  const hint = fromBase64url(values.get('h'), HINT_LENGTH);
  if (values.get('v') !== '2' || !nonce || !hint) return null;
  const slots = fromBase64url(values.get('s'), SLOTS_LENGTH);
  const card = readCard(values.get('name'), values.get('token'));
  return { nonce, hint, ...(slots && { slots }), ...(card && { card }) };
}

export function sameText(a: PresenceText | null, b: PresenceText | null): boolean {
  if (!a || !b) return a === b;
  return Buffer.concat(encodeText(a)).equals(Buffer.concat(encodeText(b)));
}

/** @param name, token bytes as latin1. */
function readCard(name: string | undefined, token: string | undefined): Card | null {
  if (name === undefined || token === undefined) return null;
  const card = { name: Buffer.from(name, 'latin1').toString('utf8'), token };
  // Bytes that are no UTF-8 come out as others.
  return Buffer.from(card.name).toString('latin1') === name && isSound(card) ? card : null;
}

function isSound({ name, token }: Card): boolean {
  const length = utf8(name).length;
  const named = length > 0 && length <= CARD_NAME_BYTES && name === name.normalize('NFC');
  return named && TOKEN.test(token) && `token=${token}`.length <= STRING_BYTES;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/** One spelling only: what does not encode back to itself is refused. */
function fromBase64url(text: string | undefined, length: number): Uint8Array | null {
  if (text === undefined) return null;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === length && base64url(bytes) === text ? new Uint8Array(bytes) : null;
}
