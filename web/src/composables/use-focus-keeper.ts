import { onBeforeUnmount } from 'vue';
import { stopOf } from './use-panes.ts';

/** Whoever takes something away and knows where to go on has done so by then; ms. */
const SETTLED_MS = 120;

/** Where the keyboard goes on, from the nearest outwards. */
const HOME = '[data-home], [data-pane]';

/**
 * Keeps the place of the keyboard. When what had the focus goes, the focus stays near: in the same list, the same setting,
 * or where one writes. The browser would begin at the top of the page again.
 */
export function useFocusKeeper(): void {
  let around: readonly Element[] = [];

  function remember({ target }: FocusEvent): void {
    around = target instanceof Element ? ancestorsOf(target) : [];
  }

  function keep(homes: readonly Element[]): void {
    if (document.activeElement !== document.body || document.querySelector('dialog[open]') !== null) return;
    // A field would bring up the keyboard of a phone.
    const types = window.matchMedia('(hover: hover)').matches;
    for (const home of homes) {
      const stop = (types ? home.querySelector<HTMLElement>('[data-first]') : null) ?? stopOf(home);
      stop?.focus({ preventScroll: true });
      if (stop !== undefined && document.activeElement === stop) return;
    }
  }

  /** Whoever presses beside everything has left it. */
  function left(): void {
    if (document.activeElement === document.body && around[0]?.isConnected === true) around = [];
  }

  const observer = new MutationObserver(() => {
    const [held] = around;
    if (held === undefined || held.isConnected) return;
    const homes = around.filter((element) => element.isConnected && element.matches(HOME));
    around = [];
    setTimeout(keep, SETTLED_MS, homes);
  });
  document.addEventListener('focusin', remember);
  document.addEventListener('click', left);
  observer.observe(document.body, { childList: true, subtree: true });
  onBeforeUnmount(() => {
    observer.disconnect();
    document.removeEventListener('focusin', remember);
    document.removeEventListener('click', left);
  });
}

function ancestorsOf(element: Element): Element[] {
  const all: Element[] = [];
  for (let each: Element | null = element; each !== null; each = each.parentElement) all.push(each);
  return all;
}
