// Which texts a query lets through by who said them where and when; what they say is looked at after that.
import type { ConversationId } from '../../contract/ids.ts';
import { OURSELVES } from '../../contract/messages.ts';
import type { AuthorId, PersonId } from '../../contract/model.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { Roster } from '../contacts/roster.ts';
import { fold } from './fold.ts';
import type { Query } from './query.ts';
import type { Speaker, Speakers } from './speakers.ts';

/** What the notes to ourselves go by in `in:`. */
const NOTES = 'notes to self';

export interface NarrowingOptions {
  readonly speakers: Speakers;
  readonly conversations: Pick<Conversations, 'find'>;
  readonly roster: Pick<Roster, 'find'>;
}

/** @param within only what was said there; null: anywhere. @returns as the index asks it, with times in seconds. */
export function narrowing(
  options: NarrowingOptions,
  query: Query,
  within: ConversationId | null,
): (tag: number, time: number) => boolean {
  const { speakers } = options;
  const known = new Map<number, boolean>();
  const fromSpeaker = (tag: number): boolean => {
    const answer = known.get(tag) ?? isWanted(options, query, within, tag);
    known.set(tag, answer);
    return answer;
  };
  const after = query.after === null ? -Infinity : query.after / 1000;
  const before = query.before === null ? Infinity : query.before / 1000;
  const hasAll = (tag: number): boolean => query.has.every((what) => speakers.has(tag, what));
  return (tag, time) => time >= after && time < before && hasAll(tag) && fromSpeaker(tag);
}

function isWanted(options: NarrowingOptions, query: Query, within: ConversationId | null, tag: number): boolean {
  const speaker = options.speakers.of(tag);
  if (!speaker || (within !== null && speaker.conversation !== within)) return false;
  const isFrom = (name: string): boolean => isCalled(options, speaker.author, name);
  const place = placeName(options, speaker);
  return any(query.from, isFrom) && any(query.in, (name) => place.includes(name));
}

/** Of those that are named one is enough. */
function any(names: readonly string[], isSo: (name: string) => boolean): boolean {
  return names.length === 0 || names.some(isSo);
}

function isCalled({ roster }: NarrowingOptions, author: AuthorId, name: string): boolean {
  if (author === OURSELVES || name === OURSELVES) return author === name;
  return nameOf(roster, author).includes(name);
}

/** Folded. */
function placeName({ conversations, roster }: NarrowingOptions, { conversation }: Speaker): string {
  const place = conversations.find(conversation);
  if (!place) return '';
  return place.kind === 'notes' ? NOTES : nameOf(roster, place.contact);
}

/** Folded. */
function nameOf(roster: Pick<Roster, 'find'>, person: PersonId): string {
  return fold(roster.find(person)?.name ?? '');
}
