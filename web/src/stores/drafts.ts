import { defineStore } from 'pinia';
import { reactive } from 'vue';
import type { ContactId } from '../../../server/contract/model.ts';

/** What was typed and not sent, by contact. In memory only: it goes with the tab, which asks first. */
export const useDrafts = defineStore('drafts', () => {
  const drafts = reactive(new Map<ContactId, string>());

  function get(contact: ContactId): string {
    return drafts.get(contact) ?? '';
  }

  function set(contact: ContactId, text: string): void {
    if (text === '') drafts.delete(contact);
    else drafts.set(contact, text);
  }

  /** Whether something is typed that is more than blanks. */
  function any(): boolean {
    return [...drafts.values()].some((text) => text.trim() !== '');
  }

  return { drafts, get, set, any };
});
