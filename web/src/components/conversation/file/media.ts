// Parts of a conversation that are loaded when a file is in it.
import { defineAsyncComponent } from 'vue';
import { importChecked } from '../../../api/later.ts';
import type * as Parts from '../../../lazy/media.ts';

const load = (): Promise<typeof Parts> => importChecked('media', () => import('../../../lazy/media.ts'));

export const FileTray = defineAsyncComponent(async () => (await load()).FileTray);
export const VoicePlayer = defineAsyncComponent(async () => (await load()).VoicePlayer);
export const VoiceRecorder = defineAsyncComponent(async () => (await load()).VoiceRecorder);
