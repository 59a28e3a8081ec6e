import { nextTick, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import type { RecordingProblem } from '../../domain/file/recording.ts';

interface RecordingState {
  readonly recording: ShallowRef<boolean>;
  /** Why nothing is recorded; null: it may be. */
  readonly unheard: ShallowRef<RecordingProblem | null>;
  readonly record: () => void;
  /** It is over, whatever became of it. */
  readonly recorded: () => Promise<void>;
}

/** Whether something is spoken in place of being written. @param focus to where one writes. */
export function useRecording(focus: () => void): RecordingState {
  const recording = shallowRef(false);
  const unheard = shallowRef<RecordingProblem | null>(null);

  function record(): void {
    unheard.value = null;
    recording.value = true;
  }

  async function recorded(): Promise<void> {
    recording.value = false;
    await nextTick();
    focus();
  }

  return { recording, unheard, record, recorded };
}
