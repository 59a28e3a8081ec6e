// What a browser would put on its console though nothing is wrong, so that whatever stands there is worth reading.

/**
 * The list of messages draws rows once others are measured, and measures those in the next frame, as it should; the browser
 * calls that an error (Resize Observer §3.4.6), to nobody's use.
 */
export function quietMeasuring(): void {
  window.addEventListener('error', (event) => {
    if (event.message.startsWith('ResizeObserver loop')) event.preventDefault();
  });
}

/** On a touch screen the keyboard takes its room from the page instead of covering the end of it. WebKit knows no such word. */
export function makeRoomForKeyboard(): void {
  const viewport = document.querySelector<HTMLMetaElement>('meta[name=viewport]');
  if (viewport !== null && 'virtualKeyboard' in navigator) viewport.content += ', interactive-widget=resizes-content';
}
