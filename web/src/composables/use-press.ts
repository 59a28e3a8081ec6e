import { onBeforeUnmount } from 'vue';

/** A finger that stays this long means the thing under it; ms. */
const LONG_MS = 450;
/** A finger that moves further scrolls; px. */
const STILL = 10;

export interface LongPress {
  readonly down: (event: PointerEvent) => void;
  readonly move: (event: PointerEvent) => void;
  readonly up: () => void;
}

/** A long press of a finger or a pen. @param act gets where it was. */
export function useLongPress(act: (place: { readonly x: number; readonly y: number }) => void): LongPress {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };

  function up(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function down({ pointerType, clientX, clientY }: PointerEvent): void {
    up();
    if (pointerType === 'mouse') return;
    from = { x: clientX, y: clientY };
    timer = setTimeout(() => {
      timer = undefined;
      act(from);
    }, LONG_MS);
  }

  function move({ clientX, clientY }: PointerEvent): void {
    if (Math.hypot(clientX - from.x, clientY - from.y) > STILL) up();
  }

  onBeforeUnmount(up);
  return { down, move, up };
}
