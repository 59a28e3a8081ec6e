import { onBeforeUnmount, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';

const SECOND_MS = 1000;

/** The time, in ms since 1970, moving on each second while the component lives. */
export function useNow(): Readonly<ShallowRef<number>> {
  const now = shallowRef(Date.now());
  const timer = setInterval(() => (now.value = Date.now()), SECOND_MS);
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}
