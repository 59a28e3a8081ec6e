import { onMounted, onBeforeUnmount, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';

/** What stands in the upper part of the pane is what one reads. */
const LINE = '0px 0px -70% 0px';

/** How a person moves the pane by hand. */
const BY_HAND = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;

export interface InView {
  /** The part that is being read, by its place among them. */
  readonly current: ShallowRef<number>;
  /** One was gone to: it counts until the pane is moved by hand, also where it is too near the end to reach the top. */
  readonly pin: (at: number) => void;
}

/** Follows which of several parts of a scrolled pane is being read. */
export function useInView(pane: () => HTMLElement | null, parts: () => readonly HTMLElement[]): InView {
  const current = shallowRef(0);
  const seen = new Set<Element>();
  let pinned = false;
  let observer: IntersectionObserver | undefined;

  function look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target);
      else seen.delete(target);
    }
    const first = parts().findIndex((part) => seen.has(part));
    if (first >= 0 && !pinned) current.value = first;
  }

  function unpin(): void {
    pinned = false;
  }

  onMounted(() => {
    const root = pane();
    observer = new IntersectionObserver(look, { root, rootMargin: LINE });
    for (const part of parts()) observer.observe(part);
    for (const event of BY_HAND) root?.addEventListener(event, unpin, { capture: true, passive: true });
  });
  onBeforeUnmount(() => {
    observer?.disconnect();
  });

  function pin(at: number): void {
    pinned = true;
    current.value = at;
  }

  return { current, pin };
}
