// A tab without a session asks the tabs that have one. Three steps, so that only one code is made however many tabs live:
// ask → offers → want (one of them) → code. The channel is same-origin: no other site hears it. A browser without one has
// no other tabs, as far as this one knows.
import { randomHex } from './hex.ts';

/** An open tab answers in a few ms; a busy or throttled one may need longer. */
const ANSWER_MS = 1500;

type Note =
  | { readonly kind: 'ask'; readonly from: string }
  | { readonly kind: 'offer'; readonly to: string; readonly from: string }
  | { readonly kind: 'want'; readonly to: string; readonly from: string }
  | { readonly kind: 'code'; readonly to: string; readonly code: string }
  /** A tab is in. */
  | { readonly kind: 'in' };

const channel = openChannel();
const self = randomHex(8);

function openChannel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel('loom');
  } catch {
    return null;
  }
}

function post(note: Note): void {
  channel?.postMessage(note);
}

function listen(handle: (note: Note) => void, signal?: AbortSignal): void {
  const options = signal === undefined ? {} : { signal };
  channel?.addEventListener('message', (event: MessageEvent<Note>) => handle(event.data), options);
}

/** Answers new tabs with a code from `mint`, which returns null while this tab has no proven connection. */
export function answerTabs(isLive: () => boolean, mint: () => Promise<string | null>): void {
  listen((note) => {
    if (note.kind === 'ask' && isLive()) post({ kind: 'offer', to: note.from, from: self });
    if (note.kind !== 'want' || note.to !== self) return;
    void mint().then((code) => {
      if (code !== null) post({ kind: 'code', to: note.from, code });
    });
  });
}

/** Tells tabs that have no way in that there is one now. */
export function tellTabs(): void {
  post({ kind: 'in' });
}

/** Calls `come` each time another tab gets in. */
export function onTabIn(come: () => void): void {
  listen((note) => {
    if (note.kind === 'in') come();
  });
}

/** A code from another tab; null when none answers in time. */
export function askTabs(): Promise<string | null> {
  if (channel === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    const stop = new AbortController();
    let chosen = false;
    const finish = (code: string | null): void => {
      clearTimeout(timer);
      stop.abort();
      resolve(code);
    };
    const timer = setTimeout(() => finish(null), ANSWER_MS);
    listen((note) => {
      if (note.kind === 'offer' && note.to === self && !chosen) {
        chosen = true;
        post({ kind: 'want', to: note.from, from: self });
      }
      if (note.kind === 'code' && note.to === self) finish(note.code);
    }, stop.signal);
    post({ kind: 'ask', from: self });
  });
}

/** Whether another tab would let this one in; none makes a code by it. */
export function tabsAnswer(): Promise<boolean> {
  if (channel === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stop = new AbortController();
    const finish = (answered: boolean): void => {
      clearTimeout(timer);
      stop.abort();
      resolve(answered);
    };
    const timer = setTimeout(() => finish(false), ANSWER_MS);
    listen((note) => {
      if (note.kind === 'offer' && note.to === self) finish(true);
    }, stop.signal);
    post({ kind: 'ask', from: self });
  });
}
