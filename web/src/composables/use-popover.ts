import { onBeforeUnmount, onMounted, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import type { MenuPlace } from '../components/base/menu.ts';

/** From the edge of the window, and from what it belongs to; px. */
const MARGIN = 8;

export interface PopoverParts {
  readonly box: Readonly<ShallowRef<HTMLElement | null>>;
  /** What it stands above; below where there is no room. */
  readonly place: MenuPlace;
  readonly close: () => void;
}

export interface Popover {
  /** Its top left corner, px from that of the window. */
  readonly at: Readonly<ShallowRef<MenuPlace>>;
  readonly fit: () => void;
  /** Gives the focus back to where it was. */
  readonly leave: () => void;
}

/** A box above a place of the window, which a press beside it closes. */
export function usePopover({ box, place, close }: PopoverParts): Popover {
  const at = shallowRef<MenuPlace>(place);
  const opener = document.activeElement;
  const stop = new AbortController();

  function fit(): void {
    const { value: element } = box;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    const above = place.y - height - MARGIN;
    at.value = {
      x: Math.max(MARGIN, Math.min(place.x, window.innerWidth - width - MARGIN)),
      y: Math.max(MARGIN, Math.min(above < MARGIN ? place.y + MARGIN : above, window.innerHeight - height - MARGIN)),
    };
  }

  function leave(): void {
    close();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
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
  return { at, fit, leave };
}
