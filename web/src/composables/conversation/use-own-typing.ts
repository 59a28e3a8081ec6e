import { onBeforeUnmount } from 'vue';

/** They forget after 8 s, so a longer text renews it in time; ms. */
const RENEW_MS = 3000;
/** A pause this long is no longer typing; ms. */
const PAUSE_MS = 5000;

export interface OwnTyping {
  readonly typed: () => void;
  readonly stopped: () => void;
}

/** Reports that a person types: at once, then rarely, and when they stop. */
export function useOwnTyping(tell: (typing: boolean) => void): OwnTyping {
  let told = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stopped(): void {
    clearTimeout(timer);
    if (told === 0) return;
    told = 0;
    tell(false);
  }

  function typed(): void {
    clearTimeout(timer);
    timer = setTimeout(stopped, PAUSE_MS);
    const now = Date.now();
    if (now - told < RENEW_MS) return;
    told = now;
    tell(true);
  }

  onBeforeUnmount(stopped);
  return { typed, stopped };
}
