import { computed, useId } from 'vue';
import type { ComputedRef } from 'vue';

export interface Field {
  readonly id: string;
  /** For `aria-describedby`: the hint in `${id}-hint`, the error in `${id}-error`, as far as they are there. */
  readonly describedBy: ComputedRef<string | undefined>;
}

/** Ties a field to what is said about it. */
export function useField(hint: () => string, error: () => string): Field {
  const id = useId();
  const describedBy = computed(
    () =>
      [hint() !== '' ? `${id}-hint` : '', error() !== '' ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined,
  );
  return { id, describedBy };
}
