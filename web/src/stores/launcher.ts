import { defineStore } from 'pinia';
import { shallowRef, watch } from 'vue';
import type { LauncherStatus } from '../../../server/contract/session.ts';
import { useLink } from './daemon.ts';
import { useProfile } from './profile.ts';

/** Loom among the programs of the person's desktop. */
export const useLauncher = defineStore('launcher', () => {
  const link = useLink();
  const profile = useProfile();
  /** Null: not known yet. */
  const status = shallowRef<LauncherStatus | null>(null);

  async function ask(
    command: 'launcher.get' | 'launcher.install' | 'launcher.remove' | 'launcher.decline',
  ): Promise<void> {
    status.value = await link.call(command, {});
  }

  watch(
    () => profile.state,
    (state) => {
      if (state === 'ready') ask('launcher.get').catch(() => undefined); // The banner says so when the line is cut.
    },
    { immediate: true },
  );

  return {
    status,
    install: () => ask('launcher.install'),
    remove: () => ask('launcher.remove'),
    decline: () => ask('launcher.decline'),
  };
});
