import { computed, shallowRef, useId, watch } from 'vue';
import type { ComputedRef } from 'vue';

export interface Field {
  readonly id: string;
  /** For `aria-describedby`: the hint in `${id}-hint`, the error in `${id}-error`, as far as they are there. */
  readonly describedBy: ComputedRef<string | undefined>;
  /** The error, until the person types: what was said of the old value is not true of the new one. */
  readonly fault: ComputedRef<string>;
  /** The person has typed. */
  readonly typed: () => void;
}

/** Ties a field to what is said about it. */
export function useField(hint: () => string, error: () => string): Field {
  const id = useId();
  const answered = shallowRef(false);
  const fault = computed(() => (answered.value ? '' : error()));
  const describedBy = computed(
    () =>
      [hint() !== '' ? `${id}-hint` : '', fault.value !== '' ? `${id}-error` : ''].filter(Boolean).join(' ') ||
      undefined,
  );
  watch(error, () => (answered.value = false));
  return { id, describedBy, fault, typed: () => (answered.value = true) };
}
