import { onBeforeUnmount, onMounted, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';

/** Whether a person is looking: the tab is visible and its window has the focus. */
export function useReader(): ShallowRef<boolean> {
  const looking = shallowRef(document.visibilityState === 'visible' && document.hasFocus());
  const stop = new AbortController();

  function look(): void {
    looking.value = document.visibilityState === 'visible' && document.hasFocus();
  }

  onMounted(() => {
    const { signal } = stop;
    window.addEventListener('focus', look, { signal });
    window.addEventListener('blur', look, { signal });
    document.addEventListener('visibilitychange', look, { signal });
  });
  onBeforeUnmount(() => stop.abort());
  return looking;
}
