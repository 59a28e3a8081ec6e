// What stands inside an envelope once it is opened (SPEC §6): the kinds of content this version knows. The sender is an
// authenticated contact, who may still send anything: texts are measured, unknown kinds are kept by name.
import { utf8 } from '../../crypto/bytes.ts';
import { encodeCbor, parseCborMap, textField, uintField } from '../cbor/cbor.ts';
import { ProtocolError } from '../errors.ts';
import { CONTENT_TYPE_BYTES } from '../limits.ts';
import type { ContentKind, Numbered } from './content-kind.ts';
import { deletion } from './kinds/delete.ts';
import { edit } from './kinds/edit.ts';
import { file } from './kinds/file.ts';
import { introduce } from './kinds/introduce.ts';
import { presence } from './kinds/presence.ts';
import { profile } from './kinds/profile.ts';
import { react } from './kinds/react.ts';
import { read } from './kinds/read.ts';
import { text } from './kinds/text.ts';
import { timer } from './kinds/timer.ts';

/** Every kind, by its `t` on the wire. A new one is a module and a row here. */
const kinds = { text, presence, introduce, file, edit, delete: deletion, react, read, timer, profile };

type Kinds = typeof kinds;
export type ContentName = keyof Kinds;

/** What a content of this kind says, before it has a time and a number. */
export type SaidOf<T extends ContentName> = { readonly t: T } & ReturnType<Kinds[T]['parse']>;
export type Said = { [T in ContentName]: SaidOf<T> }[ContentName];

export type ContentOf<T extends ContentName> = SaidOf<T> & Numbered;
export type Content = { [T in ContentName]: ContentOf<T> }[ContentName];

/** A kind of a later version: stored, and shown as a message this version cannot show. */
export interface UnknownContent extends Numbered {
  readonly t: 'unknown';
  readonly name: string;
}

export type ParsedContent = Content | UnknownContent;

/** @throws Error on a text, key or number out of bounds: whoever composes checks first. */
export function encodeContent(content: Content): Uint8Array {
  const { t, at, seq } = content;
  if (at < 0 || seq < 1) throw new Error('content without time or number');
  const kind: Pick<ContentKind<never>, 'encode'> = kinds[t];
  return encodeCbor({ ...kind.encode(content as never), t, at, seq });
}

/** @throws ProtocolError. */
export function parseContent(bytes: Uint8Array): ParsedContent {
  const map = parseCborMap(bytes);
  const name = textField(map, 't');
  const at = uintField(map, 'at');
  const seq = uintField(map, 'seq');
  if (seq === 0) throw new ProtocolError('content-sequence');
  if (isKnown(name)) return { ...kinds[name].parse(map), t: name, at, seq } as Content;
  if (utf8(name).length > CONTENT_TYPE_BYTES) throw new ProtocolError('content-type');
  return { t: 'unknown', name, at, seq };
}

function isKnown(name: string): name is ContentName {
  return Object.hasOwn(kinds, name);
}
