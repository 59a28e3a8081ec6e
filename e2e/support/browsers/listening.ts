// What a page puts on its console, and what a browser says only to the page itself, written down inside the page: some
// browsers tell nobody else.

/** Runs in the page, before or right after everything else of it; once, however often it is called. */
function listen(): void {
  const page = window as unknown as { loomComplaints?: string[] };
  if (page.loomComplaints !== undefined) return;
  const complaints: string[] = [];
  page.loomComplaints = complaints;
  for (const kind of ['debug', 'log', 'info', 'warn', 'error'] as const) {
    const said = console[kind].bind(console);
    console[kind] = (...words: unknown[]) => {
      complaints.push(`${kind}: ${words.map(String).join(' ')}`);
      said(...words);
    };
  }
  // What the page itself waves aside reaches no console. Firefox lets nobody wave aside that rows are measured in the next frame.
  addEventListener('error', (event) => {
    const harmless = !event.cancelable && event.message.startsWith('ResizeObserver loop');
    setTimeout(() => harmless || event.defaultPrevented || complaints.push(`error: ${event.message}`));
  });
  addEventListener('unhandledrejection', ({ reason }) => complaints.push(`rejection: ${String(reason)}`));
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
    complaints.push(`refused: ${violatedDirective} ${blockedURI} in ${sourceFile}`),
  );
}

/** A script that begins to write down. */
export const LISTENING = `(${listen.toString()})()`;

/** An expression of all that was written down since the page was loaded. */
export const HEARD = 'globalThis.loomComplaints ?? []';

/** The browser's own words about a Loom that a test has ended. */
export function isExpected(complaint: string): boolean {
  return /Failed to load resource|WebSocket|can’t establish a connection|connection .* was interrupted/.test(complaint);
}
