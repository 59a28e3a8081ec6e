// Files that stand above the composer until they are sent: in this tab alone.
import { defineStore } from 'pinia';
import { shallowReactive, shallowRef } from 'vue';
import type { ConversationId } from '../../../server/contract/model.ts';

/** At once: as many as a contact may have offered without an answer. */
export const TRAY_FILES = 100;

/** One that is to be sent. */
export interface Staged {
  /** Counts in this tab. */
  readonly id: number;
  readonly file: File;
}

export interface Tray {
  readonly files: readonly Staged[];
  /** Pictures go as they are. */
  readonly original: boolean;
}

const EMPTY: Tray = { files: [], original: false };

export const useFileTray = defineStore('file-tray', () => {
  const trays = shallowReactive(new Map<ConversationId, Tray>());
  /** Something is being spoken. */
  const speaking = shallowRef(false);
  let count = 0;

  const of = (conversation: ConversationId): Tray => trays.get(conversation) ?? EMPTY;

  function put(conversation: ConversationId, change: Partial<Tray>): void {
    const next = { ...of(conversation), ...change };
    if (next.files.length === 0) trays.delete(conversation);
    else trays.set(conversation, next);
  }

  /** @returns whether all of them have room. */
  function add(conversation: ConversationId, files: readonly File[]): boolean {
    const staged = [...of(conversation).files, ...files.map((file) => ({ id: (count += 1), file }))];
    put(conversation, { files: staged.slice(0, TRAY_FILES) });
    return staged.length <= TRAY_FILES;
  }

  function remove(conversation: ConversationId, id: number): void {
    put(conversation, { files: of(conversation).files.filter((each) => each.id !== id) });
  }

  const empty = (conversation: ConversationId): boolean => trays.delete(conversation);

  /** Its files, which are in it no more. */
  function take(conversation: ConversationId): Tray {
    const tray = of(conversation);
    empty(conversation);
    return tray;
  }

  return {
    speaking,
    of,
    add,
    remove,
    choose: (conversation: ConversationId, original: boolean) => put(conversation, { original }),
    take,
    empty,
    clear: () => trays.clear(),
    /** Whether leaving the page would lose some. */
    holdsAny: () => trays.size > 0 || speaking.value,
  };
});
