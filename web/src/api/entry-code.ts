// Takes the single-use code out of the address before anything else runs, so that it stands in no history entry.
// A `loom-web url` pasted into an open tab changes only the fragment: the page stays, and the code is taken the same way.

const pattern = /^#code=([\w-]{1,64})$/;

type Listener = (code: string) => void;

let listener: Listener | null = null;
let waiting: string | null = takeCode();

function takeCode(): string | null {
  const code = pattern.exec(location.hash)?.[1] ?? null;
  if (code !== null) history.replaceState(null, '', '/');
  return code;
}

window.addEventListener('popstate', (event) => {
  const code = takeCode();
  if (code === null) return;
  event.stopImmediatePropagation(); // The router never sees it.
  if (listener === null) waiting = code;
  else listener(code);
});

/** The code the page was opened with, once; null: none. */
export function firstCode(): string | null {
  const code = waiting;
  waiting = null;
  return code;
}

/** Codes that arrive while the page is open. */
export function onLaterCode(next: Listener): void {
  listener = next;
}
