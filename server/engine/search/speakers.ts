// Who said it where, and what else is in it, as the one number that the index keeps of each text.
import type { ConversationId } from '../../contract/ids.ts';
import type { AuthorId, Message } from '../../contract/model.ts';
import type { Has } from './query.ts';

export interface Speaker {
  readonly conversation: ConversationId;
  readonly author: AuthorId;
}

/** As far as it matters to who looks for one: text-parts.ts of the page, which makes them clickable, is stricter. */
const LINK = /(?:https?:\/\/|mailto:|www\.)\S|[a-z0-9-]\.(?:com|org|net|io|dev|eu|de|at|ch|local|lan)\b/iu;

/** What there may be, in the lowest bits of the number. */
const BIT: Readonly<Record<Has, number>> = { link: 1, file: 2, image: 4 };
const BITS = 3;

export class Speakers {
  readonly #numbers = new Map<string, number>();
  readonly #speakers: Speaker[] = [];

  tagOf(message: Message): number {
    const { conversation, author } = message;
    const key = `${conversation} ${author}`;
    const number = this.#numbers.get(key) ?? this.#speakers.push({ conversation, author }) - 1;
    this.#numbers.set(key, number);
    return number * 2 ** BITS + bitsOf(message);
  }

  of(tag: number): Speaker | null {
    return this.#speakers[tag >>> BITS] ?? null;
  }

  has(tag: number, what: Has): boolean {
    return (tag & BIT[what]) !== 0;
  }

  forget(): void {
    this.#numbers.clear();
    this.#speakers.length = 0;
  }
}

function bitsOf(message: Message): number {
  const isFile = message.kind === 'file';
  const isImage = isFile && message.file.type.startsWith('image/');
  return (LINK.test(message.body) ? BIT.link : 0) | (isFile ? BIT.file : 0) | (isImage ? BIT.image : 0);
}
