import { onBeforeUnmount, onMounted, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import type { MenuPlace } from '../components/base/menu.ts';

/** From the edge of the window; px. */
const MARGIN = 8;
/** Between it and the place below it; px. */
const GAP = 4;

export interface PopoverParts {
  readonly box: Readonly<ShallowRef<HTMLElement | null>>;
  readonly place: MenuPlace;
  /** On which side of its place it stands; on the other where there is no room. */
  readonly side: 'above' | 'below';
  readonly close: () => void;
}

export interface Popover {
  /** Its top left corner, px from that of the window. */
  readonly at: Readonly<ShallowRef<MenuPlace>>;
  readonly fit: () => void;
  /** Gives the focus back to where it was before. */
  readonly goBack: () => void;
  /** The same, and closes. */
  readonly leave: () => void;
}

/** A box at a place of the window, which a press beside it closes. */
export function usePopover({ box, place, side, close }: PopoverParts): Popover {
  const at = shallowRef<MenuPlace>(place);
  const opener = document.activeElement;
  const stop = new AbortController();

  function fit(): void {
    const { value: element } = box;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    const [lowest, rightmost] = [window.innerHeight - height - MARGIN, window.innerWidth - width - MARGIN];
    const above = place.y - height - GAP;
    const isAbove = side === 'above' ? above >= MARGIN : place.y > lowest;
    at.value = {
      x: Math.max(MARGIN, Math.min(place.x, rightmost)),
      y: Math.max(MARGIN, Math.min(isAbove ? above : place.y, lowest)),
    };
  }

  function goBack(): void {
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
  }

  function leave(): void {
    goBack();
    close();
  }

  onMounted(() => {
    fit();
    const { signal } = stop;
    const beside = ({ target }: Event): void => {
      if (target instanceof Node && box.value?.contains(target) !== true) close();
    };
    window.addEventListener('pointerdown', beside, { signal, capture: true });
    window.addEventListener('resize', fit, { signal });
    window.addEventListener('blur', close, { signal });
  });
  onBeforeUnmount(() => stop.abort());
  return { at, fit, goBack, leave };
}
