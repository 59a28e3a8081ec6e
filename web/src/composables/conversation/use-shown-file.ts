import { onScopeDispose, shallowRef, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { MessageRef } from '../../../../server/contract/model.ts';
import { useFiles } from '../../stores/files.ts';

const AGAIN_MS = 1_000;

interface ShownFile {
  /** Where an element finds it; null: not yet. */
  readonly source: ShallowRef<string | null>;
  /** It is here, and nothing that is shown: a card alone. */
  readonly hidden: ShallowRef<boolean>;
  /** The element cannot show it. */
  readonly broken: () => void;
}

/** A file that is shown where it is. @param isHere whether there is something to be shown. */
export function useShownFile(message: () => MessageRef, isHere: ComputedRef<boolean>): ShownFile {
  const files = useFiles();
  const source = shallowRef<string | null>(null);
  const hidden = shallowRef(false);
  /** Loom may be busy: asked once more. */
  let again: ReturnType<typeof setTimeout> | undefined;

  async function draw(): Promise<void> {
    source.value = await files.address(message(), 'view').catch(fail);
  }

  function fail(): null {
    hidden.value = again !== undefined;
    again ??= setTimeout(() => void draw(), AGAIN_MS);
    return null;
  }

  watch(
    isHere,
    (now) => {
      clearTimeout(again);
      [again, hidden.value, source.value] = [undefined, false, null];
      if (now) void draw();
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(again));

  return { source, hidden, broken: () => (source.value = fail()) };
}

const player = document.createElement('video');

/** Whether this browser may play a media type. */
export function plays(type: string): boolean {
  return player.canPlayType(type) !== '';
}
