import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { useLink } from './daemon.ts';

/** Whether we tell others what we have read, and see what they have: both, or neither. Null: not known yet. */
export const useReceipts = defineStore('receipts', () => {
  const link = useLink();
  const on = shallowRef<boolean | null>(null);

  async function load(): Promise<void> {
    on.value = (await link.call('receipts.get', {})).on;
  }

  async function set(next: boolean): Promise<void> {
    on.value = (await link.call('receipts.set', { on: next })).on;
  }

  return { on, load, set, clear: () => (on.value = null) };
});
