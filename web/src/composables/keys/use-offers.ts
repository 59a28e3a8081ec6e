import { watchEffect } from 'vue';
import { useCommands, type CommandId } from '../../stores/commands.ts';

/** Offers commands for as long as the component is there, and `when` says so. */
export function useOffers(
  acts: Partial<Readonly<Record<CommandId, () => void>>>,
  when: () => boolean = () => true,
): void {
  const commands = useCommands();
  watchEffect((onCleanup) => {
    if (!when()) return;
    const ends = Object.entries(acts).map(([id, act]) => commands.offer(id as CommandId, act));
    onCleanup(() => ends.forEach((end) => end()));
  });
}
