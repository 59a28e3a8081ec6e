import { computed, nextTick, shallowRef } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';

/** A far row is drawn a few frames after the list has scrolled to it. */
const FRAMES = 20;

export interface RovingParts {
  readonly list: Readonly<ShallowRef<HTMLElement | null>>;
  readonly ids: () => readonly string[];
  /** Where Tab leads while no row has been chosen. */
  readonly otherwise: () => number;
  /** What of a row takes the focus. */
  readonly selector: string;
  readonly scrollTo: (at: number) => void;
}

export interface Roving {
  /** Index of the row that Tab leads to; the others are reached from there by the arrow keys. */
  readonly current: ComputedRef<number>;
  /** Index of the row with the focus, so that it stays drawn; -1: none. */
  readonly chosen: ComputedRef<number>;
  /** To a row, from wherever the focus is. @returns false when there is none at `at`. */
  readonly focusAt: (at: number) => boolean;
  readonly focusIn: (event: FocusEvent) => void;
  /** Moves on by the arrow keys, Home and End. @returns whether the key was one of them. */
  readonly move: (event: KeyboardEvent) => boolean;
}

/** One Tab stop for a list of which only some rows are drawn. A row says its index in `data-row`. */
export function useRoving({ list, ids, otherwise, selector, scrollTo }: RovingParts): Roving {
  const id = shallowRef('');
  const chosen = computed(() => (id.value === '' ? -1 : ids().indexOf(id.value)));
  const current = computed(() => (chosen.value >= 0 ? chosen.value : otherwise()));

  /** @param from what has the focus now: once something else took it, that is where somebody wants to be. */
  function focusRow(at: number, from: Element | null, frames = FRAMES): void {
    if (document.activeElement !== from && from?.isConnected === true) return;
    const row = list.value?.querySelector<HTMLElement>(`[data-row="${at}"] ${selector}`) ?? null;
    row?.focus({ preventScroll: true });
    // Until it is measured it is there but hidden, and takes no focus.
    const taken = row !== null && document.activeElement === row;
    if (!taken && frames > 0) requestAnimationFrame(() => focusRow(at, from, frames - 1));
  }

  function focusAt(at: number): boolean {
    const next = ids()[at];
    if (next === undefined) return false;
    id.value = next;
    scrollTo(at);
    void nextTick(() => focusRow(at, document.activeElement));
    return true;
  }

  function rowOf(target: EventTarget | null): number {
    const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
    return row === null ? -1 : Number(row.dataset.row);
  }

  function move(event: KeyboardEvent): boolean {
    const at = rowOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const last = ids().length - 1;
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last };
    const next = steps[event.key];
    if (next === undefined) return false;
    event.preventDefault();
    focusAt(Math.max(0, Math.min(next, last)));
    return true;
  }

  return { current, chosen, focusAt, move, focusIn: ({ target }) => (id.value = ids()[rowOf(target)] ?? '') };
}
