import { shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import { CallError } from '../api/pending.ts';
import { errorText } from '../text/text.ts';

export interface Task {
  readonly busy: ShallowRef<boolean>;
  /** What to tell people; empty: nothing went wrong. */
  readonly error: ShallowRef<string>;
  readonly code: ShallowRef<CallError['code'] | null>;
  /** Which of several is at fault, from 1; null: not said. */
  readonly at: ShallowRef<number | null>;
  /** True when `action` succeeded. While one is under way another is not begun. */
  readonly run: (action: () => Promise<unknown>) => Promise<boolean>;
  readonly clear: () => void;
}

/** A request behind a button: busy while it runs, and in words when it fails. */
export function useTask(): Task {
  const busy = shallowRef(false);
  const error = shallowRef('');
  const code = shallowRef<CallError['code'] | null>(null);
  const at = shallowRef<number | null>(null);

  function clear(): void {
    error.value = '';
    code.value = null;
    at.value = null;
  }

  async function run(action: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    clear();
    try {
      await action();
      return true;
    } catch (caught) {
      error.value = errorText(caught);
      code.value = caught instanceof CallError ? caught.code : 'internal';
      at.value = caught instanceof CallError ? (caught.at ?? null) : null;
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, error, code, at, run, clear };
}
