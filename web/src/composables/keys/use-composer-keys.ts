import { enter } from '../appearance.ts';

export interface ComposerKeys {
  /** Whether a key chooses among what completes the word. */
  readonly completed: (event: KeyboardEvent) => boolean;
  /** Whether nothing is written, about nothing. */
  readonly isFree: () => boolean;
  readonly send: () => void;
  readonly editLast: () => void;
  /** Takes away what stands above the field. @returns whether there was something. */
  readonly escape: () => boolean;
}

/** Keys where one writes. */
export function useComposerKeys({ completed, isFree, send, editLast, escape }: ComposerKeys): {
  readonly pressed: (event: KeyboardEvent) => void;
  readonly composed: () => void;
} {
  let composedJustNow = false;

  function composed(): void {
    composedJustNow = true;
    setTimeout(() => (composedJustNow = false));
  }

  function pressed(event: KeyboardEvent): void {
    const isEscape = event.key === 'Escape' && !event.isComposing && !composedJustNow;
    if ((!composedJustNow && completed(event)) || (isEscape && escape())) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === 'ArrowUp' && isFree() && !isHeld(event) && !event.isComposing) {
      event.preventDefault();
      editLast();
      return;
    }
    // While an input method composes, Enter chooses a candidate. Safari ends composing one event too early.
    if (event.isComposing || composedJustNow || !sends(event)) return;
    event.preventDefault();
    send();
  }

  return { pressed, composed };
}

function sends({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  return key === 'Enter' && (ctrlKey || metaKey || (enter.value === 'sends' && !shiftKey));
}

function isHeld({ shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return shiftKey || altKey || ctrlKey || metaKey;
}
