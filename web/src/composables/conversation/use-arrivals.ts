import { nextTick, shallowRef, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import { messageKey } from '../../domain/message/message-key.ts';
import type { Shown } from '../../domain/message/outgoing.ts';
import type { LogScroll } from './use-log-scroll.ts';

/** As long as the motion of one that comes; ms. */
const FRESH_MS = 400;

export interface ArrivalParts {
  readonly messages: ComputedRef<readonly Shown[]>;
  readonly scroll: LogScroll;
  /** Whether the last change put older messages in front. */
  readonly prepended: () => boolean;
}

/** Keeps the log where it stands while messages come. `fresh`: the `messageKey` of one that has come just now. */
export function useArrivals({ messages, scroll, prepended }: ArrivalParts): { readonly fresh: ShallowRef<string> } {
  const fresh = shallowRef('');

  function mark(key: string): void {
    fresh.value = key;
    setTimeout(() => fresh.value === key && (fresh.value = ''), FRESH_MS);
  }

  watch(messages, async (now, before) => {
    if (before.length === 0) {
      if (now.length > 0) await scroll.place();
      return;
    }
    if (prepended()) {
      await nextTick();
      scroll.look();
      return;
    }
    const newest = now.at(-1);
    const [key, was] = [newest, before.at(-1)].map((each) => each && messageKey(each));
    const isNew = key !== was;
    if (isNew && scroll.placed.value && scroll.atEnd.value && key !== undefined) mark(key);
    await nextTick();
    if (isNew && newest?.state === 'sending') scroll.toEnd();
    else scroll.follow();
  });
  return { fresh };
}
