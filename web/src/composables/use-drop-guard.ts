import { onBeforeUnmount } from 'vue';

/** What is dropped beside the places that take it: the browser would open it in place of the page. */
function refuse(event: DragEvent): void {
  if (event.defaultPrevented || event.dataTransfer?.types.includes('Files') !== true) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'none';
}

export function useDropGuard(): void {
  for (const type of ['dragover', 'drop'] as const) window.addEventListener(type, refuse);
  onBeforeUnmount(() => {
    for (const type of ['dragover', 'drop'] as const) window.removeEventListener(type, refuse);
  });
}
