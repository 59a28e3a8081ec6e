// Somebody sets how long what is written in a conversation from now on is there. Of two settings that crossed, both sides take the same.
import type { ContentOf } from '../../../protocol/content/content.ts';
import type { TimerSetting } from '../../../storage/tables/timers.ts';
import type { MessageKind } from './message-kind.ts';

export const timer: MessageKind<ContentOf<'timer'>> = {
  view: ({ after }) => ({ kind: 'change', body: '', change: { timer: after } }),
  apply({ after }, { act, entries, told }) {
    // As both sides have it, however far apart their clocks are: whoever sets the next is past it.
    const { conversation, at } = act;
    return entries.setTimer(conversation, { after, at }) ? () => told.onTimer(conversation) : null;
  },
};

/** Of two settings the later counts; of two at one time the shorter, which no side can miss. */
export function isLater(setting: TimerSetting, known: TimerSetting): boolean {
  if (setting.at !== known.at) return setting.at > known.at;
  return lifeOf(setting) < lifeOf(known);
}

function lifeOf({ after }: TimerSetting): number {
  return after === 0 ? Infinity : after;
}
