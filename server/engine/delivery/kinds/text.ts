import type { ContentOf } from '../../../protocol/content/content.ts';
import { lifeOf } from './life.ts';
import type { MessageKind } from './message-kind.ts';

/** What it answers is known to who sees the conversation (`feed/entry-views.ts`). */
export const text: MessageKind<ContentOf<'text'>> = {
  life: lifeOf,
  view: ({ body, fwd }) => ({ kind: 'text', body, ...(fwd && { forwarded: true }) }),
};
