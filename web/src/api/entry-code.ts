// Takes what led here out of the address before anything else runs: the single-use code, so that it stands in no history
// entry, and the mark of the landing page that says that nobody knows who led here (server/http/opening/landing.ts).
// A `loom-web url` pasted into an open tab changes only the fragment: the page stays, and the code is taken the same way.
import { forgetAsk, keepAsk, readAsk } from './tab-storage.ts';

export interface EntryCode {
  readonly code: string;
  /** From the file that Loom itself opened in the browser. */
  readonly launch: boolean;
}

const MARK = '#ask';
const pattern = /^#(code|launch)=([\w-]{1,64})$/;

type Listener = (code: EntryCode) => void;

let listener: Listener | null = null;
let asks = false;
let waiting: EntryCode | null = takeCode();

function takeCode(): EntryCode | null {
  const marked = location.hash.startsWith(MARK);
  const rest = marked ? location.hash.slice(MARK.length) : location.hash;
  const [, kind, code] = pattern.exec(rest) ?? [];
  if (marked || code !== undefined) history.replaceState(null, '', code === undefined ? `/${rest}` : '/');
  if (marked) keepAsk();
  // A person who brings a code of their own has answered.
  else if (code !== undefined) forgetAsk();
  asks = readAsk();
  return code === undefined ? null : { code, launch: kind === 'launch' };
}

window.addEventListener('popstate', (event) => {
  const code = takeCode();
  if (code === null) return;
  event.stopImmediatePropagation(); // The router never sees it.
  if (listener === null) waiting = code;
  else listener(code);
});

/** Whether this tab was led here by who knows whom, and nobody has clicked since. */
export function mustAsk(): boolean {
  return asks;
}

/** What led here proved to be nothing: it could have been anybody. */
export function askFirst(): void {
  asks = true;
  keepAsk();
}

/** A person wants in. */
export function clickedHere(): void {
  asks = false;
  forgetAsk();
}

/** The code the page was opened with, once; null: none. */
export function firstCode(): EntryCode | null {
  const code = waiting;
  waiting = null;
  return code;
}

/** Codes that arrive while the page is open. */
export function onLaterCode(next: Listener): void {
  listener = next;
}
