// A text that the daemon does not have, neither as a draft nor as a message, is in this tab alone: leaving or reloading the
// page asks first. Keeping it in the browser's storage would write it to the disk unsealed.

let hasUnsent: () => boolean = () => false;

function warn(event: BeforeUnloadEvent): void {
  if (hasUnsent()) event.preventDefault();
}

/** @param unsent whether something would be lost. */
export function startLeaveWarning(unsent: () => boolean): void {
  hasUnsent = unsent;
  window.addEventListener('beforeunload', warn);
}

/** For leaving on purpose. */
export function stopLeaveWarning(): void {
  window.removeEventListener('beforeunload', warn);
}
