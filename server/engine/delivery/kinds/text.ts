import type { ContentOf } from '../../../protocol/content/content.ts';
import { TIMER_SECONDS } from '../../../protocol/limits.ts';
import type { MessageKind } from './message-kind.ts';

/** Nothing of theirs goes the moment it is seen. */
const SHORTEST_MS = TIMER_SECONDS * 1000;

/** What it answers is known to who sees the conversation (`feed/entry-views.ts`). */
export const text: MessageKind<ContentOf<'text'>> = {
  life: ({ ttl }) => (ttl === undefined ? null : Math.max(ttl * 1000, SHORTEST_MS)),
  view: ({ body, fwd }) => ({ kind: 'text', body, ...(fwd && { forwarded: true }) }),
};
