import { onBeforeUnmount, onMounted } from 'vue';
import { keyCaps, shortcutFor } from '../../domain/keys/shortcuts.ts';
import { useCommands } from '../../stores/commands.ts';

/** Whether `Mod` is ⌘ here. */
export const isMac = /^Mac|^iP/.test(navigator.platform);

/** The keys that send, whatever Enter does. */
export const SENDING = keyCaps('Mod Enter', isMac).join(isMac ? '' : '+');

/** What writes a sign where it stands. */
const WRITING = 'input, textarea, select, [contenteditable]';

/** The page's shortcuts: each does what its command offers, unless something lies over the page. */
export function useShortcuts(): void {
  const commands = useCommands();

  function pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const id = shortcutFor(event, ['everywhere', 'conversation'], isMac);
    const writes = event.target instanceof Element && event.target.matches(WRITING);
    const isSign = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1;
    if (id === undefined || (writes && isSign)) return;
    // Under a dialog nothing is done, and nothing else either, such as the browser's own search bar.
    const isCovered = document.querySelector('dialog[open]') !== null;
    if (isCovered ? !isSign : commands.run(id)) event.preventDefault();
  }

  onMounted(() => window.addEventListener('keydown', pressed));
  onBeforeUnmount(() => window.removeEventListener('keydown', pressed));
}
