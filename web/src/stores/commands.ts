// What can be done right now, by its name: offered by whoever can do it, asked for by keys and by the palette.
import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { en } from '../text/en.ts';

export type CommandId = keyof typeof en.keys.do;

export const useCommands = defineStore('commands', () => {
  const offered = shallowReactive(new Map<CommandId, () => void>());

  return {
    offered,
    /** @returns takes the offer back. */
    offer: (id: CommandId, act: () => void): (() => void) => {
      offered.set(id, act);
      return () => {
        if (offered.get(id) === act) offered.delete(id);
      };
    },
    /** @returns whether it could be done. */
    run: (id: CommandId): boolean => {
      const act = offered.get(id);
      act?.();
      return act !== undefined;
    },
  };
});
