import { nextTick } from 'vue';
import type { ComputedRef } from 'vue';
import type { MenuPlace } from '../../components/base/menu.ts';
import { actionsOf, type MessageAction } from '../../domain/message/message-actions.ts';
import type { Shown } from '../../domain/message/outgoing.ts';
import { useOffers } from './use-offers.ts';

export interface NewestParts {
  readonly messages: ComputedRef<readonly Shown[]>;
  readonly act: (action: MessageAction, message: Shown, place: MenuPlace) => void;
}

/** Where a message is drawn; in the middle of the window when it is not. */
function placeOf({ id }: Shown): MenuPlace {
  const bubble = document.querySelector(`[data-message="${id}"] .bubble`);
  if (bubble === null) return { x: window.innerWidth / 2, y: window.innerHeight / 2 };
  const { left, top } = bubble.getBoundingClientRect();
  return { x: left, y: top };
}

/** Answers the newest message, or reacts to it: theirs, before ours. */
export function useNewest({ messages, act }: NewestParts): void {
  async function toNewest(action: 'reply' | 'react'): Promise<void> {
    const fit = messages.value.filter((message) => actionsOf(message).includes(action));
    const message = fit.findLast(({ direction }) => direction === 'in') ?? fit.at(-1);
    if (message === undefined) return;
    await nextTick();
    act(action, message, placeOf(message));
  }

  useOffers(
    { replyNewest: () => void toNewest('reply'), reactNewest: () => void toNewest('react') },
    () => messages.value.length > 0,
  );
}
