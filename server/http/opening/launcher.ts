// The launcher in the desktop's menu of programs, as the page asks about it.

export interface Launcher {
  /** `foreign`: another file has its name. `impossible`: this system has no place for one. */
  readonly state: 'none' | 'installed' | 'foreign' | 'impossible';
  /** The person was asked, and wants none. */
  readonly declined: boolean;
  decline(): void;
  /** @returns whether it is there now. */
  install(): boolean;
  /** @returns whether there is none of ours now. */
  remove(): boolean;
}

/** Where nobody has a desktop. */
export const noLauncher: Launcher = {
  state: 'impossible',
  declined: true,
  decline: () => undefined,
  install: () => false,
  remove: () => true,
};
