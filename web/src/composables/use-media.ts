import { onBeforeUnmount, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';

/** Follows a media query. */
export function useMedia(query: string): ShallowRef<boolean> {
  const list = window.matchMedia(query);
  const matches = shallowRef(list.matches);
  const stop = new AbortController();
  list.addEventListener('change', () => (matches.value = list.matches), { signal: stop.signal });
  onBeforeUnmount(() => stop.abort());
  return matches;
}
