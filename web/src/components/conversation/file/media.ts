// Parts of a conversation that are loaded when a file is in it.
import { defineAsyncComponent } from 'vue';
import { importChecked } from '../../../api/later.ts';

const load = (): Promise<typeof import('../../../lazy/media.ts')> =>
  importChecked('media', () => import('../../../lazy/media.ts'));

export const FileTray = defineAsyncComponent(async () => (await load()).FileTray);
export const VoicePlayer = defineAsyncComponent(async () => (await load()).VoicePlayer);
export const VoiceRecorder = defineAsyncComponent(async () => (await load()).VoiceRecorder);
