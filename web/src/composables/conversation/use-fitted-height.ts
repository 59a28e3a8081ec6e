import { nextTick, onMounted, watch } from 'vue';
import type { Ref } from 'vue';

/** About eight lines; more scrolls inside. In rem. */
const TALLEST = 13;

/** A text area is as tall as what is written in it, up to a bound. */
export function useFittedHeight(input: Readonly<Ref<HTMLTextAreaElement | null>>, draft: Readonly<Ref<string>>): void {
  function fit(): void {
    const field = input.value;
    if (field === null) return;
    const tallest = TALLEST * parseFloat(getComputedStyle(document.documentElement).fontSize);
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, tallest)}px`;
    field.style.overflowY = field.scrollHeight > tallest ? 'auto' : 'hidden';
  }

  watch(draft, () => nextTick(fit));
  onMounted(fit);
}
