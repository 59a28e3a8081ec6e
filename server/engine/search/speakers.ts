// Who said it where, and whether there is a link in it, as the one number that the index keeps of each text.
import type { ConversationId } from '../../contract/ids.ts';
import type { AuthorId, Message } from '../../contract/model.ts';

export interface Speaker {
  readonly conversation: ConversationId;
  readonly author: AuthorId;
}

/** As far as it matters to who looks for one: text-parts.ts of the page, which makes them clickable, is stricter. */
const LINK = /(?:https?:\/\/|mailto:|www\.)\S|[a-z0-9-]\.(?:com|org|net|io|dev|eu|de|at|ch|local|lan)\b/iu;

export class Speakers {
  readonly #numbers = new Map<string, number>();
  readonly #speakers: Speaker[] = [];

  tagOf({ conversation, author, body }: Pick<Message, 'conversation' | 'author' | 'body'>): number {
    const key = `${conversation} ${author}`;
    const number = this.#numbers.get(key) ?? this.#speakers.push({ conversation, author }) - 1;
    this.#numbers.set(key, number);
    return number * 2 + (LINK.test(body) ? 1 : 0);
  }

  of(tag: number): Speaker | null {
    return this.#speakers[tag >>> 1] ?? null;
  }

  hasLink(tag: number): boolean {
    return (tag & 1) === 1;
  }

  forget(): void {
    this.#numbers.clear();
    this.#speakers.length = 0;
  }
}
