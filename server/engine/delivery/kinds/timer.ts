// Somebody sets how long what is written in a conversation from now on is there. Of two settings that crossed, both sides take the same.
import type { ContentOf } from '../../../protocol/content/content.ts';
import type { TimerSetting } from '../../../storage/tables/timers.ts';
import type { MessageKind } from './message-kind.ts';

/**
 * So far ahead of ours a clock counts, ms: 20 years, more than clocks are ever wrong. Who claims more is taken to be there, so that
 * nobody's setting stands for ever.
 */
export const AHEAD_MS = 20 * 365 * 24 * 60 * 60 * 1000;

export const timer: MessageKind<ContentOf<'timer'>> = {
  view: ({ after }) => ({ kind: 'change', body: '', change: { timer: after } }),
  apply({ after }, { act, entries, told }) {
    const { conversation, at, receivedAt } = act;
    const setting = { after, at: Math.min(at, receivedAt + AHEAD_MS) };
    return entries.setTimer(conversation, setting) ? () => told.onTimer(conversation) : null;
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
