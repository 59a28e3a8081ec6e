import { onBeforeUnmount } from 'vue';

const STOPS = 'a[href], button:not([disabled]), input, textarea, select, summary, [tabindex="0"]';

/** The first that the keyboard can go to in it. */
export function stopOf(pane: Element): HTMLElement | undefined {
  const stops = pane.matches(STOPS) ? [pane] : [...pane.querySelectorAll(STOPS)];
  const open = stops.filter((stop): stop is HTMLElement => stop instanceof HTMLElement && stop.tabIndex >= 0);
  return open.find((stop) => stop.checkVisibility({ visibilityProperty: true }));
}

/** F6 and Shift+F6 lead from pane to pane: each element with `data-pane`, in their order on the page. */
function step(event: KeyboardEvent): void {
  if (event.key !== 'F6' || event.ctrlKey || event.altKey || event.metaKey) return;
  if (document.querySelector('dialog[open]') !== null) return;
  event.preventDefault();
  const panes = [...document.querySelectorAll('[data-pane]')].filter((pane) => stopOf(pane) !== undefined);
  const now = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = event.shiftKey ? (now < 0 ? panes.length : now) - 1 : now + 1;
  const pane = panes[(next + panes.length) % panes.length];
  if (pane !== undefined) stopOf(pane)?.focus();
}

export function usePanes(): void {
  window.addEventListener('keydown', step);
  onBeforeUnmount(() => window.removeEventListener('keydown', step));
}
