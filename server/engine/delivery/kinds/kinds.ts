// Every kind of content, by its `t`: the one place that knows them by name. Inbox, outbox and views ask here.
import type { MessageContent } from '../../../contract/model.ts';
import {
  parseContent,
  type ContentName,
  type ContentOf,
  type ParsedContent,
} from '../../../protocol/content/content.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import type { Fading } from '../../../storage/tables/message/message-record.ts';
import { deletion } from './delete.ts';
import { edit } from './edit.ts';
import { file } from './file.ts';
import { introduce } from './introduce.ts';
import type { Acting, MessageKind } from './message-kind.ts';
import { presence } from './presence.ts';
import { profile } from './profile.ts';
import { react } from './react.ts';
import { read } from './read.ts';
import { text } from './text.ts';
import { timer } from './timer.ts';

const kinds: { readonly [T in ContentName]: MessageKind<ContentOf<T>> } = {
  ...{ text, presence, introduce, file, timer },
  ...{ edit, delete: deletion, react, read, profile },
};

const CANNOT_SHOW = { kind: 'unknown', body: '' } as const;

/** Null: bytes that are no content. */
export function readContent(bytes: Uint8Array): ParsedContent | null {
  try {
    return parseContent(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

/** Whether people see it. What this version cannot read, they see as that. */
export function isShown(t: ParsedContent['t'] | undefined): boolean {
  return t === undefined || t === 'unknown' || kinds[t].view !== null;
}

export function viewOf(content: ParsedContent | null): MessageContent {
  if (content === null || content.t === 'unknown') return CANNOT_SHOW;
  const kind: MessageKind<never> = kinds[content.t];
  return kind.view?.(content as never) ?? CANNOT_SHOW;
}

/** That it disappears, its time not begun; undefined: it stays. */
export function fadingOf(content: ParsedContent | null): Fading | undefined {
  if (content === null || content.t === 'unknown') return undefined;
  const kind: MessageKind<never> = kinds[content.t];
  const life = kind.life?.(content as never) ?? null;
  return life === null ? undefined : { life, until: null };
}

/** What it changes; inside the transaction that stores it. @returns what is to be told once it is durable; null: nothing. */
export function applyContent(content: ParsedContent | null, acting: Acting): (() => void) | null {
  if (content === null || content.t === 'unknown') return null;
  const kind: MessageKind<never> = kinds[content.t];
  return kind.apply?.(content as never, acting) ?? null;
}
