import type { IconName } from './icons.ts';

/** One line of a menu. */
export interface MenuItem<K extends string> {
  readonly key: K;
  readonly label: string;
  readonly icon: IconName;
  /** Something is gone afterwards. */
  readonly danger?: boolean;
}

/** Where a menu opens: px from the top left of the window. */
export interface MenuPlace {
  readonly x: number;
  readonly y: number;
}
