import { onBeforeUnmount, onMounted } from 'vue';
import type { ShallowRef } from 'vue';

/** A dialog that lies over the page for as long as it is there; then the focus goes back to where it was. */
export function useModal(dialog: Readonly<ShallowRef<HTMLDialogElement | null>>): void {
  const opener = document.activeElement;
  onMounted(() => dialog.value?.showModal());
  onBeforeUnmount(() => {
    dialog.value?.close();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
}
