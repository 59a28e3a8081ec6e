// What a line says that somebody has changed something by.
import type { MessageContent } from '../../../../../server/contract/model.ts';
import { isolateName } from '../../../domain/names.ts';
import { lifeText } from '../../../text/lives.ts';
import { text } from '../../../text/text.ts';

type Change = Extract<MessageContent, { readonly kind: 'change' }> & { readonly direction: 'in' | 'out' };

/** @param author who has changed it, if it was not us. */
export function changeLine({ change: { timer }, direction }: Change, author: string): string {
  const who = direction === 'out' ? text('chat.you') : isolateName(author);
  if (timer === 0) return text('timer.turnedOff', { who });
  return text('timer.set', { who, life: lifeText(timer) });
}
