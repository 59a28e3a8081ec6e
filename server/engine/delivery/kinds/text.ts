import type { ContentOf } from '../../../protocol/content/content.ts';
import type { MessageKind } from './message-kind.ts';

export const text: MessageKind<ContentOf<'text'>> = {
  view: ({ body }) => ({ kind: 'text', body }),
};
