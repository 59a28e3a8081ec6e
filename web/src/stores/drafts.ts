import { defineStore } from 'pinia';
import { reactive } from 'vue';
import type { Id } from '../../../server/contract/model.ts';

/** What was typed and not sent, by contact. In memory only: it goes with the tab. */
export const useDrafts = defineStore('drafts', () => {
  const drafts = reactive(new Map<Id, string>());

  function get(contact: Id): string {
    return drafts.get(contact) ?? '';
  }

  function set(contact: Id, text: string): void {
    if (text === '') drafts.delete(contact);
    else drafts.set(contact, text);
  }

  return { drafts, get, set };
});
