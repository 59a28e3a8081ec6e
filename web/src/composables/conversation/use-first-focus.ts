import { watch } from 'vue';
import type { ShallowRef } from 'vue';
import type { Focusable } from '../focusable.ts';

/**
 * Where the focus is once a conversation is opened: where one writes.
 * @param there it is drawn as soon as this is, which on a reload is later.
 * @param otherwise without a composer, and on a touch screen, where the keyboard would cover what was opened.
 */
export function useFirstFocus(
  there: Readonly<ShallowRef<unknown>>,
  composer: Readonly<ShallowRef<Focusable | null>>,
  otherwise: () => void,
): void {
  watch(
    there,
    () => {
      if (composer.value !== null && window.matchMedia('(hover: hover)').matches) composer.value.focus();
      else otherwise();
    },
    { flush: 'post', once: true },
  );
}
