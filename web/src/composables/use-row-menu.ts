// The menu of a row that is a link: by right click, by a long press of a finger, and from the keyboard.
import type { MenuPlace } from '../components/base/menu.ts';
import { useLongPress, type LongPress } from './use-press.ts';

export interface RowMenu {
  readonly press: LongPress;
  readonly openMenu: (event: MouseEvent) => void;
  readonly pressed: (event: KeyboardEvent) => void;
  readonly clicked: (event: MouseEvent) => void;
}

/** @param open gets where the menu is to be. */
export function useRowMenu(open: (place: MenuPlace) => void): RowMenu {
  /** The finger that opened the menu lets go: that is no press on the link. */
  let pressedLong = false;
  const press = useLongPress((place) => {
    pressedLong = true;
    open(place);
  });

  function openMenu(event: MouseEvent): void {
    press.up();
    open({ x: event.clientX, y: event.clientY });
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return;
    event.preventDefault();
    const { left, bottom } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    open({ x: left + 16, y: bottom - 8 });
  }

  function clicked(event: MouseEvent): void {
    if (pressedLong) event.preventDefault();
    pressedLong = false;
  }

  return { press, openMenu, pressed, clicked };
}
