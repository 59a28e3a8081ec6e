import { onBeforeUnmount, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';

/** Long enough to be read in passing; ms. */
const SHOWN_MS = 4000;

/** A word that goes by itself. */
export function useNotice(): { readonly notice: ShallowRef<string>; readonly say: (word: string) => void } {
  const notice = shallowRef('');
  let timer: ReturnType<typeof setTimeout> | undefined;

  function say(word: string): void {
    notice.value = word;
    clearTimeout(timer);
    timer = setTimeout(() => (notice.value = ''), SHOWN_MS);
  }

  onBeforeUnmount(() => clearTimeout(timer));
  return { notice, say };
}
