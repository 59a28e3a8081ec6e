// What is heard of voice messages: one in this tab, until the profile is locked.
import { defineStore } from 'pinia';
import { watch } from 'vue';
import { VoiceLine, type VoiceMessage } from '../domain/file/voice-line.ts';
import { messageKey } from '../domain/message/message-key.ts';
import type { Shown } from '../domain/message/outgoing.ts';
import { useConversations } from './conversations.ts';
import { useFiles } from './files.ts';
import { useProfile } from './profile.ts';

function isVoiceOfTheirs(each: Shown): each is VoiceMessage {
  if (each.kind !== 'file' || each.direction !== 'in') return false;
  return each.file.waveform !== undefined && each.file.place === 'loom';
}

export const useVoice = defineStore('voice', () => {
  const files = useFiles();
  const conversations = useConversations();
  const profile = useProfile();
  const line = new VoiceLine({
    audio: new Audio(),
    address: (message) => files.address(message, 'view'),
    isThere: (message) => conversations.find(message)?.kind === 'file',
    next: (last, isHeard) => {
      const { messages } = conversations.of(last.conversation).value;
      const from = messages.findIndex((each) => messageKey(each) === messageKey(last));
      return messages.slice(from + 1).find((each) => isVoiceOfTheirs(each) && !isHeard(each)) as
        VoiceMessage | undefined;
    },
  });
  watch(
    () => profile.state,
    (state) => state !== 'ready' && line.stop(),
  );
  const { current, playing, at, rate, failed } = line;
  return {
    ...{ current, playing, at, rate, failed },
    play: (message: VoiceMessage) => line.play(message),
    pause: () => line.pause(),
    seek: (message: VoiceMessage, to: number) => line.seek(message, to),
    faster: () => line.faster(),
  };
});
