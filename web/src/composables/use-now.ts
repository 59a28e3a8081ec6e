import { customRef, onBeforeUnmount } from 'vue';
import type { Ref } from 'vue';

const SECOND_MS = 1000;

/** The time, in ms since 1970, moving on each second while the component lives. */
export function useNow(): Readonly<Ref<number>> {
  return customRef((track, trigger) => {
    const timer = setInterval(trigger, SECOND_MS);
    onBeforeUnmount(() => clearInterval(timer));
    return {
      // Not that of the last second: what has just been set to end in ten minutes would end in 10:01.
      get: () => {
        track();
        return Date.now();
      },
      set: () => undefined,
    };
  });
}
