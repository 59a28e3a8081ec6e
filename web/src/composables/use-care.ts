// Presses that may not have been meant for what they hit. A page elsewhere can bring this one under the pointer, or the
// focus under a finger that is on its way: a window that closes between the two clicks of a double click, a tab that opens
// under a held Enter. Nobody reads and presses within half a second, so a careful button takes no press
//
//   - in the first half second after the tab is shown or its window gets the focus,
//   - in the first half second after the button itself is put there, or shown again,
//   - that began within either, or that a held key repeats.
import { computed, onBeforeUnmount, onMounted, shallowRef } from 'vue';
import type { ComputedRef } from 'vue';

/** Clear of reaction time (a quarter of a second) and of a double click (half a second); ms. */
const CARE_MS = 500;

class Pause {
  readonly over = shallowRef(false);
  #since = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly begin = (): void => {
    this.stop();
    this.over.value = false;
    this.#since = Infinity;
    this.#timer = setTimeout(() => {
      this.over.value = true;
      this.#since = performance.now();
    }, CARE_MS);
  };

  /** Whether it was over at that moment, as `performance.now` tells time. */
  wasOver(at: number): boolean {
    return at >= this.#since;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Of the whole tab, from its first moment. */
const tab = new Pause();
tab.begin();
window.addEventListener('focus', tab.begin);
window.addEventListener('pageshow', tab.begin);
document.addEventListener('visibilitychange', tab.begin);

/** The pointer or key that is down; null: none, as when a screen reader presses. */
let press: { readonly at: number; readonly repeat: boolean } | null = null;

function pressed(event: Event): void {
  press = { at: performance.now(), repeat: event instanceof KeyboardEvent && event.repeat };
}

/** The click comes in the same turn as the end of the press. */
function released(): void {
  const ended = press;
  setTimeout(() => {
    if (press === ended) press = null;
  });
}

for (const begin of ['pointerdown', 'keydown']) window.addEventListener(begin, pressed, { capture: true });
for (const end of ['pointerup', 'pointercancel', 'keyup']) window.addEventListener(end, released, { capture: true });

export interface Care {
  /** Not to be pressed yet. */
  readonly waits: ComputedRef<boolean>;
  /** Whether the click that happens is to be taken. */
  readonly meant: () => boolean;
}

/** @param careful may change: which button it is decides what it does. @param element of the button. */
export function useCare(careful: () => boolean, element: () => HTMLElement | null): Care {
  const view = new Pause();
  const waits = computed(() => careful() && !(tab.over.value && view.over.value));
  let drawn = false;
  // From no size to one: it was put there, or shown again. What is scrolled into view a person has gone to.
  const observer = new ResizeObserver((entries) => {
    const now = (entries.at(-1)?.contentRect.width ?? 0) > 0;
    if (now && !drawn) view.begin();
    drawn = now;
  });

  function meant(): boolean {
    if (!careful()) return true;
    const hasty = press !== null && (press.repeat || !view.wasOver(press.at) || !tab.wasOver(press.at));
    return !waits.value && !hasty;
  }

  onMounted(() => {
    view.begin();
    const button = element();
    if (button !== null) observer.observe(button);
  });
  onBeforeUnmount(() => {
    observer.disconnect();
    view.stop();
  });
  return { waits, meant };
}
