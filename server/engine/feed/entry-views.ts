// Messages as the interface sees them: what they say now, what they answer, and how others reacted.
import type { ConversationId, MessageId } from '../../contract/ids.ts';
import { timeOr } from '../../contract/words/time.ts';
import type { AuthorId, Message, MessageContent, Reaction, Reply } from '../../contract/model.ts';
import { OURSELVES } from '../../contract/messages.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { ContentOf, ParsedContent } from '../../protocol/content/content.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Folded } from '../../storage/tables/message/folded.ts';
import { isOurs, type MessageRecord, type MessageRef } from '../../storage/tables/message/message-record.ts';
import type { Authors } from '../contacts/authors.ts';
import type { Conversations } from '../contacts/conversations.ts';
import { readContent, viewOf } from '../delivery/kinds/kinds.ts';
import { quoteOf } from '../delivery/quote.ts';
import type { Links } from '../links/links.ts';

const DELETED = { kind: 'deleted', body: '' } as const;

export interface EntryViewsOptions {
  readonly store: Pick<Store, 'messages' | 'seen'>;
  readonly conversations: Conversations;
  readonly authors: Authors;
  readonly links: Pick<Links, 'activeLinksOf'>;
}

/** What is so of a whole conversation: positions up to which ours are on the wire, and up to which they have seen them. */
interface Progress {
  readonly sentUpTo: number;
  readonly seenUpTo: number;
}

const NO_PROGRESS: Progress = { sentUpTo: -Infinity, seenUpTo: -Infinity };

/** Finds a message, perhaps among those that are read already. */
type Find = (ref: MessageRef) => MessageRecord | null;

export class EntryViews {
  readonly #options: EntryViewsOptions;

  constructor(options: EntryViewsOptions) {
    this.#options = options;
  }

  /** @param content what the record says, where it was read before; null: unreadable. */
  view(record: MessageRecord, content: ParsedContent | null = readContent(record.content)): Message {
    return this.#view(record, content, this.#progressOf(record.conversation), (ref) => this.#find(ref));
  }

  /** What it says alone: not what it answers, nor how far it has got. */
  plain(record: MessageRecord): Message {
    return this.#view(record, readContent(record.content), NO_PROGRESS, () => null);
  }

  /** Messages of one conversation: those that answer one another are not read again. */
  page(records: readonly MessageRecord[]): readonly Message[] {
    const [first] = records;
    if (!first) return [];
    const progress = this.#progressOf(first.conversation);
    const near = new Map(records.map((record) => [`${record.author} ${record.id}`, record]));
    const find: Find = (ref) => near.get(`${ref.author} ${ref.id}`) ?? this.#find(ref);
    return records.map((record) => this.#view(record, readContent(record.content), progress, find));
  }

  #view(record: MessageRecord, content: ParsedContent | null, progress: Progress, find: Find): Message {
    const reactions = record.folded ? reactionsOf(record.folded) : [];
    return {
      id: record.id,
      conversation: record.conversation,
      author: record.author,
      direction: isOurs(record) ? 'out' : 'in',
      ...this.#said(record, content, find),
      // Rows of earlier Looms hold whatever was sent.
      at: timeOr(record.at, record.receivedAt),
      arrivedAt: timeOr(record.receivedAt, record.receivedAt),
      state: stateOf(record, progress),
      position: record.position,
      missing: record.missing,
      ...disappearanceOf(record),
      ...(reactions.length > 0 && { reactions }),
    };
  }

  #said(record: MessageRecord, content: ParsedContent | null, find: Find): MessageContent {
    const { folded, conversation } = record;
    if (folded?.deletedAt != null) return DELETED;
    const said = viewOf(content);
    if (said.kind !== 'text') return said;
    const reply = content?.t === 'text' && content.re ? this.#replyOf(content, conversation, find) : null;
    const last = folded?.edits.at(-1);
    const edited = last && { body: last.body ?? said.body, edits: folded?.edits.length ?? 0 };
    return { ...said, ...edited, ...(reply && { reply }) };
  }

  #replyOf({ re, quote = '' }: ContentOf<'text'>, conversation: ConversationId, find: Find): Reply | null {
    if (!re) return null;
    const [author, id] = [this.#options.authors.find(conversation, re.by), toHex(re.id) as MessageId];
    const target = author === null ? null : find({ conversation, author, id });
    if (!target) return { author, id, is: 'missing', text: quote };
    const isGone = target.state === 'hidden' || target.folded?.deletedAt != null;
    return { author, id, is: isGone ? 'deleted' : 'here', text: quoteOf(target) ?? '' };
  }

  #progressOf(conversation: ConversationId): Progress {
    const { store, conversations, links } = this.#options;
    const place = conversations.find(conversation);
    if (place?.kind !== 'direct') return NO_PROGRESS;
    return {
      sentUpTo: Math.max(-Infinity, ...links.activeLinksOf(place.contact).map(({ sentUpTo }) => sentUpTo)),
      seenUpTo: store.seen.upTo(conversation, place.contact),
    };
  }

  #find(ref: MessageRef): MessageRecord | null {
    try {
      return this.#options.store.messages.get(ref);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'damaged') return null;
      throw error;
    }
  }
}

/** Left out where it stays. */
export function disappearanceOf({ fading }: MessageRecord): Pick<Message, 'disappears'> {
  return fading ? { disappears: { after: fading.life / 1000, at: fading.until } } : {};
}

function stateOf({ author, state, position }: MessageRecord, { sentUpTo, seenUpTo }: Progress): Message['state'] {
  if (state === 'queued' && position <= sentUpTo) return 'sent';
  if (state === 'delivered' && author === OURSELVES && position <= seenUpTo) return 'read';
  return state === 'hidden' ? 'received' : state;
}

/** By emoji, in the order they were first given. */
function reactionsOf({ reactions }: Folded): readonly Reaction[] {
  const given = reactions.filter(({ emoji }) => emoji !== '').sort((a, b) => a.at - b.at);
  const byEmoji = new Map<string, AuthorId[]>();
  for (const { emoji, by } of given) byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), by]);
  return [...byEmoji].map(([emoji, by]) => ({ emoji, by, own: by.includes(OURSELVES) }));
}
